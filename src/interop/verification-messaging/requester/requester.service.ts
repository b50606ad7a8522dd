import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { personOf, type Actor } from '../../../access/actor.js';
import { seesAllTrails } from '../../../access/policy.js';
import { parseGtin } from '../../../domain/gs1/gtin.js';
import { parseLot, parseSerial } from '../../../domain/gs1/lot-serial.js';
import { triageScan } from '../../../domain/gs1/scan.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { isStorable } from '../../../platform/http/safe-text.js';
import { checkScan } from '../../../verification/errors.js';
import { checkedAnswer, SIGNATURE_HEADER } from '../answer-signature.js';
import type { PublicJwk } from '../json-web.js';
import { pathOf, type Question } from '../question.js';
import type { ElsewhereInput, ReasonToAsk } from './external.input.js';
import { ExternalStore, type NewExternal, type StoredExternal } from './external.store.js';
import { readAnswer } from './outcome.js';
import { jsonOf, Outside, type OutsideAnswer } from './outside.js';
import { OwnCredentials } from './own-credentials.js';
import { RequesterLimit } from './requester-limit.js';
import { RequesterRefusedError } from './requester-errors.js';
import { Responders, type Route } from './responders.service.js';

const MOST_SHOWN = 20;
const CONTEXT_OF: Readonly<Record<ReasonToAsk, string>> = {
  saleable_return: 'dscsaSaleableReturn',
  suspect: 'dscsaSuspect',
  exception: 'dscsaException',
  status: 'dscsaStatus',
};

type Found = Omit<NewExternal, 'question' | 'organisation' | 'person'>;

const NOBODY: Found = {
  ...{ outcome: 'not_in_directory', authenticity: 'none', status: null, responderUrl: null, responderGln: null },
  ...{ failureReason: null, additionalInfo: null, answer: null, signature: null, key: null },
};

/** Asks the systems of other makers about their packs, and keeps what they answer as evidence. */
@Injectable()
export class Requester {
  constructor(
    private readonly responders: Responders,
    private readonly outside: Outside,
    private readonly credentials: OwnCredentials,
    private readonly store: ExternalStore,
    private readonly directory: PartnersDirectory,
    private readonly limit: RequesterLimit,
  ) {}

  /** Asks about a pack whose maker is not here. Throws RequesterRefusedError; whatever the other system does is an outcome. */
  async ask(actor: Actor, input: ElsewhereInput): Promise<StoredExternal> {
    const pack = packOf(input);
    if ((await this.directory.findProduct(pack.gtin)) !== undefined) {
      throw new RequesterRefusedError(
        'PACK_IS_HERE',
        `The maker of GTIN ${pack.gtin} is on this system: verify it here.`,
      );
    }
    await this.limit.count(String(actor.organisationId));
    const { gln: reqGLN } = (await this.directory.findOrganisation(actor.organisationId))!;
    const context = CONTEXT_OF[input.reason ?? 'status'];
    const question: Question = { ...pack, context, reqGLN, corrUUID: randomUUID() };
    const route = await this.responders.routeFor(pack.gtin);
    const found = route === undefined ? NOBODY : await this.put(question, route);
    return this.store.insert({
      question,
      organisation: actor.organisationId,
      person: personOf(actor) ?? null,
      ...found,
    });
  }

  /** What other systems answered about a pack: to the own organisation; overseers see all. The newest first. */
  about(actor: Actor, gtin: string, serial: string): Promise<StoredExternal[]> {
    return this.store.of(gtin, serial, seesAllTrails(actor) ? null : actor.organisationId, MOST_SHOWN);
  }

  private async put(question: Question, route: Route): Promise<Found> {
    const credential = this.credentials.shownTo(route.baseUrl, question.reqGLN);
    const answer = await this.outside.get(route.baseUrl + pathOf(question), {
      accept: 'application/json',
      ...(credential !== undefined && { ATPAuthorization: `Bearer ${credential}` }),
    });
    if (answer === null) return { ...NOBODY, outcome: 'silent', responderUrl: route.baseUrl };
    return evidenceOf(answer, question, route);
  }
}

/** An answer that must be signed and is not is invalid, whatever it says. */
function evidenceOf(answer: OutsideAnswer, question: Question, { baseUrl, gln, keys }: Route): Found {
  const body = jsonOf(answer);
  const read = readAnswer(answer.status, body, question, gln);
  const signature = answer.headers[SIGNATURE_HEADER];
  const signed = typeof signature === 'string' ? signature : null;
  const isAnswer = answer.status === 200 && read.outcome !== 'invalid';
  const key: PublicJwk | null =
    isAnswer && keys !== null && signed !== null ? (checkedAnswer(signed, keys, question, body) ?? null) : null;
  const unproven = isAnswer && keys !== null && key === null;
  return {
    ...read,
    outcome: unproven ? 'invalid' : read.outcome,
    authenticity: key !== null ? 'signed' : isAnswer && !unproven ? 'unsigned' : 'none',
    status: answer.status,
    responderUrl: baseUrl,
    answer: answer.status === 200 && isStorable(answer.text) ? answer.text : null,
    signature: key === null ? null : signed,
    key,
  };
}

/** The pack by its scan, or by its four identifiers. Throws RequesterRefusedError PACK_NOT_NAMED. */
function packOf({ scan, gtin, serial, lot, expiry }: ElsewhereInput): Pick<Question, 'gtin' | 'lot' | 'ser' | 'exp'> {
  if (scan != null) checkScan(scan);
  const read = scan == null ? { gtin, serial, lot, expiry } : triageScan(scan).reading;
  if (read?.gtin == null || read.serial == null || read.lot == null || read.expiry == null) {
    throw new RequesterRefusedError('PACK_NOT_NAMED', 'Another system needs GTIN, serial number, lot and expiry.');
  }
  const exp = read.expiry.replaceAll('-', '').slice(2);
  return { gtin: parseGtin(read.gtin), ser: parseSerial(read.serial), lot: parseLot(read.lot), exp };
}
