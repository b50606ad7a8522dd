import { jest } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';

const verify = jest.fn(argon2.verify);
jest.unstable_mockModule('@node-rs/argon2', () => ({ ...argon2, verify }));
const { hashPassword, isPassword } = await import('./passwords.js');

const PASSWORD = 'correct horse battery';

/** The cost of a hash as it is written in it: `m=19456,t=2,p=1`. */
const costsOf = (hashed: string): string => hashed.split('$')[3]!;

describe('a password', () => {
  it('is known by its hash, however its letters are composed', async () => {
    const hashed = await hashPassword('ça ne passe pas');
    expect(await isPassword(hashed, 'ça ne passe pas'.normalize('NFD'))).toBe(true);
    expect(await isPassword(hashed, 'ca ne passe pas')).toBe(false);
  });

  it('of an unknown account is compared as that of a known one is, so that the time says nothing', async () => {
    const hashed = await hashPassword(PASSWORD);
    verify.mockClear();
    await isPassword(hashed, 'not the password');
    await isPassword(undefined, 'not the password');
    const [known, unknown] = verify.mock.calls.map(([compared]) => costsOf(String(compared)));
    expect(known).toBe('m=19456,t=2,p=1');
    expect(unknown).toBe(known);
  });

  it('of an unknown account never fits, the one that it is compared with included', async () => {
    expect(await isPassword(undefined, 'nobody has this password')).toBe(false);
  });
});
