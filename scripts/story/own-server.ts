import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server with nothing in it but the demo network, as a process of its own. */
export interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startOwnServer(): Promise<OwnServer> {
  const home = mkdtempSync(join(tmpdir(), 'halisi-home-'));
  const main = join(import.meta.dirname, '../../src/main.js');
  const env = { ...process.env, PORT: '0', HALISI_HOME: home };
  const server = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /Halisi listens on (\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    server.on('exit', (code) => reject(new Error(`The server ended with code ${code} before it listened.\n${said}`)));
  });
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
