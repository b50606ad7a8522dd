#!/usr/bin/env node
const [command] = process.argv.splice(2, 1);
if (command === 'import') await import('../dist/src/interop/epcis/import/import.main.js');
else {
  process.stderr.write('halisi import FILE...\n');
  process.exitCode = 2;
}
