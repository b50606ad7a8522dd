import { DomainError } from '../errors.js';

/** The text is not JSON, or JSON that two readers may understand differently. */
export class JsonTextError extends DomainError<'JSON_INVALID'> {
  override readonly name = 'JsonTextError';
}

const DEEPEST = 200;

/**
 * Parses JSON as I-JSON wants it (RFC 7493 §2.3): a member that appears twice in one object is refused, since readers
 * differ in which one they take. So are more than 200 levels. Throws JsonTextError.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('The text is not JSON.');
  }
  refuseRepeatedMembers(text);
  return value;
}

/** `text` is known to be JSON, so only strings and brackets need to be looked at. */
function refuseRepeatedMembers(text: string): void {
  const open: Set<string>[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[[{]|[\]}]/gs;
  for (const [found, colon] of text.matchAll(token)) {
    if (found === '{' || found === '[') open.push(new Set());
    else if (found === '}' || found === ']') open.pop();
    else if (colon !== undefined) addMember(open.at(-1)!, found.slice(0, -colon.length));
    if (open.length > DEEPEST) throw invalid(`The text has more than ${DEEPEST} levels.`);
  }
}

function addMember(members: Set<string>, literal: string): void {
  const name = JSON.parse(literal) as string;
  if (members.has(name)) throw invalid(`The member ${JSON.stringify(name)} appears twice in one object.`);
  members.add(name);
}

const invalid = (message: string): JsonTextError => new JsonTextError('JSON_INVALID', message);
