import { resolve } from 'node:path';
import type { ChainSettings } from './chain-settings.js';
import type { Environment } from './env.js';

/** Everything that can be set, typed and frozen. Times are in milliseconds unless the name says seconds. */
export interface ConfigValues {
  readonly environment: 'development' | 'production' | 'test';
  readonly role: 'all' | 'api' | 'worker';
  readonly demo: boolean;
  /** Absolute path of the folder with all embedded data and keys. */
  readonly home: string;
  /** Origin line of the log's checkpoints (c2sp.org/tlog-checkpoint); undefined means the installation makes its own. */
  readonly origin: string | undefined;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly shutdownGraceMs: number;
  readonly http: {
    readonly port: number;
    readonly host: string;
    /** What clients outside call this server, without a trailing slash; undefined means host and port. */
    readonly publicUrl: string | undefined;
    readonly trustProxy: boolean;
    /** Bytes of one request body. */
    readonly bodyLimit: number;
  };
  readonly graphql: {
    readonly graphiql: boolean;
    readonly maxDepth: number;
    readonly maxCost: number;
    readonly maxRootFields: number;
    readonly maxBatch: number;
  };
  readonly database: {
    readonly url: string | undefined;
    readonly migrationUrl: string | undefined;
    readonly poolSize: number;
  };
  /** Documents of other systems. */
  readonly epcis: {
    /** Most events in one document. */
    readonly captureLimit: number;
    /** Most bytes of one document, unpacked. */
    readonly captureFileSizeLimit: number;
    /** Days that jobs are kept of which nothing was stored. */
    readonly jobDays: number;
    /** Absolute path of the watched folder; undefined means none. */
    readonly dropFolder: string | undefined;
  };
  /** The chains that this process anchors to; none in a process that does not anchor. */
  readonly chains: readonly ChainSettings[];
  /** Milliseconds between blocks of the embedded chain. */
  readonly embeddedBlockTimeMs: number;
  readonly tokens: { readonly accessSeconds: number; readonly refreshSeconds: number };
  /** Verification messaging with other systems. */
  readonly verification: {
    /** Path of the file with the issuers whose credentials are believed. */
    readonly issuersFile: string | undefined;
    /** Path of the file with the credentials that are shown to other systems. */
    readonly credentialsFile: string | undefined;
    /** The Digital Link resolver that is asked for a verification service where the directory has none. */
    readonly resolverUrl: string | undefined;
    /** Whether other systems may be at addresses that are not of the public Internet. */
    readonly allowPrivate: boolean;
    readonly timeoutMs: number;
  };
  readonly webhooks: {
    /** Whether subscriptions may lead to private and loopback addresses. */
    readonly allowPrivate: boolean;
    /** How long a receiver may take. */
    readonly timeoutMs: number;
    /** How long a delivery is tried before it is a dead letter. */
    readonly retrySeconds: number;
  };
  readonly transparency: {
    readonly checkpointIntervalMs: number;
    /** The file of the log's key; undefined means keys/log.key of the home. */
    readonly logKeyFile: string | undefined;
    /** Whether checkpoints are signed with ML-DSA-44 too. */
    readonly logMlDsa: boolean;
    readonly anchorIntervalMs: number;
    /** Path of a c2sp.org/tlog-policy file: the witnesses to ask, and whose cosignatures a checkpoint needs. */
    readonly witnessPolicy: string | undefined;
    /** The static copy of the log. */
    readonly export: {
      /** A folder or s3://bucket/prefix. */
      readonly place: string | undefined;
      readonly intervalMs: number;
      /** Undefined without an access key. */
      readonly access: AwsAccess | undefined;
    };
  };
}

/** Who signs requests to AWS or to a store that speaks as S3 does. */
export interface AwsAccess {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  readonly endpoint: string | undefined;
}

