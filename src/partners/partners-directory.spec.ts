import { type DirectoryReader, PartnersDirectory } from './partners-directory.js';
import type { Organisation } from './records.js';

/** Stands for the database with a list of organisations; the SQL itself is tested against Postgres. */
function directoryOf(stored: Organisation[]) {
  let asked = 0;
  const answer = <T>(value: T) => {
    asked++;
    return Promise.resolve(value);
  };
  const store: DirectoryReader = {
    organisations: () => answer([...stored]),
    sites: () => answer([]),
    products: () => answer([]),
    organisationsByIds: (ids) => answer(stored.filter((each) => ids.includes(each.id))),
    organisationById: (id) => answer(stored.find((each) => each.id === id)),
    organisationByGln: (gln) => answer(stored.find((each) => each.gln === gln)),
    siteById: () => answer(undefined),
    siteByGln: () => answer(undefined),
    productByGtin: () => answer(undefined),
    ownerOfPrefix: (digits) => answer(stored.find((each) => each.prefixes.some((prefix) => digits.startsWith(prefix)))),
  };
  return { directory: new PartnersDirectory(store), asked: () => asked };
}

const dawa: Organisation = {
  id: 1,
  gln: '6166000000017',
  name: 'Dawa Works',
  role: 'manufacturer',
  country: 'KE',
  prefixes: ['6166001', '616600299'],
};

describe('the partners directory', () => {
  it('finds the owner of a GTIN, an SSCC and a GLN by the company prefix', async () => {
    const { directory } = directoryOf([dawa]);
    await directory.load();
    expect(directory.ownerOfGtin('06166001000012')?.id).toBe(1);
    expect(directory.ownerOfGtin('06166002990019')?.id).toBe(1);
    expect(directory.ownerOfGtin('06166003000010')).toBeUndefined();
    expect(directory.ownerOfSscc('361660010000000015')?.id).toBe(1);
    expect(directory.ownerOfPrefix('6166001000005')?.id).toBe(1);
    expect(directory.ownerOfGtin('00000061660017')).toBeUndefined();
  });

  it('reads through what it has not seen, and then knows it', async () => {
    const stored: Organisation[] = [];
    const { directory, asked } = directoryOf(stored);
    await directory.load();
    stored.push(dawa);
    expect(directory.organisation(1)).toBeUndefined();
    expect((await directory.findOwnerOfGtin('06166001000012'))?.name).toBe('Dawa Works');
    const before = asked();
    expect(directory.organisationByGln(dawa.gln)?.id).toBe(1);
    expect((await directory.findOrganisation(1))?.id).toBe(1);
    expect(asked()).toBe(before);
  });

  it('follows a prefix that went to another owner, whichever change arrives first', async () => {
    const other: Organisation = { ...dawa, id: 2, gln: '6166000000024', prefixes: [] };
    const stored = [dawa, other];
    const { directory } = directoryOf(stored);
    await directory.load();
    stored[0] = { ...dawa, prefixes: ['616600299'] };
    stored[1] = { ...other, prefixes: ['6166001'] };
    await directory.onChange('company_prefix:2');
    await directory.onChange('company_prefix:1');
    expect(directory.ownerOfGtin('06166001000012')?.id).toBe(2);
    expect(directory.ownerOfGtin('06166002990019')?.id).toBe(1);
  });
});
