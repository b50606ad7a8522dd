/** Where one transaction slot of an anchor stands. The last four are ends; `lost` takes even a finalized one back. */
export type AnchorState = 'planned' | 'signed' | 'sent' | 'mined' | 'finalized' | 'reverted' | 'abandoned' | 'lost';

/** A receipt that the chain shows for one of the slot's transactions. */
export interface Inclusion {
  readonly txHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly success: boolean;
}

/** What the chain shows of one slot at one moment. */
export interface Sighting {
  /** The receipt of whichever of the slot's transactions is in a block; null when none is. */
  readonly inclusion: Inclusion | null;
  /** Enough nodes show that receipt alike. */
  readonly agreed: boolean;
  /** Block hash that was recorded for the slot; null when it was not mined. */
  readonly recordedBlock: string | null;
  /** The node holds the slot's newest transaction. */
  readonly known: boolean;
  /** Number of the chain's finalized block. */
  readonly finalBlock: number;
  /** Size that the contract shows at the finalized block. */
  readonly finalSize: number;
  /** The publisher's nonce at the finalized block is past this slot. */
  readonly spentForGood: boolean;
  /** Size that the inclusion claims; 0 when nothing is in a block. */
  readonly size: number;
  /** The newest transaction has waited long enough to pay more, and no earlier slot is waiting. */
  readonly stuck: boolean;
}

/** What to do about a slot; `wait` leaves it as it is. */
export type AnchorAction =
  'sign' | 'send' | 'replace' | 'settle' | 'move' | 'return' | 'finalize' | 'revert' | 'abandon' | 'wait';

interface Rule {
  readonly when: (sighting: Sighting) => boolean;
  readonly action: AnchorAction;
  readonly to: AnchorState;
}

const always = (): boolean => true;
const included = (s: Sighting): boolean => s.inclusion !== null;
const final = (s: Sighting): boolean => s.inclusion !== null && s.agreed && s.inclusion.blockNumber <= s.finalBlock;
const spent = (s: Sighting): boolean => s.inclusion === null && s.spentForGood;

/**
 * What moves a slot on. The first rule of its state that holds is taken. Every action can be repeated, so a process
 * that dies between an action and the record of it leaves nothing that the next one would do twice.
 */
export const transitions: Readonly<Record<AnchorState, readonly Rule[]>> = {
  planned: [{ when: always, action: 'sign', to: 'signed' }],
  signed: [
    { when: included, action: 'settle', to: 'mined' },
    { when: spent, action: 'abandon', to: 'abandoned' },
    { when: always, action: 'send', to: 'sent' },
  ],
  sent: [
    { when: included, action: 'settle', to: 'mined' },
    { when: spent, action: 'abandon', to: 'abandoned' },
    { when: (s) => s.stuck, action: 'replace', to: 'signed' },
    { when: (s) => !s.known, action: 'send', to: 'sent' },
    { when: always, action: 'wait', to: 'sent' },
  ],
  mined: [
    { when: (s) => s.inclusion === null, action: 'return', to: 'sent' },
    { when: (s) => s.inclusion?.blockHash !== s.recordedBlock, action: 'move', to: 'mined' },
    { when: (s) => final(s) && s.inclusion?.success === false, action: 'revert', to: 'reverted' },
    { when: (s) => final(s) && s.finalSize >= s.size, action: 'finalize', to: 'finalized' },
    { when: always, action: 'wait', to: 'mined' },
  ],
  finalized: [{ when: always, action: 'wait', to: 'finalized' }],
  reverted: [{ when: always, action: 'wait', to: 'reverted' }],
  abandoned: [{ when: always, action: 'wait', to: 'abandoned' }],
  lost: [{ when: always, action: 'wait', to: 'lost' }],
};

/** The next action for a slot in `state`, and the state that it leads to. */
export function decide(
  state: AnchorState,
  sighting: Sighting,
): { readonly action: AnchorAction; readonly to: AnchorState } {
  const rule = transitions[state].find(({ when }) => when(sighting));
  if (rule === undefined) throw new Error(`No rule for an anchor in state ${state}.`);
  return { action: rule.action, to: rule.to };
}

/**
 * The nonce from which the chain has forgotten slots that had ended there, null when it has not: an embedded node
 * restored from an older dump, or a chain that broke its promise of finality.
 * `open` are the nonces of slots that are signed, sent or mined; `next` is the next nonce to give out.
 */
export function forgottenFrom(chainNonce: number, next: number, open: ReadonlySet<number>): number | null {
  for (let nonce = chainNonce; nonce < next; nonce++) if (!open.has(nonce)) return chainNonce;
  return null;
}
