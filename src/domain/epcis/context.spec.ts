import { DOCUMENT_CONTEXT, HALISI_NAMESPACE, KNOWN_NAMESPACES, namespacesOf } from './context.js';

describe('Namespaces', () => {
  it('are the known ones where no context is given', () => {
    expect(namespacesOf(undefined, null)).toBe(KNOWN_NAMESPACES);
  });

  it('of our own documents are the known ones', () => {
    expect(namespacesOf(DOCUMENT_CONTEXT)).toEqual(KNOWN_NAMESPACES);
    expect(namespacesOf(undefined).get('halisi')).toBe(HALISI_NAMESPACE);
  });

  it('come from lists, objects and expanded definitions, and the last one wins', () => {
    const found = namespacesOf(
      ['https://example.com/c.jsonld', { a: 'https://a/', b: { '@id': 'https://b/', '@type': '@id' } }],
      { a: 'https://a2/', '@vocab': 'https://v/', n: 7 },
    );
    expect([found.get('a'), found.get('b'), found.get('n'), found.get('@vocab')]).toEqual([
      'https://a2/',
      'https://b/',
      undefined,
      undefined,
    ]);
  });
});
