import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.js';
import { Actor, now, type Event } from './steps.js';
import { Teller } from './teller.js';

const PASSWORD = process.env['HALISI_DEMO_PASSWORD'] ?? 'genuine-medicine';
const GTIN = '09521001000017';
const STRANGERS_GTIN = '09521002000016';
const FACTORY = '9521001001014';
const USAMBARA_FACTORY = '9521002001013';
const DISTRIBUTOR = '9522001001011';
const CLINIC = '9523001001018';
const OTHER_CLINIC = '9523002001017';
const GS = '\u001d';

/** What is left to check once the server is off. */
export interface Proof {
  readonly receipt: string;
  readonly trust: string;
  /** A node of the chain, where one is known. */
  readonly rpc: string | undefined;
}

const yymmdd = (date: string): string => date.slice(2).replaceAll('-', '');
const day = (daysFromNow: number): string => now(Date.now() + daysFromNow * 86_400_000).slice(0, 10);
const ssccOf = (event: Event): string => event.epcs[0]!.split('/').at(-1)!;

/** Plays one lot's whole life against the server at `url`, and leaves the files that prove it. */
export async function playStory(url: string, tell: Teller): Promise<Proof> {
  const stranger = new Client(url);
  const signIn = async (email: string, site: string) => new Actor(await stranger.signIn(email, PASSWORD), site);
  const factory = await signIn('operator@kilimani.example', FACTORY);
  const usambara = await signIn('operator@usambara.example', USAMBARA_FACTORY);
  const distributor = await signIn('operator@pwani.example', DISTRIBUTOR);
  const clinic = await signIn('pharmacist@kibera.example', CLINIC);
  const otherClinic = await signIn('pharmacist@bagamoyo.example', OTHER_CLINIC);

  tell.chapter('Kilimani Pharma makes a lot of Kilimox 500');
  const lot = `KX${Date.now().toString(36).toUpperCase()}`;
  const expiry = day(700);
  const serials = await orderSerials(factory, lot, 1000);
  tell.say('It orders 1,000 serial numbers that nobody can guess, as ' + serials[0] + '.');
  await registerLot(factory, lot, expiry, 1000);
  tell.say(`It registers lot ${lot}: 1,000 packs, expiry ${expiry}.`);
  const packs = serials.map((serial) => `https://id.gs1.org/01/${GTIN}/21/${serial}`);
  const element = (at: number, printedExpiry = expiry): string =>
    `]d201${GTIN}21${serials[at]}${GS}17${yymmdd(printedExpiry)}10${lot}`;
  const early = await clinic.verify(element(0));
  tell.expect('the verdict before commissioning', early.verdict, 'NOT_RECOGNISED');
  tell.say('A pack seen before it is released is not recognised: ' + early.reason?.text);
  await factory.commission({ gtin: GTIN, lot, serials });
  tell.say('It commissions all 1,000 packs in one event.');

  tell.chapter('It packs them: 10 packs to a case, 100 cases on a pallet');
  const cases: string[] = [];
  for (let at = 0; at < packs.length; at += 10) cases.push(ssccOf(await factory.pack(packs.slice(at, at + 10))));
  const pallet = ssccOf(await factory.pack(cases.map((sscc) => `https://id.gs1.org/00/${sscc}`)));
  tell.say(`100 cases, the first ${cases[0]}, and the pallet ${pallet}: each SSCC minted with its check digit.`);

  tell.chapter('It ships the pallet to Pwani Medical Stores');
  const shipping = await factory.ship({
    epcs: [`https://id.gs1.org/00/${pallet}`],
    consignee: DISTRIBUTOR,
    purchaseOrder: `PO-${lot}`,
    despatchAdvice: `DA-${lot}`,
  });
  tell.say(`One event at place ${shipping.position} of the log moves all 1,000 packs: they are where their pallet is.`);
  await tell.refused('A clinic that is not the consignee receives it', 'SHIPMENT_NOT_FOUND', () =>
    clinic.receive({ shipment: shipping.eventID }),
  );

  tell.chapter('Pwani receives it, and one pack is missing');
  const missing = packs[777]!;
  await distributor.receive({ shipment: shipping.eventID, missing: [missing] });
  tell.say('999 packs are free to use. The missing one, alone, is on hold as a mismatch.');
  const lost = await distributor.verify(element(777));
  tell.expect('the verdict of the missing pack', lost.verdict, 'GENUINE_DO_NOT_SUPPLY');
  tell.say(`Should it turn up: do not supply. ${lost.reason?.text}`);

  tell.chapter('Pwani breaks the pallet down and ships one case to Kibera Health Centre');
  await distributor.unpack(pallet);
  const toClinic = await distributor.ship({ epcs: [`https://id.gs1.org/00/${cases[0]}`], consignee: CLINIC });
  await clinic.receive({ shipment: toClinic.eventID });
  await clinic.unpack(cases[0]!);
  tell.say('Kibera receives 10 packs and takes them out of the case.');

  tell.chapter('A patient comes: the pharmacist scans a pack');
  const genuine = await clinic.verify(element(0));
  tell.expect('the verdict', genuine.verdict, 'GENUINE');
  tell.say(`${genuine.verdict}. ${genuine.advice.text}`);
  const dispensed = await clinic.dispense(packs[0]!);
  tell.say(`Dispensed: place ${dispensed.position} of the log.`);
  const again = await clinic.verify(element(0));
  tell.expect('the verdict after dispensing', again.verdict, 'GENUINE_DO_NOT_SUPPLY');
  tell.say(`Scanned again here: ${again.verdict}. ${again.reason?.text}`);
  const elsewhere = await otherClinic.verify(element(0));
  tell.expect('the verdict at another clinic', elsewhere.verdict, 'CONTRADICTED');
  tell.say(`The same code at Bagamoyo: ${elsewhere.verdict}. ${elsewhere.reason?.text}`);

  tell.chapter('What is refused');
  await refusals({ tell, factory, usambara, clinic, distributor, lot, expiry, element, packs });

  tell.chapter('The proof');
  return prove({ url, tell, clinic, event: dispensed, epc: packs[0]! });
}

