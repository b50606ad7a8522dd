import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrationsFolder, openSchemaEngine } from './migrations.js';

/** Path of prisma/schema.prisma. */
export function schemaFile(): string {
  return join(migrationsFolder(), '../schema.prisma');
}

/**
 * What prisma/schema.prisma must say for a database that has all migrations: the file as it is, with what the tables
 * have more, less or otherwise. Names and comments in it stay. Partitions, checks and triggers are out of Prisma's sight.
 */
export async function schemaOf(access: pg.ClientConfig): Promise<string> {
  const path = schemaFile();
  const content = readFileSync(path, 'utf8');
  const pool = new pg.Pool({ ...access, max: 1 });
  try {
    const engine = await openSchemaEngine(pool);
    const answer = await engine.introspect({
      schema: { files: [{ path, content }] },
      baseDirectoryPath: join(path, '..'),
      force: false,
      compositeTypeDepth: 0,
      namespaces: null,
    });
    engine.free();
    const [file] = answer.schema.files;
    if (file === undefined) throw new Error('The schema engine answered no schema.');
    return file.content;
  } finally {
    await pool.end();
  }
}
