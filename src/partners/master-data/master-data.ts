import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { VocabularyElement, VocabularyGroup } from '../../domain/epcis/document.js';
import { PubSub } from '../../platform/graphql/pubsub.js';
import { CachedTable } from '../cached-table.js';
import { PartnersDirectory } from '../partners-directory.js';
import { MasterDataStore, type Statement } from './master-data.store.js';
import { canonicalId, gtinIn } from './names.js';
import { type Registered, registeredAs } from './registered.js';
import { type MasterDataSource, type NewStatement, type Skipped, statementsOf } from './statement.js';
import { knownFrom, OrganisationVocabulary, type Vocabulary } from './vocabulary.js';

/** Things that one organisation's view may speak of: its vocabulary is held in memory while it queries. */
const MOST_STATEMENTS = 100_000;
/** Organisations whose vocabulary stays in memory. */
const MOST_CACHED = 50;

/** What is known of one thing. */
export interface KnownThing {
  readonly canonical: string;
  /** What its owner registered, which nothing here overwrites. */
  readonly registered: Registered | undefined;
  /** What counts of what others say, newest first. */
  readonly said: readonly Statement[];
}

export interface StoredMasterData {
  readonly kept: number;
  readonly unchanged: number;
  readonly skipped: readonly Skipped[];
}

interface Cached {
  readonly vocabulary: Vocabulary;
}

/** Master data: what owners registered, and what each organisation learnt from documents and files (docs/formats/master-data.md). */
@Injectable()
export class MasterData implements OnModuleInit {
  private readonly cached = new CachedTable<number, Cached>((id) => this.load(id));
  private readonly lastUsed = new Set<number>();

  constructor(
    @Inject(MasterDataStore) private readonly statements: MasterDataStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
    @Inject(PubSub) private readonly pubsub: PubSub,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.pubsub.listen('halisi_master_data', (id) => this.forget([Number(id)]));
    this.pubsub.onReconnect(() => this.forget([...this.lastUsed]));
  }

  /**
   * Takes the master data of a document's header into the view of the organisation that captured it. The same again
   * changes nothing. What is too large for the store, or one too many, is answered and stays in the document.
   */
  async store(
    organisationId: number,
    source: MasterDataSource,
    vocabularyList: readonly VocabularyGroup[] = [],
  ): Promise<StoredMasterData> {
    const { statements, skipped } = statementsOf(vocabularyList, source);
    return this.add(organisationId, source, statements, skipped);
  }

  private async add(
    organisationId: number,
    { job, sender = '' }: MasterDataSource,
    statements: readonly NewStatement[],
    skipped: readonly Skipped[],
  ): Promise<StoredMasterData> {
    if (statements.length === 0) return { kept: 0, unchanged: 0, skipped };
    const from = { job, sender: canonicalId(sender).slice(0, 500) };
    const { kept, noRoom } = await this.statements.add(organisationId, from, statements, MOST_STATEMENTS);
    if (kept > 0) this.forget([organisationId]);
    const full = noRoom.map(({ received }) => ({ id: received, code: 'VIEW_FULL' as const }));
    return { kept, unchanged: statements.length - kept - full.length, skipped: [...skipped, ...full] };
  }

  /** What an organisation knows of things, by any form of their identifiers; one answer an identifier, in order. */
  async find(organisationId: number, ids: readonly string[]): Promise<KnownThing[]> {
    const canonicals = ids.map(canonicalId);
    const said = Map.groupBy(
      await this.statements.current(organisationId, [...new Set(canonicals)]),
      ({ canonical }) => canonical,
    );
    return Promise.all(
      canonicals.map(async (canonical) => ({
        canonical,
        registered: await this.registered(canonical),
        said: said.get(canonical) ?? [],
      })),
    );
  }

  /** Everything that was ever said of a thing in an organisation's view, newest first. */
  history(organisationId: number, id: string): Promise<Statement[]> {
    return this.statements.history(organisationId, canonicalId(id));
  }

  /**
   * Master data for the header of a document about these things, as the organisation knows them: what the owners registered
   * under the attribute names of the CBV, and of the rest what was said last.
   */
  async vocabularyList(organisationId: number, ids: readonly string[]): Promise<VocabularyGroup[]> {
    const groups = new Map<string, VocabularyElement[]>();
    const found = await this.find(organisationId, ids);
    const vocabulary = await this.vocabulary(organisationId);
    found.forEach(({ canonical, registered, said }, at) => {
      const type = registered?.vocabulary ?? said[0]?.vocabulary;
      if (type === undefined) return;
      const attributes = [...vocabulary.attributesOf(canonical)].flatMap(([id, values]) =>
        values.map((attribute) => ({ id, attribute })),
      );
      const children = [...new Set(said.flatMap((each) => each.children))];
      const element = { id: ids[at]!, attributes, ...(children.length > 0 && { children }) };
      groups.set(type, [...(groups.get(type) ?? []), element]);
    });
    return [...groups].map(([type, vocabularyElementList]) => ({ type, vocabularyElementList }));
  }

  /** The organisation's vocabulary as it is now, from memory while nothing changes. */
  async vocabulary(organisationId: number): Promise<Vocabulary> {
    this.lastUsed.delete(organisationId);
    this.lastUsed.add(organisationId);
    for (const id of this.lastUsed) {
      if (this.lastUsed.size <= MOST_CACHED) break;
      this.lastUsed.delete(id);
      this.cached.set(id, undefined);
    }
    return (await this.cached.find(organisationId))!.vocabulary;
  }

  private async load(organisationId: number): Promise<Cached> {
    const known = knownFrom(await this.statements.all(organisationId));
    return { vocabulary: new OrganisationVocabulary(known, (id) => registeredAs(this.directory, id)) };
  }

  private async registered(canonical: string): Promise<Registered | undefined> {
    const gtin = gtinIn(canonical);
    if (gtin !== undefined) await this.directory.findProduct(gtin);
    return registeredAs(this.directory, canonical);
  }

  private forget(ids: readonly number[]): void {
    for (const id of ids) this.cached.forget(id);
  }
}
