import { type Ability, abilities } from '../../access/abilities.js';

export type Schema = Readonly<Record<string, unknown>>;
export type Method = 'get' | 'post' | 'delete' | 'options';
/** Paths to methods to operations, as OpenAPI 3.1 has them. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Schema>>>>>;

export interface Answer {
  readonly description: string;
  /** Media types and their schemas; none for an answer without a body. */
  readonly content?: Readonly<Record<string, Schema>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly summary: string;
  /** Who may: everybody, whoever is signed in, or who has the ability. */
  readonly who: 'public' | 'signed in' | Ability;
  /** Parameters of the query and headers; those of the path are read off it. */
  readonly query?: Readonly<Record<string, Schema>>;
  readonly headers?: Readonly<Record<string, Schema>>;
  readonly body?: { readonly required?: boolean; readonly content: Readonly<Record<string, Schema>> };
  readonly answers: Readonly<Record<number, string | Answer>>;
  /** Media type of failures; problem+json unless said. */
  readonly problems?: readonly string[];
}

export const text: Schema = { type: 'string' };
export const binary: Schema = { type: 'string', format: 'binary' };
export const flag: Schema = { type: 'string', enum: ['true', 'false'] };
export const whole: Schema = { type: 'integer', minimum: 0 };
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The operations of some paths under one tag. */
export function area(
  tag: string,
  paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>,
): Paths {
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [method, written(tag, method, path, operation)]),
      ),
    ]),
  );
}

function written(tag: string, method: string, path: string, operation: Operation): Schema {
  const { summary, who, query = {}, headers = {}, body, answers } = operation;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text })),
    ...Object.entries(query).map(([name, schema]) => parameter(name, 'query', schema)),
    ...Object.entries(headers).map(([name, schema]) => parameter(name, 'header', schema)),
  ];
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(who !== 'public' && who !== 'signed in' && { description: allowed(who) }),
    security: who === 'public' ? [] : [{ accessToken: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: body.required ?? true, content: contentOf(body.content) } }),
    responses: { ...responses(answers), default: failure(operation.problems ?? ['application/problem+json']) },
  };
}

const parameter = (name: string, place: string, { description, ...schema }: Schema): Schema => ({
  name,
  in: place,
  ...(description !== undefined && { description }),
  schema,
});

function allowed(ability: Ability): string {
  const { organisations, roles } = abilities[ability];
  return `Needs the ability \`${ability}\`: ${roles.join(', ')} of a ${organisations.join(', ')}.`;
}

const operationId = (method: string, path: string): string =>
  `${method}_${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '') || 'root'}`;

const responses = (answers: Operation['answers']): Schema =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const { description, content, headers } = typeof answer === 'string' ? { description: answer } : answer;
      return [
        status,
        {
          description,
          ...(content && { content: contentOf(content) }),
          ...(headers && {
            headers: Object.fromEntries(
              Object.entries(headers).map(([name, about]) => [name, { description: about, schema: text }]),
            ),
          }),
        },
      ];
    }),
  );

const contentOf = (content: Readonly<Record<string, Schema>>): Schema =>
  Object.fromEntries(Object.entries(content).map(([mediaType, schema]) => [mediaType, { schema }]));

const failure = (mediaTypes: readonly string[]): Schema => ({
  description: 'It is refused or fails: a stable code, and what was expected and what came.',
  content: Object.fromEntries(
    mediaTypes.map((mediaType) => [
      mediaType,
      { schema: mediaType.endsWith('xml') ? text : ref(mediaTypes.length > 1 ? 'EpcisProblem' : 'Problem') },
    ]),
  ),
});
