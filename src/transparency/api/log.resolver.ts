import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Public } from '../../access/marks.js';
import { toBase64 } from '../../domain/bytes.js';
import { parseSignatureLine } from '../../domain/tlog/index.js';
import { Database } from '../../platform/database/database.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../platform/graphql/pagination.js';
import { Position } from '../../platform/graphql/scalars.js';
import { chainRows } from '../anchor/chain-status.store.js';
import { cosignedNote, latestPublished } from '../checkpoint/checkpoint.store.js';
import { placeOf } from '../log/position.js';
import { LOG } from '../transparency.service.js';
import {
  AnchorChainModel,
  AnchorModel,
  AnchorPage,
  AnchorStage,
  CheckpointModel,
  EvidenceModel,
  EvidenceStage,
  LogModel,
} from './log.model.js';
import { type AnchorRow, anchorCovering, anchorPage, logStatus } from './log.queries.js';

@Resolver(() => LogModel)
export class LogResolver {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Public()
  @Query(() => LogModel, { nullable: true, description: 'The transparency log, for anyone.' })
  async log(): Promise<LogModel | null> {
    const status = await logStatus(this.database, LOG);
    return status === null ? null : { ...status, number: LOG };
  }

  @ResolveField(() => CheckpointModel, { nullable: true, description: 'The newest published checkpoint.' })
  async checkpoint(@Parent() log: LogModel): Promise<CheckpointModel | null> {
    const newest = await latestPublished(this.database, log.number);
    if (newest === null) return null;
    const witnesses = newest.cosignatures.map((line) => parseSignatureLine(line).name);
    return { ...newest, root: toBase64(newest.root), note: cosignedNote(newest), witnesses: [...new Set(witnesses)] };
  }

  @ResolveField(() => [AnchorChainModel], { description: 'How the log stands on each chain that it is anchored to.' })
  chains(@Parent() log: LogModel): Promise<AnchorChainModel[]> {
    return chainRows(this.database, log.number);
  }

  @ResolveField(() => AnchorPage, { description: 'Anchors, newest first.' })
  async anchors(@Parent() log: LogModel, @Args() page: PageArgs): Promise<AnchorPage> {
    const first = pageSize(page.first);
    const before = decodeCursor(page.after, 'number')?.[0];
    const rows = await anchorPage(this.database, log.number, before, first + 1);
    return pageOf(rows, first, ({ id }) => encodeCursor(id), anchorModel);
  }

  @Public()
  @Query(() => EvidenceModel, {
    nullable: true,
    description: 'How far the evidence of the event at a position is, for anyone.',
  })
  async anchorOf(@Args('position', { type: () => Position }) position: number): Promise<EvidenceModel | null> {
    const { log, index } = placeOf(position);
    const status = await logStatus(this.database, log);
    if (status === null || index >= status.size) return null;
    const row = await anchorCovering(this.database, log, index);
    return { stage: stageOf(index, status, row), anchor: row === null ? null : anchorModel(row) };
  }
}

function stageOf(
  index: number,
  status: { integrated: number; published: number },
  anchor: AnchorRow | null,
): EvidenceStage {
  if (anchor?.state === 'finalized') return EvidenceStage.FINAL;
  if (anchor?.state === 'mined') return EvidenceStage.ANCHORED;
  if (index < status.published) return EvidenceStage.CHECKPOINTED;
  return index < status.integrated ? EvidenceStage.INTEGRATED : EvidenceStage.CAPTURED;
}

const STAGES = Object.values(AnchorStage);

function anchorModel({ state, ...row }: AnchorRow): AnchorModel {
  return { ...row, stage: STAGES.find((stage) => stage === state) ?? AnchorStage.PLANNED };
}