/** The Nest token of the configuration; its fields are those of ConfigValues. */
export abstract class Config implements ConfigValues {
  abstract readonly environment: ConfigValues['environment'];
  abstract readonly role: ConfigValues['role'];
  abstract readonly demo: boolean;
  abstract readonly home: string;
  abstract readonly origin: string | undefined;
  abstract readonly logLevel: ConfigValues['logLevel'];
  abstract readonly shutdownGraceMs: number;
  abstract readonly http: ConfigValues['http'];
  abstract readonly graphql: ConfigValues['graphql'];
  abstract readonly database: ConfigValues['database'];
  abstract readonly epcis: ConfigValues['epcis'];
  abstract readonly chains: ConfigValues['chains'];
  abstract readonly embeddedBlockTimeMs: number;
  abstract readonly tokens: ConfigValues['tokens'];
  abstract readonly verification: ConfigValues['verification'];
  abstract readonly webhooks: ConfigValues['webhooks'];
  abstract readonly transparency: ConfigValues['transparency'];
}

/** Turns checked variables into the typed, frozen configuration. */
export function configFrom(env: Environment): ConfigValues {
  return deepFreeze({
    environment: env.NODE_ENV,
    role: env.HALISI_ROLE,
    demo: env.HALISI_DEMO,
    home: resolve(env.HALISI_HOME),
    origin: env.HALISI_ORIGIN,
    logLevel: env.LOG_LEVEL,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    http: {
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
      trustProxy: env.TRUST_PROXY,
      bodyLimit: 8 * 1024 * 1024,
    },
    graphql: {
      graphiql: env.GRAPHIQL ?? env.NODE_ENV !== 'production',
      maxDepth: 15,
      maxCost: 100_000,
      maxRootFields: 20,
      maxBatch: 10,
    },
    database: { url: env.DATABASE_URL, migrationUrl: env.DATABASE_MIGRATION_URL, poolSize: env.DATABASE_POOL },
    epcis: {
      captureLimit: env.EPCIS_CAPTURE_LIMIT,
      captureFileSizeLimit: env.EPCIS_CAPTURE_FILE_SIZE_LIMIT,
      jobDays: env.EPCIS_JOB_DAYS,
      dropFolder: env.HALISI_DROP_FOLDER === undefined ? undefined : resolve(env.HALISI_DROP_FOLDER),
    },
    chains: env.chains,
    embeddedBlockTimeMs: env.CHAIN_BLOCK_TIME_MS,
    tokens: { accessSeconds: env.ACCESS_TOKEN_SECONDS, refreshSeconds: env.REFRESH_TOKEN_SECONDS },
    verification: {
      issuersFile: env.VERIFICATION_ISSUERS_FILE,
      credentialsFile: env.VERIFICATION_CREDENTIALS_FILE,
      resolverUrl: env.VERIFICATION_RESOLVER_URL?.replace(/\/+$/, ''),
      allowPrivate: env.VERIFICATION_ALLOW_PRIVATE,
      timeoutMs: env.VERIFICATION_TIMEOUT_MS,
    },
    webhooks: {
      allowPrivate: env.HALISI_WEBHOOK_ALLOW_PRIVATE,
      timeoutMs: env.HALISI_WEBHOOK_TIMEOUT_MS,
      retrySeconds: env.HALISI_WEBHOOK_RETRY_SECONDS,
    },
    transparency: {
      checkpointIntervalMs: env.CHECKPOINT_INTERVAL_MS,
      logKeyFile: env.LOG_KEY_FILE,
      logMlDsa: env.LOG_ML_DSA,
      anchorIntervalMs: env.ANCHOR_INTERVAL_MS,
      witnessPolicy: env.WITNESS_POLICY,
      export: { place: env.LOG_EXPORT, intervalMs: env.LOG_EXPORT_INTERVAL_MS, access: awsAccess(env) },
    },
  });
}

function awsAccess(env: Environment): AwsAccess | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const { AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = env;
  return { accessKeyId, secretAccessKey, sessionToken, region, endpoint };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner !== null && typeof inner === 'object') deepFreeze(inner as object);
  return Object.freeze(value);
}
