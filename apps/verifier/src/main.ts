import { run } from './run.js';

const { status, output, errors } = await run(process.argv.slice(2));
process.stdout.write(output);
process.stderr.write(errors);
process.exitCode = status;
