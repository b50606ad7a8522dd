import { setTimeout as delay } from 'node:timers/promises';
import { GraphqlClient, type GraphqlAnswer } from '../support/graphql-client.js';
import { signInAs } from '../support/sign-in.js';

export const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const PHARMACY = '9523001001018';
const LOT = 'CRASH';
const PACKS = 100;
/** What a client may be told while server or database are gone; it sends the same request again. */
const TRY_AGAIN = new Set(['UNAVAILABLE']);

/** An event that the server said it has stored. */
export interface Acknowledged {
  readonly position: number;
  readonly eventID: string;
  readonly epcs: readonly string[];
}

interface Request {
  readonly mutation: string;
  readonly type: string;
  readonly token: string;
  readonly input: Record<string, unknown>;
}

interface Answer {
  readonly step: { readonly duplicate: boolean; readonly event: Acknowledged };
}

export class InterruptedError extends Error {}

const ERASE = `mutation ($input: EraseEventInput!) { eraseEvent(input: $input) { loggedIn } }`;
const READ = `query ($epc: String!) { pack(epc: $epc) { life trail { event { position } } } }`;

/** Clients of a manufacturer and a clinic that never rest, and remember every word of the server. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Sent, and never answered: the server may or may not have stored them. */
  readonly open = new Set<Request>();
  /** Answered only when they were sent again, with the answer. */
  private readonly doubtful = new Map<Request, Acknowledged>();
  /** Positions of events that were to be erased, with the place of the record where the server said it. */
  readonly erased = new Map<number, number | undefined>();
  /** Answers that no restart excuses. */
  readonly faults: string[] = [];
  retries = 0;
  /** Requests that were answered once more, after their outcome had been unknown. */
  settled = 0;
  private client = new GraphqlClient('http://127.0.0.1:1');
  private maker = '';
  private clinic = '';
  private clinicAdmin = '';
  private running = false;
  private counter = 0;
  private workers: Promise<void>[] = [];

  constructor(private readonly name: string) {}

  /** Speaks to this server from now on, and signs in at the first. */
  async use(client: GraphqlClient): Promise<void> {
    this.client = client;
    if (this.maker !== '') return;
    this.maker = (await signInAs(client, 'operator@kilimani.example')).accessToken;
    this.clinic = (await signInAs(client, 'pharmacist@kibera.example')).accessToken;
    this.clinicAdmin = (await signInAs(client, 'admin@kibera.example')).accessToken;
    const lot = { gtin: GTIN, number: LOT, expiry: '2099-12-31', quantity: 50_000_000 };
    const query = 'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }';
    await client.ask(query, { input: lot }, this.maker);
  }

  start(lanes: number): void {
    this.running = true;
    this.workers = Array.from({ length: lanes }, () => this.work());
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  /** Sends what was never answered again, twice: the answers must agree, the second as a duplicate. */
  async settle(): Promise<void> {
    const queue = [...this.open, ...this.doubtful.keys()];
    const settleNext = async (): Promise<void> => {
      for (let request = queue.shift(); request; request = queue.shift()) await this.settleOne(request);
    };
    await Promise.all(Array.from({ length: 8 }, settleNext));
    for (const position of this.erased.keys()) await this.settleErasure(position);
  }

  private async settleOne(request: Request): Promise<void> {
    const first = await this.insist(request);
    const second = first && (await this.insist(request));
    if (!second) return;
    const answers = [this.doubtful.get(request) ?? first.step.event, first.step.event, second.step.event];
    if (new Set(answers.map(({ position }) => position)).size > 1 || !second.step.duplicate) {
      this.faults.push(`A retry was answered otherwise: ${JSON.stringify([first, second, answers])}`);
    }
    if (this.open.delete(request)) this.acknowledged.push(second.step.event);
    this.doubtful.delete(request);
    this.settled += 1;
  }

  private async work(): Promise<void> {
    while (this.running && this.faults.length === 0) {
      try {
        await this.batch();
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
      }
    }
  }

  /** A hundred packs, from their making to patients. */
  private async batch(): Promise<void> {
    const batch = `${this.name}${this.counter++}x`;
    const serials = Array.from({ length: PACKS }, (_, at) => `${batch}${at}`);
    const epcs = serials.map((serial) => `https://id.gs1.org/01/${GTIN}/21/${serial}`);
    const atFactory = { token: this.maker, site: FACTORY };
    const atPharmacy = { token: this.clinic, site: PHARMACY };
    await this.send(atFactory, 'commission', 'CommissionInput', { gtin: GTIN, lot: LOT, serials });
    const packed = await this.send(atFactory, 'pack', 'PackInput', { epcs: epcs.slice(0, 50) });
    const shipped = [packed.epcs[0]!, ...epcs.slice(50)];
    const { eventID } = await this.send(atFactory, 'ship', 'ShipInput', { epcs: shipped, consignee: PHARMACY });
    await this.send(atPharmacy, 'receive', 'ReceiveInput', { shipment: eventID });
    const dispensed = epcs
      .slice(40, 60)
      .map((epc) => this.send(atPharmacy, 'dispense', 'DispenseInput', { epcs: [epc] }));
    for (const outcome of await Promise.allSettled(dispensed)) if (outcome.status === 'rejected') throw outcome.reason;
    // The read of the manufacturer's data is recorded, and goes into the log.
    await this.plainly(READ, { epc: epcs[40] }, this.clinic);
    const { position } = await dispensed[0]!;
    // A request that is still to be settled is sent again, and would be told EVENT_ERASED.
    const doubtful = [...this.doubtful.values()].some((each) => each.position === position);
    if (!doubtful) await this.erase(position);
  }

  /** Erases an event. Whether or not it is answered, it is asked for again when all is settled. */
  private async erase(position: number): Promise<void> {
    if (!this.erased.has(position)) this.erased.set(position, undefined);
    const input = { position, reason: 'DATA_SUBJECT_REQUEST' };
    const { eraseEvent } = await this.plainly<{ eraseEvent: { loggedIn: number } }>(ERASE, { input }, this.clinicAdmin);
    const before = this.erased.get(position);
    if (before !== undefined && before !== eraseEvent.loggedIn) {
      this.faults.push(`The erasure of ${position} was logged at ${before}, and then at ${eraseEvent.loggedIn}.`);
    }
    this.erased.set(position, eraseEvent.loggedIn);
  }

  private async settleErasure(position: number): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      try {
        return await this.erase(position);
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        await delay(100);
      }
    }
    this.faults.push(`No answer in 30 seconds to the erasure of ${position}.`);
  }

  /** One try. Throws InterruptedError where there is no answer; a refusal is a fault. */
  private async plainly<T>(query: string, variables: Record<string, unknown>, token: string): Promise<T> {
    let answer: GraphqlAnswer<T>;
    try {
      answer = await this.client.graphql<T>(query, variables, token);
    } catch {
      throw new InterruptedError();
    }
    if (answer.errors === undefined && answer.data) return answer.data;
    if (!answer.errors?.every(({ extensions }) => TRY_AGAIN.has(extensions.code))) {
      this.faults.push(`Refused: ${JSON.stringify(answer.errors)} for ${query}`);
    }
    throw new InterruptedError();
  }

  private async send(
    by: { token: string; site: string },
    mutation: string,
    type: string,
    fields: Record<string, unknown>,
  ): Promise<Acknowledged> {
    if (!this.running) throw new InterruptedError();
    const eventTime = new Date().toISOString();
    const request = { mutation, type, token: by.token, input: { site: by.site, eventTime, ...fields } };
    this.open.add(request);
    const tries = this.retries;
    const { step } = await this.untilAnswered(request);
    this.open.delete(request);
    if (this.retries > tries) this.doubtful.set(request, step.event);
    this.acknowledged.push(step.event);
    return step.event;
  }

  /** The same request again and again, as a client does that lost its server; gives up when the load stops. */
  private async untilAnswered(request: Request): Promise<Answer> {
    for (;;) {
      try {
        return await this.once(request);
      } catch (error) {
        if (!this.running || this.faults.length > 0) throw error;
        this.retries += 1;
        await delay(50);
      }
    }
  }

  /** One try. Throws InterruptedError where the outcome is unknown. */
  private async once({ mutation, type, token, input }: Request): Promise<Answer> {
    const query = `mutation ($input: ${type}!) { step: ${mutation}(input: $input) { duplicate event { position eventID epcs } } }`;
    let answer: GraphqlAnswer<Answer>;
    try {
      answer = await this.client.graphql<Answer>(query, { input }, token);
    } catch {
      throw new InterruptedError();
    }
    if (answer.data?.step) return answer.data;
    const codes = answer.errors?.map(({ extensions }) => extensions.code) ?? ['NO_ANSWER'];
    if (!codes.every((code) => TRY_AGAIN.has(code))) {
      this.faults.push(`${mutation} was refused: ${JSON.stringify(answer.errors)}`);
    }
    throw new InterruptedError();
  }

  /** Tries until there is an answer, for half a minute. */
  private async insist(request: Request): Promise<Answer | undefined> {
    const deadline = Date.now() + 30_000;
    const faults = this.faults.length;
    while (Date.now() < deadline && this.faults.length === faults) {
      try {
        this.retries += 1;
        return await this.once(request);
      } catch {
        await delay(100);
      }
    }
    if (this.faults.length === faults) this.faults.push(`No answer in 30 seconds: ${request.mutation}`);
    return undefined;
  }
}
