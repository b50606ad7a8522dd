import { objectsOf, textsOf } from './condition.js';
import { condition, namespacesIn, type Parameter } from './parameter.js';
import { comparable, TYPED_LISTS, wordUri } from './terms.js';
import { texts } from './values.js';

/** `EQ_bizTransaction_type`, `EQ_source_type`, `EQ_destination_type`: the type is a word or a URI in any spelling. */
export function typedParameter(name: string): Parameter | undefined {
  const found = TYPED_LISTS.find(({ member }) => name.startsWith(`EQ_${member}_`) && name.length > member.length + 4);
  if (found === undefined) return undefined;
  const { list, member, vocabulary, of } = found;
  return (parameter, value, namespaces) => {
    const type = wordUri(vocabulary, name.slice(`EQ_${member}_`.length), namespaces);
    const wanted = new Set(texts(parameter, value).map(comparable));
    const any = [...wanted].map((id) => of(type, id));
    return condition(
      parameter,
      (event) => {
        const known = namespacesIn(event);
        return objectsOf(event[list]).some(
          (entry) =>
            textsOf(entry['type']).some((text) => wordUri(vocabulary, text, known) === type) &&
            textsOf(entry[member]).some((id) => wanted.has(comparable(id))),
        );
      },
      () => ({ by: 'terms', any }),
    );
  };
}
