import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { BadRequestError } from '../../../platform/http/problem.js';
import { identify, prefixDigits, type Identified } from '../resolution/identified.js';
import { contextsOf, languageTags, linkTitle, linkTypeOf, mediaTypeOf, targetUrl } from './link-fields.js';
import type { DigitalLinkInput } from './links.input.js';
import { LinkRefusedError } from './links-errors.js';
import { LinksStore, type StoredLink } from './links.store.js';

/** Links that one thing may have. */
const MOST_LINKS = 100;

/** What the owner of a GS1 company prefix adds to the links of its products, places, packs and the like. */
@Injectable()
export class LinksService {
  constructor(
    private readonly store: LinksStore,
    private readonly directory: PartnersDirectory,
  ) {}

  /** Adds a link to what `identifier` names, which must be under a company prefix of the actor's. Throws LinkRefusedError. */
  async add(actor: Actor, input: DigitalLinkInput): Promise<StoredLink> {
    const identified = identifierOf(input.identifier);
    await this.checkOwner(actor, identified);
    const anchor = identified.levels.at(-1)!.anchor;
    const link = await this.store.add(
      {
        organisationId: actor.organisationId,
        anchor,
        linkType: linkTypeOf(input.linkType),
        href: targetUrl(input.href),
        title: linkTitle(input.title),
        languages: languageTags(input.languages ?? []),
        mediaType: mediaTypeOf(input.mediaType),
        contexts: contextsOf(input.contexts ?? []),
        isDefault: input.isDefault ?? false,
      },
      MOST_LINKS,
    );
    if (link !== undefined) return link;
    throw new LinkRefusedError('LINKS_TOO_MANY', `${anchor} has ${MOST_LINKS} links, and no more are taken.`);
  }

  /** Takes a link out of force. Throws NOT_FOUND. */
  async remove(actor: Actor, id: number): Promise<StoredLink> {
    const link = Number.isSafeInteger(id) ? await this.store.remove(id, actor.organisationId) : undefined;
    if (link !== undefined) return link;
    throw new LinkRefusedError('NOT_FOUND', 'Your organisation has no such link.');
  }

  private async checkOwner(actor: Actor, identified: Identified): Promise<void> {
    const owner =
      identified.key === '01'
        ? await this.directory.findOwnerOfGtin(identified.value)
        : await this.directory.findOwnerOfPrefix(prefixDigits(identified));
    if (owner?.id === actor.organisationId) return;
    throw new LinkRefusedError(
      'LINK_NOT_OWNED',
      `(${identified.key})${identified.value} is not under a company prefix of your organisation.`,
    );
  }
}

/** A GS1 Digital Link, of any host or as a path alone. */
function identifierOf(text: string): Identified {
  const path = text.startsWith('/') ? text : URL.parse(text)?.pathname;
  try {
    if (path !== undefined) return identify(path);
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    throw new LinkRefusedError('LINK_IDENTIFIER_INVALID', error.message, { reason: error.code });
  }
  throw new LinkRefusedError('LINK_IDENTIFIER_INVALID', 'Expected a GS1 Digital Link, as /01/09521001000017/10/LOT7.');
}
