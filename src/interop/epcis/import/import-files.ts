import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { formOfName } from './file-form.js';
import { type JobAnswer, RefusedByServer, type Server } from './server.js';

const LOOK_MS = 250;

/** Where the command writes: results line by line, and how far it is. */
export interface Output {
  readonly line: (text: string) => void;
  readonly progress: (text: string) => void;
}

/** Hands files in, one after another, and waits for their jobs. Answers the exit code (see `USAGE`). */
export async function importFiles(server: Server, files: readonly string[], output: Output): Promise<0 | 1 | 2> {
  let code: 0 | 1 | 2 = 0;
  for (const file of files) {
    const ended = await importFile(server, file, output);
    if (ended > code) code = ended;
  }
  return code;
}

async function importFile(server: Server, file: string, output: Output): Promise<0 | 1 | 2> {
  try {
    const form = formOfName(file);
    if (form === undefined)
      throw new Error('expected a name that ends in .json, .jsonld or .xml, or one of them and .gz');
    const { size } = await stat(file);
    const path = await server.submit(file, form, (sent) => output.progress(`${file}: ${percent(sent, size)} sent`));
    const job = await ended(server, path, (counts) => {
      output.progress(`${file}: ${counts.captured + counts.duplicates} events captured`);
    });
    return told(file, job, output);
  } catch (error) {
    const refused = error instanceof RefusedByServer;
    output.line(`${file}: ${refused ? 'refused' : 'not handed in'}: ${reasonOf(error)}`);
    return 2;
  }
}

async function ended(
  server: Server,
  path: string,
  onProgress: (counts: JobAnswer['halisi:counts']) => void,
): Promise<JobAnswer> {
  for (;;) {
    const job = await server.job(path);
    if (!job.running) return job;
    onProgress(job['halisi:counts']);
    await delay(LOOK_MS);
  }
}

function told(file: string, job: JobAnswer, output: Output): 0 | 1 {
  const { captured, duplicates, reported, refused } = job['halisi:counts'];
  const parts = [`${captured} captured`, `${duplicates} known before`, `${reported} as reported`, `${refused} refused`];
  output.line(`${file}: ${job.success ? 'done' : 'errors'}: ${parts.join(', ')} (job ${job.captureID})`);
  for (const { code, detail } of job.errors) output.line(`${file}: ${code}: ${detail}`);
  if (refused > job.errors.length) output.line(`${file}: the first ${job.errors.length} errors are shown`);
  return job.success ? 0 : 1;
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '100 %' : `${Math.floor((100 * part) / whole)} %`;

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
