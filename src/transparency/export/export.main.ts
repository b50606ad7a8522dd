import { configFrom } from '../../platform/config/config.js';
import { readEnvironment } from '../../platform/config/env.js';
import { createLogger } from '../../platform/logging.js';
import { startPlatform } from '../../platform/platform.js';
import { LogReader } from '../log/log-reader.js';
import { logState } from '../log/log.store.js';
import { LOG } from '../transparency.service.js';
import { Exporter } from './exporter.js';
import { openTarget } from './open-target.js';

/** Exit codes: 0 the copy is up to date, 1 it could not be brought there. */
async function main([place]: readonly string[]): Promise<number> {
  // An export needs the database alone, as a process that answers requests.
  const config = configFrom(readEnvironment({ ...process.env, HALISI_ROLE: 'api' }));
  const wanted = place ?? config.transparency.export.place;
  if (wanted === undefined) throw new Error('expected a folder or s3://bucket/prefix, or LOG_EXPORT.');
  const target = openTarget(wanted, config.transparency.export);
  const platform = await startPlatform(config, createLogger({ logLevel: 'error' }));
  try {
    if ((await logState(platform.database, LOG)) === null) {
      throw new Error('this database holds no log. Look at DATABASE_URL, or HALISI_HOME for the embedded one.');
    }
    const exporter = new Exporter(platform.database, new LogReader(platform.database), LOG, target);
    const { size, changed } = await exporter.export();
    process.stdout.write(`${target.place} holds ${size} entries${changed ? '' : ', as before'}.\n`);
    return 0;
  } finally {
    await platform.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stderr.write(`The log could not be exported: ${code === undefined ? '' : `${code}: `}${message}\n`);
  process.exitCode = 1;
}
