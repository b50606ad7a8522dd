#!/usr/bin/env node
import { existsSync } from 'node:fs';

// In the repository the command is built when it is first used and when its sources change; a published package is
// built already and has no build.mjs.
if (existsSync(new URL('../build.mjs', import.meta.url))) {
  const { buildIfStale, hasSources } = await import('../build.mjs');
  if (hasSources) await buildIfStale();
}
await import('../dist/halisi-verify.js');
