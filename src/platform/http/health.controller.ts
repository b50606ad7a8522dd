import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Chain } from '../chain/chain.js';
import { Database } from '../database/database.js';
import { Lifecycle } from '../lifecycle.js';

const PATIENCE_MS = 2000;

/** For whoever watches over the process: `live` says that it runs, `ready` that it should get work. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Inject(Database) private readonly database: Database,
    @Inject(Chain) private readonly chain: Chain,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** The chain is told but does not decide: anchors wait, and everything else works without it. */
  @Get('ready')
  async ready(@Res() reply: FastifyReply) {
    const [database, chain] = await Promise.all([answers(this.database.check()), answers(this.chain.check())]);
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
