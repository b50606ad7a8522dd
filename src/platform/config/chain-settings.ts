/** One chain that the log is anchored to. */
export interface ChainSettings {
  /** How it is called in logs and metrics. */
  readonly name: string;
  /** EIP-155; undefined takes whatever the first node says at the start. */
  readonly chainId: number | undefined;
  /** The chain that this process starts itself. It has no `rpc` here, and a key of its own under the home. */
  readonly embedded: boolean;
  /** URLs of JSON-RPC endpoints. They may hold secrets. */
  readonly rpc: readonly string[];
  /** CheckpointAnchor's address; undefined means its one address, where it is deployed if it is not there yet. */
  readonly contract: string | undefined;
  readonly signer: SignerSettings;
  readonly finality: 'finalized' | { readonly blocks: number };
  readonly schedule: { readonly everyMs: number; readonly entries: number };
  readonly fees: FeeSettings;
  /** Endpoints that must give the same answer before it counts as evidence. */
  readonly agreement: number;
  /** A signed checkpoint that is not final after this long raises the alarm. */
  readonly overdueAfterMs: number;
}

export type SignerSettings =
  | { readonly type: 'embedded' }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'keystore'; readonly file: string; readonly passwordFile: string }
  | {
      readonly type: 'kms';
      readonly keyId: string;
      readonly region: string;
      readonly endpoint: string | undefined;
      /** JSON file: accessKeyId, secretAccessKey and, for a session, sessionToken. Read before each use of the key. */
      readonly credentialsFile: string;
    };

/** What may be paid, in wei. */
export interface FeeSettings {
  /** For a unit of gas. */
  readonly maxFee: bigint;
  readonly maxPriorityFee: bigint | undefined;
  /** What a replacement pays more, in percent. */
  readonly bumpPercent: number;
  readonly stuckAfterMs: number;
  /** A UTC day; undefined means no limit. */
  readonly dailyBudget: bigint | undefined;
}

export const GWEI = 1_000_000_000n;
const MINUTE_MS = 60_000;

/** A majority; both of two, and the one of one. */
export const defaultAgreement = (endpoints: number): number => Math.floor(endpoints / 2) + 1;

/** Three rounds of the schedule, and time for a slow chain to become final. */
export const defaultOverdueMs = (everyMs: number, embedded: boolean): number =>
  3 * everyMs + (embedded ? 5 : 60) * MINUTE_MS;