async function orderSerials(actor: Actor, reference: string, quantity: number): Promise<string[]> {
  const { order } = await actor.client.graphql<{ order: { serials: string[] } }>(
    `mutation ($input: OrderSerialNumbersInput!, $count: Int!) {
      order: orderSerialNumbers(input: $input) { serials(count: $count) } }`,
    { input: { gtin: GTIN, quantity, reference }, count: quantity },
  );
  return order.serials;
}

async function registerLot(actor: Actor, number: string, expiry: string, quantity: number): Promise<void> {
  await actor.client.graphql('mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }', {
    input: { gtin: GTIN, number, expiry, quantity },
  });
}

interface RefusalScene {
  readonly tell: Teller;
  readonly factory: Actor;
  readonly usambara: Actor;
  readonly clinic: Actor;
  readonly distributor: Actor;
  readonly lot: string;
  readonly expiry: string;
  readonly packs: readonly string[];
  readonly element: (at: number, printedExpiry?: string) => string;
}

async function refusals(scene: RefusalScene): Promise<void> {
  const { tell, factory, usambara, clinic, distributor, lot, expiry, element } = scene;
  await tell.refused("Usambara commissions packs under Kilimani's GTIN", 'NOT_PREFIX_OWNER', () =>
    usambara.commission({ gtin: GTIN, lot, serials: ['FORGED1'] }),
  );
  await tell.refused("Kilimani commissions packs under Usambara's GTIN", 'NOT_PREFIX_OWNER', () =>
    factory.commission({ gtin: STRANGERS_GTIN, lot, serials: ['FORGED2'] }),
  );
  await expiredPack(scene);
  const unknown = await clinic.verify(`]d201${GTIN}21NEVERMADE1${GS}17${yymmdd(expiry)}10${lot}`);
  tell.expect('the verdict of a serial that was never made', unknown.verdict, 'NOT_RECOGNISED');
  tell.say(`A serial number that was never made: ${unknown.verdict}. ${unknown.reason?.text}`);
  const wrongExpiry = await clinic.verify(element(1, day(1400)));
  tell.expect('the verdict of a code with another expiry', wrongExpiry.verdict, 'CONTRADICTED');
  tell.say(`A code whose expiry was prolonged: ${wrongExpiry.verdict}. ${wrongExpiry.reason?.text}`);
  const glued = await clinic.verify(element(1).replaceAll(GS, ''));
  tell.expect('the verdict of a scan without its separators', glued.verdict, 'GENUINE');
  const faults = glued.reading.repairs.map(({ fault }) => fault).join(', ');
  tell.say(`The same pack, its separators lost by the scanner: ${glued.verdict}, after a repair (${faults}).`);
  await tell.refused('Pwani ships the pack that went missing', 'NOT_HOLDER', () =>
    distributor.ship({ epcs: [scene.packs[777]!], consignee: CLINIC }),
  );
}

