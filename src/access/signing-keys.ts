import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Config } from '../platform/config/config.js';
import { keptSecret } from '../platform/embedded/secrets.js';
import { seal, unseal } from './secrets.js';
import { SigningKeysStore, type StoredKey } from './signing-keys.store.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How long one key signs, and how long before its end the next one is published. */
const SIGNS = 30 * DAY;
const AHEAD = DAY;
const LOOK_EVERY = 10 * MINUTE;
/**
 * An unknown key id makes us look for new keys: one look for all who ask within this time, because anybody can invent
 * key ids, and another process may have made a key a moment ago.
 */
const LOOK_AGAIN_AFTER = 100;
/** Clocks of processes that share the keys may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** How long others may keep the key set. A new key starts to sign only after that. */
export const JWKS_MAX_AGE_SECONDS = 300;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

interface KnownKey {
  readonly stored: StoredKey;
  readonly publicKey: KeyObject;
  /** Undefined when another home's key sealed it: that process signs with it, and we only verify. */
  readonly privateKey: KeyObject | undefined;
}

/**
 * The ES256 keys of access tokens. They live in the database, private parts sealed with a key that is only in
 * `HALISI_HOME/keys`; a process whose home cannot open the current one makes its own, and all verify one another's.
 */
@Injectable()
export class SigningKeys implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(SigningKeys.name);
  private readonly sealingKey: Buffer;
  private readonly tokenLife: number;
  private known = new Map<string, KnownKey>();
  private reloaded = 0;
  private reloading: Promise<void> | undefined;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SigningKeysStore) private readonly store: SigningKeysStore,
    @Inject(Config) config: Config,
  ) {
    const kept = keptSecret(config.home, 'tokens', () => randomBytes(32).toString('base64url'));
    this.sealingKey = Buffer.from(kept.trim(), 'base64url');
    this.tokenLife = config.tokens.accessSeconds * 1000 + 2 * CLOCK_TOLERANCE_SECONDS * 1000;
  }

  async onModuleInit(): Promise<void> {
    await this.keepUp();
    this.timer = setInterval(() => {
      this.keepUp().catch((error: unknown) => this.log.error(`Looking after the signing keys: ${String(error)}`));
    }, LOOK_EVERY);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The key to sign with now: the newest of those that this process can open and that have started. */
  async current(now = Date.now()): Promise<SigningKey> {
    const key = this.usable(now) ?? (await this.keepUp().then(() => this.usable(now)));
    if (key?.privateKey === undefined) throw new Error('There is no key to sign access tokens with.');
    return { kid: key.stored.kid, privateKey: key.privateKey };
  }

  /** The public key of a key id; undefined when no key of this installation has it, or its last token is dead. */
  async publicKey(kid: string, now = Date.now()): Promise<KeyObject | undefined> {
    if (!this.known.has(kid)) await this.lookAgain();
    const key = this.known.get(kid);
    return key !== undefined && key.stored.publishedUntil.getTime() > now ? key.publicKey : undefined;
  }

  /** The published key set (RFC 7517 §5), the newest key first. */
  async jwks(now = Date.now()): Promise<{ keys: JsonWebKey[] }> {
    if (now - this.reloaded > LOOK_AGAIN_AFTER) await this.reload();
    const keys = [...this.known.values()].filter((key) => key.stored.publishedUntil.getTime() > now);
    return { keys: keys.map((key) => key.stored.publicJwk) };
  }

  /** Makes a key that signs from now on; the others stay published until their last token is dead. */
  async rotate(): Promise<string> {
    const key = await this.store.exclusively(async (tx) => {
      const made = this.newKey(Date.now());
      await this.store.insert(tx, made);
      return made;
    });
    await this.reload();
    return key.kid;
  }

  /** Reads the keys, and makes the next one when the last that this process can open ends soon. */
  private async keepUp(): Promise<void> {
    await this.reload();
    if (this.lastEnd() > Date.now() + AHEAD) return;
    await this.store.exclusively(async (tx) => {
      await this.reload();
      const end = this.lastEnd();
      const now = Date.now();
      if (end > now + AHEAD) return;
      const settled = now + JWKS_MAX_AGE_SECONDS * 1000;
      await this.store.insert(tx, this.newKey(end > settled ? settled : now));
    });
    await this.reload();
  }

  private usable(now: number): KnownKey | undefined {
    return [...this.known.values()].find(
      ({ privateKey, stored }) =>
        privateKey !== undefined && stored.signsFrom.getTime() <= now && stored.signsUntil.getTime() > now,
    );
  }

  private lastEnd(): number {
    const mine = [...this.known.values()].filter((key) => key.privateKey !== undefined);
    return Math.max(0, ...mine.map((key) => key.stored.signsUntil.getTime()));
  }

  private lookAgain(): Promise<void> {
    this.looking ??= sleep(Math.max(0, this.reloaded + LOOK_AGAIN_AFTER - Date.now())).then(() => {
      // Who asks from here on may have a key that this look began too early to see.
      this.looking = undefined;
      return this.reload();
    });
    return this.looking;
  }

  /** Reads what is stored after the call, however many call at once. */
  private async reload(): Promise<void> {
    await this.reloading?.catch(() => undefined);
    this.reloading ??= this.read().finally(() => (this.reloading = undefined));
    await this.reloading;
  }

  private async read(): Promise<void> {
    const stored = await this.store.published();
    this.known = new Map(stored.map((key) => [key.kid, this.known.get(key.kid) ?? this.opened(key)]));
    this.reloaded = Date.now();
  }

  private opened(stored: StoredKey): KnownKey {
    const pkcs8 = unseal(this.sealingKey, stored.privateSealed, stored.kid);
    const privateKey = pkcs8 === undefined ? undefined : createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return { stored, privateKey, publicKey: createPublicKey({ key: stored.publicJwk, format: 'jwk' }) };
  }

  private newKey(signsFrom: number): StoredKey {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomBytes(12).toString('base64url');
    const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
    const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      kid,
      publicJwk: { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' },
      privateSealed: seal(this.sealingKey, pkcs8, kid),
      signsFrom: new Date(signsFrom),
      signsUntil: new Date(signsFrom + SIGNS),
      publishedUntil: new Date(signsFrom + SIGNS + this.tokenLife),
    };
  }
}
