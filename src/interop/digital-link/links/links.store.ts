import { Injectable } from '@nestjs/common';
import { Database, type Queryable, type Row } from '../../../platform/database/database.js';

/** A link that an owner added. */
export interface StoredLink extends Row {
  readonly id: number;
  readonly organisationId: number;
  readonly anchor: string;
  readonly linkType: string;
  readonly href: string;
  readonly title: string;
  readonly languages: readonly string[];
  readonly mediaType: string | null;
  readonly contexts: readonly string[];
  readonly isDefault: boolean;
  readonly addedAt: Date;
  readonly removedAt: Date | null;
}

export type NewLink = Pick<
  StoredLink,
  'organisationId' | 'anchor' | 'linkType' | 'href' | 'title' | 'languages' | 'mediaType' | 'contexts' | 'isDefault'
>;

const COLUMNS = `id, organisation_id as "organisationId", anchor, link_type as "linkType", href, title, languages,
  media_type as "mediaType", contexts, is_default as "isDefault", added_at as "addedAt", removed_at as "removedAt"`;

const SQL = {
  of: `select ${COLUMNS} from resolver_link where anchor = any ($1::text[]) and removed_at is null order by id`,
  page: `select ${COLUMNS} from resolver_link
    where organisation_id = $1 and removed_at is null and id > $2 order by id limit $3`,
  lock: `select pg_advisory_xact_lock(hashtext('halisi.resolver_link'), hashtext($1))`,
  count: `select count(*)::int as count from resolver_link where anchor = $1 and removed_at is null`,
  undefault: `update resolver_link set is_default = false where anchor = $1 and is_default and removed_at is null`,
  insert: `insert into resolver_link
      (organisation_id, anchor, link_type, href, title, languages, media_type, contexts, is_default)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
  remove: `update resolver_link set removed_at = now()
    where id = $1 and organisation_id = $2 and removed_at is null returning ${COLUMNS}`,
  recalled: `select exists (select from lot join hold on hold.lot_id = lot.id
    where lot.gtin = $1 and lot.number = $2 collate "C" and hold.gtin is null and hold.sscc is null
      and hold.lifted_in is null and hold.kind in ('recalled', 'withdrawn')) as recalled`,
};

/** The links that owners of GS1 keys added, and what a page says of a lot. */
@Injectable()
export class LinksStore {
  constructor(private readonly database: Database) {}

  /** Those in force under any of the anchors, the oldest first. */
  of(anchors: readonly string[]): Promise<StoredLink[]> {
    return this.database.query<StoredLink>('resolver-links', SQL.of, [anchors]);
  }

  /** Those in force of an organisation, after `after`. */
  page(organisation: number, after: number, limit: number): Promise<StoredLink[]> {
    return this.database.query<StoredLink>('resolver-links-page', SQL.page, [organisation, after, limit]);
  }

  /** Adds a link, in place of the default before it where it is one; undefined where its anchor has `most` already. */
  add(link: NewLink, most: number): Promise<StoredLink | undefined> {
    return this.database.transaction(async (tx) => {
      await tx.query('resolver-link-lock', SQL.lock, [link.anchor]);
      const [counted] = await tx.query<{ count: number }>('resolver-link-count', SQL.count, [link.anchor]);
      if (counted!.count >= most) return undefined;
      if (link.isDefault) await tx.execute('resolver-link-undefault', SQL.undefault, [link.anchor]);
      return insert(tx, link);
    });
  }

  /** The link that was removed; undefined where the organisation has none with this number. */
  async remove(id: number, organisation: number): Promise<StoredLink | undefined> {
    const [row] = await this.database.query<StoredLink>('resolver-link-remove', SQL.remove, [id, organisation]);
    return row;
  }

  /** Whether a recall or withdrawal of a lot is in force. A lot that is not recorded has none. */
  async isRecalled(gtin: string, lot: string): Promise<boolean> {
    const [row] = await this.database.query<{ recalled: boolean }>('resolver-recalled', SQL.recalled, [gtin, lot]);
    return row?.recalled === true;
  }
}

async function insert(sql: Queryable, link: NewLink): Promise<StoredLink> {
  const { organisationId, anchor, linkType, href, title, languages, mediaType, contexts, isDefault } = link;
  const values = [organisationId, anchor, linkType, href, title, languages, mediaType, contexts, isDefault];
  const [row] = await sql.query<StoredLink>('resolver-link-insert', SQL.insert, values);
  return row!;
}
