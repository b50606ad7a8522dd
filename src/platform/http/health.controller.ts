import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Chains } from '../chain/chain.js';
import { Database } from '../database/database.js';
import { Lifecycle } from '../lifecycle.js';

const PATIENCE_MS = 2000;

/** For whoever watches over the process: `live` says that it runs, `ready` that it should get work. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Inject(Database) private readonly database: Database,
    @Inject(Chains) private readonly chains: Chains,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** The chains are told but do not decide: anchors wait, and everything else works without them. */
  @Get('ready')
  async ready(@Res() reply: FastifyReply) {
    const [database, chain] = await Promise.all([answers(this.database.check()), answers(this.chains.check())]);
    const ready = this.lifecycle.ready && database;
    const parts = { server: this.lifecycle.ready ? 'ok' : 'not ready', database: word(database), chain: word(chain) };
    await reply.status(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', ...parts });
  }
}

function word(answered: boolean): string {
  return answered ? 'ok' : 'unreachable';
}

async function answers(check: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([check.then(() => true), timeout]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
