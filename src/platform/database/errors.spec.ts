import { isConnectionLoss, isRetryable, isUniqueViolation, sqlState } from './errors.js';

const coded = (code: string, more: object = {}) => Object.assign(new Error('failed'), { code, ...more });

describe('errors of the database', () => {
  it.each([
    coded('57P01'),
    coded('08006'),
    coded('53300'),
    coded('ECONNREFUSED', { syscall: 'connect' }),
    coded('EPIPE', { syscall: 'write' }),
    new Error('Connection terminated unexpectedly'),
    new Error('outer', { cause: new Error('Connection terminated') }),
    new AggregateError([coded('ECONNREFUSED', { syscall: 'connect' })]),
  ])('knows a lost connection: %p', (error) => expect(isConnectionLoss(error)).toBe(true));

  it.each([coded('23505'), coded('57014'), coded('ENOENT'), new Error('x'), 'text', null])(
    'takes nothing else for one: %p',
    (error) => expect(isConnectionLoss(error)).toBe(false),
  );

  it('knows what may succeed when it runs again', () => {
    expect([coded('40001'), coded('40P01'), coded('23505')].map(isRetryable)).toEqual([true, true, false]);
  });

  it('knows a unique violation by its constraint', () => {
    const error = coded('23505', { constraint: 'item_pkey' });
    expect([isUniqueViolation(error), isUniqueViolation(error, 'item_pkey'), isUniqueViolation(error, 'x')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('takes only five characters of PostgreSQL for a state', () => {
    expect([sqlState(coded('23505')), sqlState(coded('EPIPE')), sqlState(new Error('x'))]).toEqual([
      '23505',
      undefined,
      undefined,
    ]);
  });
});
