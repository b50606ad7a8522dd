import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlQuery } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Object id of the system catalogue's own type "char", one byte. */
const SYSTEM_CHAR = 18;
/** Marks, in the name of a column, that it is of that type; no column's name can have a NUL. */
const CHAR_MARK = '\u0000char';

/**
 * Prisma's adapter for the schema engine, mended in two places: it splits a script at every semicolon, those within
 * function bodies too, and it refuses the type "char", which the engine itself asks the catalogue for.
 */
export class MigrationAdapterFactory extends PrismaPg {
  constructor(private readonly pool: pg.Pool) {
    super(pool);
  }

  override async connect() {
    const adapter = await super.connect();
    const { pool } = this;
    const queryRaw = adapter.queryRaw.bind(adapter);
    return Object.assign(adapter, {
      client: { query: (config: pg.QueryConfig) => markChars(pool, config), options: pool.options },
      executeScript: async (script: string) => void (await pool.query(script)),
      queryRaw: async (query: SqlQuery) => {
        const result = await queryRaw(query);
        result.columnNames.forEach((name, index) => {
          if (!name.endsWith(CHAR_MARK)) return;
          result.columnNames[index] = name.slice(0, -CHAR_MARK.length);
          result.columnTypes[index] = ColumnTypeEnum.Character;
        });
        return result;
      },
    });
  }
}

async function markChars(pool: pg.Pool, config: pg.QueryConfig): Promise<pg.QueryResult> {
  const result = await pool.query(config);
  for (const field of result.fields) {
    if (field.dataTypeID !== SYSTEM_CHAR) continue;
    field.dataTypeID = pg.types.builtins.BPCHAR;
    field.name += CHAR_MARK;
  }
  return result;
}
