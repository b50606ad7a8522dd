import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import type { Actor } from '../../../access/actor.js';
import { SigningKeys } from '../../../access/signing-keys.js';
import { sgtinUri } from '../../../domain/gs1/epc.js';
import { toDigitalLink } from '../../../domain/gs1/digital-link.js';
import { elementsOf } from '../../../domain/gs1/element-string.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import type { Organisation } from '../../../partners/records.js';
import { BadRequestError } from '../../../platform/http/problem.js';
import { VerificationService } from '../../../verification/verification.service.js';
import { signAnswer } from '../answer-signature.js';
import { CONTEXTS } from '../contexts.js';
import { dataOf, type VerificationMessage } from '../message.js';
import { asked, type Question } from '../question.js';
import { MessagingLimit } from './messaging-limit.js';
import { RequestsStore } from './requests.store.js';
import { TradingPartners } from './trading-partners.js';

/** What came with a question to say who asks. */
export interface Shown {
  readonly actor: Actor | undefined;
  readonly credential: string | undefined;
  readonly address: string;
  /** Where this server was asked. */
  readonly root: string;
}

/** Who asks, once it is proven. */
interface Requester {
  readonly actor: Actor | undefined;
  readonly organisation: number | null;
  readonly issuer: string | null;
}

export interface SignedAnswer {
  readonly message: VerificationMessage;
  readonly signature: string;
}

/** Answers questions of trading partners about packs whose maker is on this installation. */
@Injectable()
export class Responder {
  constructor(
    private readonly verification: VerificationService,
    private readonly directory: PartnersDirectory,
    private readonly partners: TradingPartners,
    private readonly store: RequestsStore,
    private readonly trail: AccessTrail,
    private readonly keys: SigningKeys,
    private readonly limit: MessagingLimit,
  ) {}

  /**
   * Verifies the identifiers of a pack. The question is kept for the maker to see before the answer leaves. Throws
   * UnauthenticatedError-like 401, 403 for a requester that may not ask, 404 for a GTIN of nobody here.
   */
  async verify(question: Question, shown: Shown): Promise<SignedAnswer> {
    const requester = await this.requester(question.reqGLN, shown);
    const owner = await this.ownerOf(question.gtin);
    const purpose = CONTEXTS.get(question.context)!;
    const { gtin, ser, reqGLN, corrUUID } = question;
    const { verdict } = await this.verification.verify({
      ...{ raw: linkOf(question), viewer: 'public', person: null, purpose, scannedAt: undefined },
    });
    const data = dataOf(verdict.reasons);
    const subject = requester.actor === undefined ? `${sgtinUri(gtin, ser)} for GLN ${reqGLN}` : sgtinUri(gtin, ser);
    await Promise.all([
      this.store.insert({ question, data, owner: owner.id, ...requester }),
      this.trail.record({
        ...{ actor: requester.actor ?? 'public', ownerIds: [owner.id], purpose, operation: 'GET /verify', subject },
      }),
    ]);
    const message = { verificationTimestamp: new Date().toISOString(), responderGLN: owner.gln, data, corrUUID };
    return { message, signature: signAnswer(await this.keys.current(), shown.root, question, message) };
  }

  /** The GLN of who would answer about a GTIN. Throws as `verify`. */
  async responderOf(gtin: string, reqGLN: string, shown: Shown): Promise<string> {
    await this.requester(reqGLN, shown);
    return (await this.ownerOf(gtin)).gln;
  }

  /** Only the brand owner's own system answers for a GTIN: everybody else would say less than the truth. */
  private async ownerOf(gtin: string): Promise<Organisation> {
    const product = await this.directory.findProduct(gtin);
    const owner = product && (await this.directory.findOrganisation(product.organisationId));
    if (owner !== undefined) return owner;
    throw new BadRequestError('GTIN_NOT_FOUND', `No maker on this system answers for GTIN ${gtin}.`, 404);
  }

  private async requester(reqGLN: string, { actor, credential, address }: Shown): Promise<Requester> {
    await this.limit.count(address);
    const organisation = (await this.directory.findOrganisationByGln(reqGLN))?.id;
    const site = organisation === undefined ? await this.directory.findSiteByGln(reqGLN) : undefined;
    const asking = organisation ?? site?.organisationId ?? null;
    const requester = this.proven(reqGLN, asking, actor, credential);
    await this.limit.count(reqGLN);
    return requester;
  }

  private proven(
    reqGLN: string,
    asking: number | null,
    actor: Actor | undefined,
    credential: string | undefined,
  ): Requester {
    if (credential !== undefined) {
      const { issuer, glns } = this.partners.check(credential);
      if (!glns.includes(reqGLN)) throw mismatch(reqGLN);
      return { actor: undefined, organisation: asking, issuer };
    }
    if (actor === undefined) {
      throw new BadRequestError(
        'UNAUTHENTICATED',
        'Show an access token, or the credential of an authorised trading partner in the header ATPAuthorization.',
        401,
      );
    }
    if (asking !== actor.organisationId) throw mismatch(reqGLN);
    return { actor, organisation: asking, issuer: null };
  }
}

const mismatch = (reqGLN: string): BadRequestError =>
  new BadRequestError('REQUESTER_GLN_MISMATCH', `What was shown is not of GLN ${reqGLN}.`, 403, {
    parameter: 'reqGLN',
  });

/** The identifiers as one code: verified as a scan of the pack is. Throws BadRequestError for a day that is none. */
const linkOf = ({ gtin, lot, ser, exp }: Question): string =>
  asked(() =>
    toDigitalLink(
      elementsOf([
        ['01', gtin],
        ['10', lot],
        ['21', ser],
        ['17', exp],
      ]),
    ),
  );
