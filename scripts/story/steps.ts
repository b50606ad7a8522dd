import type { Client } from './client.js';

/** What a step answered, as far as the story needs it. */
export interface Event {
  readonly eventID: string;
  readonly position: number;
  readonly epcs: readonly string[];
}

export interface Verdict {
  readonly verdict: string;
  /** Why; nothing where nothing speaks against the pack. */
  readonly reason: { readonly code: string; readonly text: string } | null;
  readonly advice: { readonly text: string };
  readonly reading: { readonly repairs: readonly { readonly fault: string }[] };
}

const EVENT = 'event { eventID position epcs }';

/** One mutation that takes an input and answers an event. */
async function step(client: Client, name: string, type: string, input: Record<string, unknown>): Promise<Event> {
  const query = `mutation ($input: ${type}!) { step: ${name}(input: $input) { ${EVENT} } }`;
  return (await client.graphql<{ step: { event: Event } }>(query, { input })).step.event;
}

/** A person at a site, doing the steps of the story in the order of a clock that never goes back. */
export class Actor {
  constructor(
    readonly client: Client,
    readonly site: string,
  ) {}

  private act(name: string, type: string, input: Record<string, unknown>): Promise<Event> {
    return step(this.client, name, type, { site: this.site, eventTime: now(), ...input });
  }

  commission = (input: Record<string, unknown>) => this.act('commission', 'CommissionInput', input);
  pack = (epcs: readonly string[]) => this.act('pack', 'PackInput', { epcs });
  unpack = (sscc: string, epcs?: readonly string[]) => this.act('unpack', 'UnpackInput', { sscc, epcs });
  ship = (input: Record<string, unknown>) => this.act('ship', 'ShipInput', input);
  receive = (input: Record<string, unknown>) => this.act('receive', 'ReceiveInput', input);
  dispense = (epc: string) => this.act('dispense', 'DispenseInput', { epcs: [epc] });

  async verify(scan: string): Promise<Verdict> {
    const query = `mutation ($input: VerifyInput!) {
      verify(input: $input) { verdict reason { code text } advice { text } reading { repairs { fault } } } }`;
    const input = { scan, site: this.site, purpose: 'DISPENSING', scannedAt: now() };
    return (await this.client.graphql<{ verify: Verdict }>(query, { input })).verify;
  }
}

/** The time of day here, with its offset, as a scanner on the wall in Nairobi would say it. */
export function now(milliseconds = Date.now()): string {
  return new Date(milliseconds + 3 * 3_600_000).toISOString().replace('Z', '+03:00');
}
