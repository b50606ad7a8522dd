import { serve } from './app.js';
import { configFrom } from './platform/config/config.js';
import { InvalidEnvironmentError, readEnvironment } from './platform/config/env.js';
import { createLogger } from './platform/logging.js';
import { startPlatform } from './platform/platform.js';

function configuration() {
  try {
    return configFrom(readEnvironment(process.env));
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const config = configuration();
  const log = createLogger(config);
  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info(`${signal}: finishing what is under way.`);
      if (stop === undefined) return;
      void stop().then(() => process.exit(0));
    });
  }
  const platform = await startPlatform(config, log);
  stop = () => platform.stop();
  try {
    const server = await serve(platform);
    stop = () => server.close().finally(() => platform.stop());
    process.stdout.write([...server.notes, `Halisi listens on ${server.url}`].join('\n') + '\n');
  } catch (error) {
    await platform.stop();
    throw error;
  }
  if (stopping) await stop().then(() => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(
    `Halisi did not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
