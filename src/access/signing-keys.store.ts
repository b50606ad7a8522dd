import { Inject, Injectable } from '@nestjs/common';
import type { JsonWebKey } from 'node:crypto';
import type { Prisma as Generated } from '../generated/prisma/client.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';

export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: JsonWebKey;
  readonly privateSealed: Uint8Array<ArrayBuffer>;
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly publishedUntil: Date;
}

const DAY_MS = 86_400_000;

/** The keys that sign access tokens. All processes share them; the private part is sealed. */
@Injectable()
export class SigningKeysStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  /** Keys whose tokens may still be alive, the newest first. */
  async published(): Promise<StoredKey[]> {
    const keys = await this.prisma.signingKey.findMany({
      where: { publishedUntil: { gt: new Date() } },
      orderBy: [{ signsFrom: 'desc' }, { kid: 'asc' }],
    });
    return keys.map((key) => ({ ...key, publicJwk: key.publicJwk as JsonWebKey }));
  }

  /** Runs `work` while no other process makes a key. */
  exclusively<T>(work: (tx: PrismaTx) => Promise<T>): Promise<T> {
    return this.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('halisi.signing_key'))`;
      return work(tx);
    });
  }

  async insert(tx: PrismaTx, { publicJwk, ...key }: StoredKey): Promise<void> {
    await tx.signingKey.create({ data: { ...key, publicJwk: publicJwk as Generated.InputJsonObject } });
    await tx.signingKey.deleteMany({ where: { publishedUntil: { lt: new Date(Date.now() - DAY_MS) } } });
  }
}
