import { signatureOf } from './signature.js';

describe('the signature of a delivery', () => {
  it('is what docs/formats/webhooks.md shows', () => {
    const id = '6f1c2f0e-8b0a-4d53-9a49-2f9b3c5d7e11';
    expect(signatureOf('a secret of both', id, 1796112000, '{}')).toBe(
      't=1796112000,v1=fc748f2127b7dc56cdfa8a8672b32367aa5c25a86d240fcb6f985cf0d4f41b9e',
    );
  });
});
