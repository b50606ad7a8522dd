import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/actor.js';
import { itemKey } from '../../domain/custody/world.js';
import { PartnersDirectory } from '../../partners/partners-directory.js';
import type { Product } from '../../partners/records.js';
import { Database } from '../../platform/database/database.js';
import { readPacks } from '../../verification/verification.store.js';
import { seesCustody } from '../../verification/verification.view.js';
import { impliedLinks, type Known } from './implied-links.js';
import { LinksStore, type StoredLink } from './links/links.store.js';
import type { Identified, Level } from './resolution/identified.js';
import type { AnchoredLinks, Link } from './resolution/link.js';

/** All links of a thing and of what it is a part of, as far as the reader may know of them. */
@Injectable()
export class Linksets {
  constructor(
    private readonly store: LinksStore,
    private readonly directory: PartnersDirectory,
    private readonly database: Database,
  ) {}

  /** One entry a level, the coarsest first; every entry is empty where nothing is known. */
  async of(identified: Identified, actor: Actor | undefined, root: string): Promise<AnchoredLinks[]> {
    const [added, product, visiblePosition] = await Promise.all([
      this.store.of(identified.levels.map(({ anchor }) => anchor)),
      this.productOf(identified),
      this.visiblePosition(identified, actor),
    ]);
    const containerKnown =
      identified.key === '00' && (await this.directory.findOwnerOfPrefix(identified.value.slice(1))) !== undefined;
    const known: Known = { root, product, containerKnown, visiblePosition };
    return identified.levels.map((level) => ({
      anchor: root + level.path,
      description: product?.name,
      links: merged(level, added, impliedLinks(identified, level, known)),
    }));
  }

  productOf({ key, value }: Identified): Promise<Product | undefined> {
    return key === '01' ? this.directory.findProduct(value) : Promise.resolve(undefined);
  }

  private async visiblePosition({ key, value, serial }: Identified, actor: Actor | undefined) {
    if (actor === undefined || key !== '01' || serial === undefined) return undefined;
    const pack = (await readPacks(this.database, [{ gtin: value, serial }])).get(itemKey(value, serial));
    return pack !== undefined && seesCustody(actor, pack, this.directory) ? pack.last.position : undefined;
  }
}

/**
 * What the owner added stands before what is implied. There is one default a level: the owner's, else the own page; of one
 * pack always the own page, so that nobody's home page stands before a warning.
 */
function merged({ anchor }: Level, added: readonly StoredLink[], implied: readonly Link[]): Link[] {
  const here = added.filter((link) => link.anchor === anchor);
  const isOnePack = /\/21\/[^/]*$/.test(anchor) && implied.length > 0;
  const owners = here.map((link) => linkOf(link, !isOnePack));
  const hasDefault = owners.some(({ isDefault }) => isDefault);
  return [...owners, ...implied.map((link) => ({ ...link, isDefault: link.isDefault && !hasDefault }))];
}

const linkOf = (link: StoredLink, mayBeDefault: boolean): Link => ({
  linkType: link.linkType,
  href: link.href,
  title: link.title,
  languages: link.languages,
  mediaType: link.mediaType ?? undefined,
  contexts: link.contexts,
  isDefault: link.isDefault && mayBeDefault,
  own: false,
});
