import pg from 'pg';
import { createLogger, nestLogger } from './logging.js';

function written(log: (logger: ReturnType<typeof createLogger>) => void): string {
  let lines = '';
  log(createLogger({ logLevel: 'trace' }, { write: (line) => void (lines += line) }));
  return lines;
}

const errorIn = (line: string) => (JSON.parse(line) as { err: Record<string, unknown> }).err;

/** As pg throws it from a connection that it lent: with the row in its detail, and the connection itself. */
function databaseError(): pg.DatabaseError {
  const error = new pg.DatabaseError('duplicate key value violates unique constraint "person_email_key"', 1, 'error');
  error.code = '23505';
  error.detail = 'Key (email)=(asha@example.org) already exists.';
  return Object.assign(error, { client: new pg.Client({ password: 'hunter2' }), parameters: ['asha@example.org'] });
}

describe('the log', () => {
  it('writes what went wrong in the database, and neither the connection nor the row', () => {
    const line = written((log) => log.error({ err: databaseError() }, 'A statement failed.'));
    expect(errorIn(line)).toEqual({
      type: 'DatabaseError',
      message: 'duplicate key value violates unique constraint "person_email_key"',
      code: '23505',
      sqlState: '23505',
      stack: expect.stringContaining('logging.spec') as string,
    });
    expect(line).not.toMatch(/hunter2|asha@|client/);
  });

  it('writes the causes of an error, one within the other, and not without end', () => {
    const circle = new Error('round');
    circle.cause = circle;
    const wrapped = new Error('no answer', { cause: new AggregateError([databaseError(), new TypeError('x')]) });
    const line = written((log) => log.warn({ err: wrapped }));
    const causes = [{ sqlState: '23505' }, { type: 'TypeError', message: 'x' }];
    expect(errorIn(line)).toMatchObject({ message: 'no answer', cause: { type: 'AggregateError', cause: causes } });
    expect(line).not.toMatch(/hunter2|asha@/);
    expect(errorIn(written((log) => log.warn({ err: circle })))).toMatchObject({ cause: { message: 'round' } });
  });

  it('writes what is no error as it reads', () => {
    expect(errorIn(written((log) => log.warn({ err: 'broken' })))).toEqual({ type: 'string', message: 'broken' });
  });

  it('writes errors that Nest hands over beside a message in the same way', () => {
    const line = written((log) => nestLogger(log).error('It failed.', databaseError(), 'Somewhere'));
    expect(errorIn(line)).toMatchObject({ sqlState: '23505' });
    expect(line).not.toMatch(/hunter2|asha@/);
  });
});
