/** Brings prisma/schema.prisma up to what the migrations make: `npm run prisma:schema`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../src/platform/database/embedded-postgres.js';
import { schemaFile, schemaOf } from '../src/platform/database/introspection.js';
import { migrate } from '../src/platform/database/migrations.js';

const home = mkdtempSync(join(tmpdir(), 'halisi-introspect-'));
const postgres = new EmbeddedPostgres({ home, note: () => undefined, settings: ['fsync=off'] });
try {
  await postgres.start();
  await migrate(postgres.owner());
  writeFileSync(schemaFile(), await schemaOf(postgres.owner()));
} finally {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}
