import { drive } from './http-load.js';
import type { Installation } from './installation.js';
import { CLINIC, DEPOT, FACTORY } from './places.js';

const PACKS = 1_000_000;
const BATCH = 10_000;
const EVENT = 1000;
const CONNECTIONS = 6;
const AT_CLINIC = 100_000;
const ON_PALLET = 100_000;
const IN_CASE = 10;

export const LOT = { number: 'BENCH-1', expiry: '2029-12-31' };

/** The shortest JSON text of one operation; `variables` are JSON text already. */
export const operation = (query: string, variables: string): string =>
  `{"query":${JSON.stringify(query)},"variables":${variables}}`;

export const epcOf = (serial: string): string => `https://id.gs1.org/01/${FACTORY.gtin}/21/${serial}`;

const COMMISSION = 'mutation ($input: CommissionInput!) { commission(input: $input) { event { position } } }';
const PACK = 'mutation ($input: PackInput!) { pack(input: $input) { event { epcs } } }';
const SHIP = 'mutation ($input: ShipInput!) { ship(input: $input) { event { eventID } } }';
const RECEIVE = 'mutation ($input: ReceiveInput!) { receive(input: $input) { event { position } } }';

const now = (): string => new Date().toISOString();

/**
 * A million packs of one lot, made through the API alone: commissioned in events of 1,000, then 100,000 loose at a clinic, 100,000 on a pallet
 * in 10 cases, 10 in a case, and the others at the factory.
 */
export class Stock {
  private taken = 0;

  private constructor(
    private readonly installation: Installation,
    /** Loose at the clinic. */
    readonly atClinic: readonly string[],
    /** Loose at the factory. */
    readonly atFactory: readonly string[],
    /** SSCC links of the pallet with 100,000 packs and of the case with 10, at the factory. */
    readonly pallet: string,
    readonly smallCase: string,
    /** The order of serial numbers that the packs come from. */
    readonly order: string,
    /** What all tables and indexes grew by for each pack commissioned. */
    readonly bytesPerPack: number,
  ) {}

  static async load(installation: Installation, note: (text: string) => void): Promise<Stock> {
    const start = performance.now();
    await registerLot(installation, LOT.number, 10_000_000);
    const order = await orderSerials(installation, 'bench-1', PACKS);
    const serials = await downloadSerials(installation, order);
    const empty = await installation.bytesStored();
    let from = -EVENT;
    const { perSecond } = await drive({
      url: installation.url,
      connections: CONNECTIONS,
      warmUp: 1,
      count: PACKS / EVENT - 1,
      token: () => installation.tokens.factory,
      next: () => ({ body: commissionBody(LOT.number, rangeOf(order, (from += EVENT), EVENT)) }),
    });
    const bytes = ((await installation.bytesStored()) - empty) / PACKS;
    note(`1,000,000 packs commissioned, ${Math.round(perSecond * EVENT)}/s, ${Math.round(bytes)} bytes a pack`);
    const pieces = cut(serials, [AT_CLINIC, ON_PALLET, IN_CASE, PACKS]);
    const [atClinic, onPallet, inCase, atFactory] = pieces as [string[], string[], string[], string[]];
    for (const batch of batches(atClinic)) await ship(installation, 'factory', 'clinic', batch.map(epcOf));
    const cases: string[] = [];
    for (const batch of batches(onPallet)) cases.push(await packInto(installation, batch.map(epcOf)));
    const pallet = await packInto(installation, cases);
    const smallCase = await packInto(installation, inCase.map(epcOf));
    note(`stock stands after ${seconds(start)} s`);
    await installation.database.query('vacuum analyze');
    return new Stock(installation, atClinic, atFactory, pallet, smallCase, order, bytes);
  }

  /** Packs at the clinic that no row has used yet. */
  takeAtClinic(count: number): readonly string[] {
    const packs = this.atClinic.slice(this.taken, this.taken + count);
    if (packs.length < count) throw new Error(`The clinic has ${packs.length} packs left; ${count} were wanted.`);
    this.taken += count;
    return packs;
  }

