import { EPCIS_EXCEPTIONS } from '../epcis/rest/epcis-problem.js';
import { listOf, oneOf, ref, type Schema, text, whole } from './operation.js';

const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
const time: Schema = { type: 'string', format: 'date-time' };
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const outcome = oneOf('created', 'changed', 'unchanged', 'refused');

/** The schemas that operations refer to. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: object(
    {
      type: text,
      title: { type: 'string', description: 'For people.' },
      status: whole,
      code: { type: 'string', description: 'Stable.' },
      requestId: text,
      details: { type: 'object', description: 'Where, what was expected, what came.' },
    },
    ['type', 'title', 'status', 'code'],
  ),
  EpcisProblem: object(
    {
      type: oneOf(...Object.keys(EPCIS_EXCEPTIONS).map((name) => `epcisException:${name}`), 'about:blank'),
      title: text,
      status: whole,
      detail: { type: 'string', description: 'For people.' },
      code: { type: 'string', description: 'Stable.' },
      details: { type: 'object' },
    },
    ['type', 'title', 'status', 'detail', 'code'],
  ),
  EpcisEvent: { type: 'object', description: 'An event of EPCIS 2.0 (JSON schema of the standard).' },
  EpcisDocument: object(
    {
      '@context': {},
      type: oneOf('EPCISDocument', 'EPCISQueryDocument'),
      schemaVersion: text,
      creationDate: time,
      epcisHeader: { type: 'object' },
      epcisBody: { type: 'object' },
    },
    ['type', 'schemaVersion', 'creationDate', 'epcisBody'],
  ),
  EpcisQueryDocument: object(
    {
      '@context': {},
      type: { type: 'string', const: 'EPCISQueryDocument' },
      schemaVersion: text,
      creationDate: time,
      epcisBody: object(
        {
          queryResults: object({
            queryName: text,
            subscriptionID: text,
            resultsBody: object({ eventList: listOf(ref('EpcisEvent')) }, ['eventList']),
          }),
        },
        ['queryResults'],
      ),
    },
    ['@context', 'type', 'schemaVersion', 'creationDate', 'epcisBody'],
  ),
  Collection: object({ '@context': {}, type: { type: 'string', const: 'Collection' }, member: listOf(text) }, [
    'type',
    'member',
  ]),
  CaptureJob: object(
    {
      captureID: text,
      createdAt: time,
      finishedAt: time,
      running: { type: 'boolean' },
      success: { type: 'boolean' },
      captureErrorBehaviour: oneOf('rollback', 'proceed'),
      errors: listOf(ref('EpcisProblem')),
    },
    ['captureID', 'createdAt', 'running', 'success', 'captureErrorBehaviour', 'errors'],
  ),
  NamedQuery: object({ name: text, query: { type: 'object', description: 'Parameters of SimpleEventQuery.' } }, [
    'query',
  ]),
  Subscription: object({
    subscriptionID: text,
    dest: { type: 'string', format: 'uri' },
    signatureToken: text,
    reportIfEmpty: { type: 'boolean' },
    initialRecordTime: time,
    stream: { type: 'boolean' },
    schedule: { type: 'object' },
  }),
  ImportReport: object(
    {
      kind: text,
      dryRun: { type: 'boolean' },
      partial: { type: 'boolean' },
      applied: { type: 'boolean', description: 'Whether what is right was registered.' },
      rows: whole,
      created: whole,
      changed: whole,
      unchanged: whole,
      refused: whole,
      lines: listOf(
        object(
          {
            line: { type: 'integer', minimum: 1, description: 'Where the row begins.' },
            key: nullable(text),
            outcome,
            fields: listOf(text),
            problems: listOf(
              object({ column: nullable(text), code: text, expected: text, got: text }, [
                'column',
                'code',
                'expected',
                'got',
              ]),
            ),
          },
          ['line', 'key', 'outcome'],
        ),
      ),
    },
    ['kind', 'dryRun', 'partial', 'applied', 'rows', 'created', 'changed', 'unchanged', 'refused', 'lines'],
  ),
  AccessToken: object({ access_token: text, token_type: { type: 'string', const: 'Bearer' }, expires_in: whole }, [
    'access_token',
    'token_type',
    'expires_in',
  ]),
  Health: object({ status: text }, ['status']),
};
