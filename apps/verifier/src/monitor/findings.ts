import type { Evidence } from './evidence.js';

/** What to do about each alarm. The codes are stable: docs/formats/monitor-state.md. */
export const ADVICE = {
  KEY_CHANGED: 'Ask the operator, over another way than this server, whether the key was replaced. If so: --repin.',
  ORIGIN_CHANGED: 'Another log answers at this address. Ask the operator; do not believe receipts of it until then.',
  CONTRACT_CHANGED: 'Ask the operator why the log names another contract. If the answer satisfies you: --repin.',
  POLICY_CHANGED: 'The server names other witnesses than before. If the operator satisfies you: --repin.',
  CHECKPOINT_MALFORMED: 'Look at what the server sends. A proxy in between may answer for it.',
  SIGNATURE_MISSING: 'The checkpoint is signed by nobody you know. Ask the operator; keep what was served.',
  SIGNATURE_WRONG: 'The checkpoint was changed after it was signed, or forged. Ask over another connection.',
  SHRUNK:
    'Look over another connection. If everybody sees the smaller log, entries were taken away: keep the evidence.',
  FORKED: 'The log showed two histories. Keep the evidence file, give it to others, and stop relying on this log.',
  WRONG_ROOT: 'The log does not hold what it signed. Ask the operator; keep the checkpoint.',
  TILE_WRONG: 'The server sends a wrong tile. A cache may be broken; if it lasts, tell the operator the path.',
  TILE_MISSING: 'The server signed a tree and does not serve it. Tell the operator the path.',
  ENTRY_WRONG: 'The server sends other entries than the log holds. Tell the operator the path and the index.',
  ENTRY_MISSING: 'The server signed entries and does not serve them. Tell the operator the path.',
  ANCHOR_FORKED:
    'The chain holds another history than the log shows. Keep the evidence file and stop relying on this log.',
  ANCHOR_SHRUNK: 'The contract cannot do this: the node lies or the chain was rewritten. Ask another node.',
  ANCHOR_OVERDUE: 'New entries are not final on the chain. Ask the operator whether anchoring stands still.',
  CHAIN_AHEAD:
    'The chain has entries that the log does not show. Ask over another connection: you may be shown an old copy.',
  CHAIN_REWRITTEN: 'A block that was final is another one now. Ask other nodes; evidence on this chain is in doubt.',
  CODE_CHANGED: 'The contract is not the one that is trusted. Do not rely on this anchor.',
  RPC_DISAGREES: 'One of the nodes lies or is broken. Find out which before believing either.',
  QUORUM_MISSING: 'Too few witnesses cosigned the checkpoint. Somebody may be shown another log: ask the witnesses.',
  COSIGNATURE_TIME: 'A witness cosigned at a time that cannot be. Check this machine’s clock, then ask the witness.',
  WITNESS_FORKED:
    'A witness cosigned another history. Keep the evidence file and give it to the witness and to others.',
  UNREACHABLE: 'Nobody has checked the log for this long. See whether the server or this network is down.',
  CHAIN_UNREACHABLE: 'Nobody has asked the chain for this long. Give another --rpc.',
} as const;

export type AlarmCode = keyof typeof ADVICE;

export const isAlarmCode = (code: string): code is AlarmCode => Object.hasOwn(ADVICE, code);

/** Something that an operator should know, and that is no alarm. */
export type NoteCode =
  | 'TRUST_ON_FIRST_USE'
  | 'NOT_REACHED'
  | 'CHAIN_NOT_REACHED'
  | 'CHAIN_NOT_ASKED'
  | 'NODE_BEHIND'
  | 'NODE_UNUSED'
  | 'CHAIN_AHEAD_YET'
  | 'PUBLISHER_CHANGED'
  | 'ANCHOR_ADDED'
  | 'EVENTS_LEFT'
  | 'ENTRIES_LEFT'
  | 'ENTRY_VERSION_UNKNOWN'
  | 'ENTRY_ODD';

export interface Finding<Code extends string> {
  readonly code: Code;
  readonly message: string;
}

/** An alarm; thrown where a look cannot go on. */
export class Alarm extends Error implements Finding<AlarmCode> {
  override readonly name = 'Alarm';

  constructor(
    readonly code: AlarmCode,
    message: string,
    readonly evidence?: Evidence,
  ) {
    super(message);
  }
}

/** The log, or a node, gave no answer: no alarm by itself. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The monitor was told to end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** What one round found. */
export class Findings {
  readonly alarms: Alarm[] = [];
  readonly notes: Finding<NoteCode>[] = [];

  alarm(code: AlarmCode, message: string, evidence?: Evidence): void {
    this.add(new Alarm(code, message, evidence));
  }

  note(code: NoteCode, message: string): void {
    this.notes.push({ code, message });
  }

  /** Runs `work`; an alarm that it throws is kept, and the answer is undefined. */
  async keeping<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Alarm)) throw error;
      this.add(error);
      return undefined;
    }
  }

  /** One fault may stand in the way of several checks. */
  private add(alarm: Alarm): void {
    if (this.alarms.some(({ code, message }) => code === alarm.code && message === alarm.message)) return;
    this.alarms.push(alarm);
  }
}
