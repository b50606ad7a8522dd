import { DomainError } from '../../errors.js';

export type QueryErrorCode =
  'PARAMETER_UNKNOWN' | 'PARAMETER_INVALID' | 'PREFIX_UNKNOWN' | 'UNIT_UNKNOWN' | 'PARAMETERS_CONTRADICT';

/** A parameter of a SimpleEventQuery that is none, or whose value is wrong: QueryParameterException (EPCIS 2.0 §8.2.7). */
export class QueryParameterError extends DomainError<QueryErrorCode> {
  override readonly name = 'QueryParameterError';

  constructor(code: QueryErrorCode, parameter: string, expected: string, got: unknown) {
    const name = parameter.slice(0, 100);
    const shown = (JSON.stringify(got) ?? 'nothing').slice(0, 100);
    super(code, `${name}: expected ${expected}; got ${shown}.`, { parameter: name, expected, got: shown });
  }
}