/** A pack whose lot ran out yesterday: commissioned while it was good, refused today. */
async function expiredPack({ tell, factory, clinic, lot }: RefusalScene): Promise<void> {
  const old = `${lot}OLD`;
  await registerLot(factory, old, day(-1), 1);
  const serial = (await orderSerials(factory, old, 1))[0]!;
  const eventTime = now(Date.now() - 3 * 86_400_000);
  await factory.commission({ gtin: GTIN, lot: old, serials: [serial], eventTime });
  await tell.refused('Kilimani ships a pack that expired yesterday', 'EXPIRED', () =>
    factory.ship({ epcs: [`https://id.gs1.org/01/${GTIN}/21/${serial}`], consignee: DISTRIBUTOR }),
  );
  const verdict = await clinic.verify(`]d201${GTIN}21${serial}${GS}17${yymmdd(day(-1))}10${old}`);
  tell.expect('the verdict of an expired pack', verdict.verdict, 'GENUINE_DO_NOT_SUPPLY');
  tell.say(`Scanned: ${verdict.verdict}. ${verdict.reason?.text}`);
}

interface ProofScene {
  readonly url: string;
  readonly tell: Teller;
  readonly clinic: Actor;
  readonly event: Event;
  readonly epc: string;
}

async function prove({ url, tell, clinic, event, epc }: ProofScene): Promise<Proof> {
  const anchor = await finalAnchor(clinic.client, event.position);
  const where = `block ${anchor.blockNumber} of chain ${anchor.chainId}`;
  tell.say(`The dispensing is final on the chain: ${where}, transaction ${anchor.transaction}.`);
  const folder = mkdtempSync(join(tmpdir(), 'halisi-story-'));
  const trust = await new Client(url).text('/.well-known/halisi.json');
  const rpc = process.env['CHAIN_RPC_URL'] ?? (JSON.parse(trust) as TrustFile).logs[0]?.anchors[0]?.rpc;
  const proof = { receipt: join(folder, 'receipt.json'), trust: join(folder, 'halisi.json'), rpc };
  writeFileSync(
    proof.receipt,
    await clinic.client.text(`/log/receipt/${event.position}?epc=${encodeURIComponent(epc)}&proof=state`),
  );
  writeFileSync(proof.trust, trust);
  tell.say(`The receipt is in ${proof.receipt}.`);
  return proof;
}

interface FinalAnchor {
  readonly chainId: number;
  readonly blockNumber: number;
  readonly transaction: string;
}

/** What `/.well-known/halisi.json` holds, as far as the story reads it. */
interface TrustFile {
  readonly logs: readonly { readonly anchors: readonly { readonly rpc?: string }[] }[];
}

async function finalAnchor(client: Client, position: number): Promise<FinalAnchor> {
  for (const end = Date.now() + 180_000; Date.now() < end; await delay(500)) {
    const { anchorOf } = await client.graphql<{ anchorOf: { stage: string; anchor: FinalAnchor | null } }>(
      'query ($position: Position!) { anchorOf(position: $position) { stage anchor { chainId blockNumber transaction } } }',
      { position },
    );
    if (anchorOf.stage === 'FINAL' && anchorOf.anchor) return anchorOf.anchor;
  }
  throw new Error('The story goes otherwise: the anchor should be final within three minutes.');
}

/** Runs `halisi-verify` on what the story left, and asks a node of the chain where one is given. It asks no server. */
export function checkReceipt(proof: Proof, tell: Teller, node?: string): void {
  halisiVerify([proof.receipt, '--trust', proof.trust, ...(node === undefined ? [] : ['--rpc', node])], tell);
}

/** Looks at the whole log once, as anybody may: every entry, every checkpoint since the last look, and the chain. */
export function watchLog(url: string, proof: Proof, tell: Teller): void {
  const state = join(proof.receipt, '../log.state');
  const node = proof.rpc === undefined ? [] : ['--rpc', proof.rpc];
  halisiVerify(['monitor', `${url}/log`, '--trust', proof.trust, '--state', state, '--once', ...node], tell);
}

function halisiVerify(args: readonly string[], tell: Teller): void {
  const program = join(import.meta.dirname, '../../../apps/verifier/bin/halisi-verify.js');
  tell.say(`$ halisi-verify ${args.join(' ')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) tell.say(`| ${line}`);
  tell.expect('the exit code of halisi-verify', status, 0);
}
