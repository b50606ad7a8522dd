import { CsvError, parse } from 'csv-parse';
import { BadRequestError } from '../../platform/http/problem.js';

export type Delimiter = ',' | ';' | '\t';

/** Names of delimiters, as they are declared. */
export const DELIMITERS: Readonly<Record<string, Delimiter>> = { comma: ',', semicolon: ';', tab: '\t' };

/** A record of a file and the line that it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

export const LIMITS = { bytes: 10_000_000, rows: 10_000, fields: 100, recordCharacters: 100_000 } as const;

/**
 * Reads CSV (RFC 4180; UTF-8, with a byte order mark or without). The delimiter is the one declared, else that of comma,
 * semicolon and tab which the first line has most of. The first record is the header. Throws BadRequestError: CSV_ENCODING,
 * CSV_MALFORMED, CSV_EMPTY, CSV_TOO_MANY_ROWS, PAYLOAD_TOO_LARGE.
 */
export async function readCsv(
  source: AsyncIterable<Uint8Array>,
  declared?: Delimiter,
): Promise<{ header: readonly string[]; records: CsvRecord[]; delimiter: Delimiter }> {
  const texts = decoded(source);
  let start = '';
  for (let next = await texts.next(); next.done !== true; next = await texts.next()) {
    start += next.value;
    if (start.includes('\n') || start.length > LIMITS.recordCharacters) break;
  }
  const delimiter = declared ?? likelyDelimiter(start);
  const records: CsvRecord[] = [];
  for await (const record of parsed(start, texts, delimiter)) {
    records.push(record);
    if (records.length > LIMITS.rows + 1) {
      throw refused('CSV_TOO_MANY_ROWS', `A file has at most ${LIMITS.rows} rows.`, { line: record.line }, 413);
    }
  }
  const header = records.shift();
  if (header === undefined) throw refused('CSV_EMPTY', 'The file has no header line.', { line: 1 });
  return { header: header.fields, records, delimiter };
}

/** Outside quotes, whichever the first line has most of. */
export function likelyDelimiter(text: string): Delimiter {
  const line = text.split(/\r?\n|\r/, 1)[0]!.replace(/"[^"]*"/g, '');
  const count = (delimiter: Delimiter) => line.split(delimiter).length;
  return ([',', ';', '\t'] as const).reduce((best, next) => (count(next) > count(best) ? next : best));
}

async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > LIMITS.bytes) {
        const message = `A file has at most ${LIMITS.bytes} bytes.`;
        throw new BadRequestError('PAYLOAD_TOO_LARGE', message, 413, { limit: LIMITS.bytes });
      }
      yield storable(decoder.decode(chunk, { stream: true }));
    }
    yield decoder.decode();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw refused('CSV_ENCODING', 'The file is not UTF-8. Save it as “CSV UTF-8”.', { expected: 'UTF-8' });
  }
}

function storable(text: string): string {
  if (!text.includes('\0')) return text;
  throw refused('CSV_ENCODING', 'The file has a NUL character: it is no text in UTF-8.', { expected: 'UTF-8' });
}

async function* parsed(
  start: string,
  rest: AsyncIterable<string>,
  delimiter: Delimiter,
): AsyncGenerator<CsvRecord, void> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LIMITS.recordCharacters,
  });
  const feeding = feed(parser, start, rest);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.length > LIMITS.fields) {
        throw refused('CSV_MALFORMED', `A record has at most ${LIMITS.fields} fields.`, { line: info.lines });
      }
      yield { line: info.lines - newlinesIn(record), fields: record };
    }
    await feeding;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    throw refused('CSV_MALFORMED', `Line ${line}: ${error.message}`, { line, rule: error.code });
  } finally {
    parser.destroy();
  }
}

async function feed(parser: ReturnType<typeof parse>, start: string, rest: AsyncIterable<string>): Promise<void> {
  try {
    parser.write(start);
    for await (const text of rest) {
      if (parser.destroyed) return;
      if (!parser.write(text)) await new Promise((resolve) => parser.once('drain', resolve).once('close', resolve));
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

const newlinesIn = (fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

const refused = (code: string, message: string, details: Record<string, unknown>, status = 400): BadRequestError =>
  new BadRequestError(code, message, status, details);