  /** Packs at the clinic that no row uses up. */
  get keptAtClinic(): readonly string[] {
    return this.atClinic.slice(-10_000);
  }

  /** Loose packs at the factory, as EPCs. */
  takeAtFactory(count: number): string[] {
    return this.atFactory.slice(0, count).map(epcOf);
  }

  /** Ships things from the factory to a depot, where they are not received. */
  async sendAway(epcs: readonly string[]): Promise<void> {
    await sendOff(this.installation, 'factory', 'depot', epcs);
  }

  /** Ships a container from one to the other and receives it there. */
  async shipAndReceive(container: string, from: Place, to: Place): Promise<{ ship: number; receive: number }> {
    const start = performance.now();
    const shipment = await sendOff(this.installation, from, to, [container]);
    const shipped = performance.now();
    await takeIn(this.installation, to, shipment);
    return { ship: shipped - start, receive: performance.now() - shipped };
  }
}

export type Place = 'factory' | 'depot' | 'clinic';
const SITES: Record<Place, string> = { factory: FACTORY.site, depot: DEPOT.site, clinic: CLINIC.site };

export async function registerLot({ client, tokens }: Installation, number: string, quantity: number): Promise<void> {
  const input = { gtin: FACTORY.gtin, number, expiry: LOT.expiry, quantity };
  await client.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input },
    tokens.factory,
  );
}

/** Orders serial numbers of the factory's product; answers the order's id. */
export async function orderSerials(
  { client, tokens }: Installation,
  reference: string,
  quantity: number,
): Promise<string> {
  const { orderSerialNumbers } = await client.ask<{ orderSerialNumbers: { id: string } }>(
    'mutation ($input: OrderSerialNumbersInput!) { orderSerialNumbers(input: $input) { id } }',
    { input: { gtin: FACTORY.gtin, quantity, reference } },
    tokens.factory,
  );
  return orderSerialNumbers.id;
}

export async function downloadSerials({ client, tokens }: Installation, order: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${tokens.factory}` };
  const response = await client.rest(`/serial-orders/${order}/serials.txt`, { headers });
  return (await response.text()).trimEnd().split('\n');
}

/** The JSON text of a commissioning of serial numbers of an order. */
export const commissionBody = (lot: string, what: string): string =>
  operation(
    COMMISSION,
    `{"input":{"site":"${FACTORY.site}","eventTime":"${now()}","gtin":"${FACTORY.gtin}","lot":"${lot}",${what}}}`,
  );

export const rangeOf = (order: string, from: number, count: number): string =>
  `"range":{"order":"${order}","from":${from},"count":${count}}`;

async function packInto({ client, tokens }: Installation, epcs: readonly string[]): Promise<string> {
  const input = { site: FACTORY.site, eventTime: now(), epcs };
  const { pack } = await client.ask<{ pack: { event: { epcs: string[] } } }>(PACK, { input }, tokens.factory);
  return pack.event.epcs[0]!;
}

async function sendOff(
  { client, tokens }: Installation,
  from: Place,
  to: Place,
  epcs: readonly string[],
): Promise<string> {
  const input = { site: SITES[from], eventTime: now(), epcs, consignee: SITES[to] };
  const { ship: shipped } = await client.ask<{ ship: { event: { eventID: string } } }>(SHIP, { input }, tokens[from]);
  return shipped.event.eventID;
}

async function takeIn({ client, tokens }: Installation, to: Place, shipment: string): Promise<void> {
  await client.ask(RECEIVE, { input: { site: SITES[to], eventTime: now(), shipment } }, tokens[to]);
}

async function ship(installation: Installation, from: Place, to: Place, epcs: readonly string[]): Promise<void> {
  await takeIn(installation, to, await sendOff(installation, from, to, epcs));
}

const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(0);

function cut<T>(list: readonly T[], lengths: readonly number[]): T[][] {
  let at = 0;
  return lengths.map((length) => list.slice(at, (at += length)));
}

const batches = (list: readonly string[]): string[][] =>
  cut(
    list,
    Array.from({ length: Math.ceil(list.length / BATCH) }, () => BATCH),
  );
