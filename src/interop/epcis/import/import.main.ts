import { importFiles, type Output } from './import-files.js';
import { type ImportSettings, importSettings, USAGE } from './arguments.js';
import { Server } from './server.js';

const output: Output = {
  line: (text) => process.stdout.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${text}\n`),
  progress: (text) => void (process.stderr.isTTY && process.stderr.write(`\r\u001b[K${text}`)),
};

function settings(): ImportSettings | undefined {
  try {
    return importSettings(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

const asked = settings();
process.exitCode = asked === undefined ? 2 : await importFiles(new Server(asked), asked.files, output);
