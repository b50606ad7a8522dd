import { randomUUID } from 'node:crypto';
import { MasterData } from '../../src/partners/master-data/master-data.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const KNOWN = `query ($gtin: String, $gln: String, $id: String, $history: Boolean) {
  masterDataOf(gtin: $gtin, gln: $gln, id: $id, history: $history) {
    id
    registered { vocabulary organisation { gln } attributes { name value } }
    statements { vocabulary received sender job replacedAt children attributes { name value }
      differences { attribute registered said } }
  }
}`;
interface Known {
  masterDataOf: {
    id: string;
    registered: { organisation: { gln: string }; attributes: { name: string; value: string }[] } | null;
    statements: {
      sender: string | null;
      replacedAt: string | null;
      received: string;
      attributes: { name: string; value: string }[];
      differences: { attribute: string; registered: string; said: string }[];
    }[];
  }[];
}

const MDA = 'urn:epcglobal:cbv:mda#';
const LOCATION = 'urn:epcglobal:epcis:vtype:Location';
const SITE = 'urn:epc:id:sgln:9522001.00101.0';
const DOCK = 'urn:epc:id:sgln:9522001.00101.DOCK1';

/** One element of a document's master data. */
const element = (id: string, attributes: Record<string, string>, children?: string[]) => ({
  id,
  attributes: Object.entries(attributes).map(([name, attribute]) => ({ id: name, attribute })),
  ...(children && { children }),
});

describe('master data', () => {
  let app: TestApp;
  let other: TestApp;
  let masterData: MasterData;
  let kilimani: string;
  let pwani: string;
  let organisation: number;
  let gtin: string;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    other = await startApp({ beside: app });
    [kilimani, pwani] = await Promise.all([
      tokenOf(app, 'operator@kilimani.example'),
      tokenOf(app, 'operator@pwani.example'),
    ]);
    masterData = app.get(MasterData);
    const directory = app.get(PartnersDirectory);
    organisation = directory.organisationByGln('9521001000000')!.id;
    const { products } = await app.ask<{ products: { nodes: { gtin: string; name: string }[] } }>(
      '{ products(first: 1) { nodes { gtin name } } }',
      {},
      kilimani,
    );
    gtin = products.nodes[0]!.gtin;
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const store = (list: ReturnType<typeof element>[], sender = 'urn:epc:id:pgln:9522001.00000', type = LOCATION) =>
    masterData.store(organisation, { job: randomUUID(), sender }, [{ type, vocabularyElementList: list }]);

  it('shows what an owner registered under the names of the CBV', async () => {
    const { masterDataOf } = await app.ask<Known>(KNOWN, { gtin }, pwani);
    expect(masterDataOf[0]?.id).toBe(`https://id.gs1.org/01/${gtin}`);
    const names = masterDataOf[0]!.registered!.attributes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([`${MDA}regulatedProductName`, `${MDA}dosageFormType`]));
  });

  it('keeps what a document says beside it, and shows where they differ', async () => {
    const id = `https://example.org/01/${gtin}`;
    await store(
      [element(id, { 'cbvmda:regulatedProductName': 'Something Else', 'cbvmda:gradeOfDoubt': 'high' })],
      'urn:epc:id:pgln:9522001.00000',
      'urn:epcglobal:epcis:vtype:EPCClass',
    );
    const { masterDataOf } = await app.ask<Known>(KNOWN, { gtin }, kilimani);
    const [statement] = masterDataOf[0]!.statements;
    expect(statement).toMatchObject({ received: id, sender: 'https://id.gs1.org/417/9522001000007' });
    expect(statement!.differences).toEqual([
      { attribute: `${MDA}regulatedProductName`, registered: expect.any(String), said: 'Something Else' },
    ]);
    const vocabulary = await masterData.vocabulary(organisation);
    const attributes = vocabulary.attributesOf(`https://id.gs1.org/01/${gtin}/21/1`);
    expect(attributes.get(`${MDA}regulatedProductName`)).toEqual([statement!.differences[0]!.registered]);
    expect(attributes.get(`${MDA}gradeOfDoubt`)).toEqual(['high']);
  });

  it('is seen by the organisation that captured it and by nobody else', async () => {
    const { masterDataOf } = await app.ask<Known>(KNOWN, { gtin }, pwani);
    expect(masterDataOf[0]!.statements).toEqual([]);
  });

  it('keeps history, the newest of a sender counting, and the same again changes nothing', async () => {
    const gln = '9522001001011';
    await store([element(SITE, { [`${MDA}name`]: 'Old name' }, [DOCK])]);
    const again = await store([element('https://id.gs1.org/414/9522001001011', { 'cbvmda:name': 'Old name' }, [DOCK])]);
    expect(again).toEqual({ kept: 0, unchanged: 1, skipped: [] });
    await store([element(SITE, { 'urn:epcglobal:cbv:mda:name': 'New name' }, [DOCK])]);
    await store([element(SITE, { [`${MDA}name`]: 'As another says' })], 'urn:epc:id:pgln:9521001.00000');
    const now = await app.ask<Known>(KNOWN, { gln }, kilimani);
    const names = (known: Known) =>
      known.masterDataOf.flatMap(({ statements }) => statements.map(({ attributes }) => attributes[0]?.value));
    expect(names(now)).toEqual(['As another says', 'New name']);
    const all = await app.ask<Known>(KNOWN, { gln, history: true }, kilimani);
    expect(names(all)).toEqual(['As another says', 'New name', 'Old name']);
    expect(all.masterDataOf[0]!.statements[2]!.replacedAt).not.toBeNull();
  });

  it('knows what is below a place, through circles too, in every process as soon as it changes', async () => {
    const theirs = other.get(MasterData);
    const shelf = 'https://example.org/shelf';
    const below = async () => [...(await theirs.vocabulary(organisation)).descendantsOf(SITE)];
    expect(await below()).toHaveLength(2);
    await store([element(DOCK, {}, [shelf]), element(shelf, {}, [SITE])]);
    await eventually('the other process sees the change', async () => (await below()).length === 3);
    expect(await below()).toEqual([
      'https://id.gs1.org/414/9522001001011',
      'https://id.gs1.org/414/9522001001011/254/DOCK1',
      shelf,
    ]);
  });

  it('is written for the header of a document, what was registered first', async () => {
    const id = `urn:epc:idpat:sgtin:${gtin.slice(1, 8)}.${gtin[0]}${gtin.slice(8, 13)}.*`;
    const [group] = await masterData.vocabularyList(organisation, [id]);
    expect(group).toMatchObject({ type: 'urn:epcglobal:epcis:vtype:EPCClass', vocabularyElementList: [{ id }] });
    const names = group!.vocabularyElementList![0]!.attributes!.map((each) => each.id);
    expect(names).toContain(`${MDA}gradeOfDoubt`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says which elements it does not keep', async () => {
    const { kept, skipped } = await store([
      element(`https://example.org/${'a'.repeat(500)}`, {}),
      element('https://example.org/big', { note: 'x'.repeat(70_000) }),
      element(`https://example.org/'"\\{},%_;drop`, { note: `"quoted", {braces} and \\ ` }, [`a"b\\c,{d}`]),
    ]);
    expect(kept).toBe(1);
    expect(skipped.map(({ code }) => code)).toEqual(['ID_INVALID', 'ELEMENT_TOO_LARGE']);
    const { masterDataOf } = await app.ask<Known>(KNOWN, { id: `https://example.org/'"\\{},%_;drop` }, kilimani);
    expect(masterDataOf[0]!.statements[0]).toMatchObject({
      children: [`a"b\\c,{d}`],
      attributes: [{ name: 'note', value: `"quoted", {braces} and \\ ` }],
    });
  });

  it('asks for one key', async () => {
    const refusal = await app.refusal(KNOWN, { gtin, gln: '9522001001011' }, kilimani);
    expect(refusal.extensions.code).toBe('MASTER_DATA_KEY_REQUIRED');
  });
});
