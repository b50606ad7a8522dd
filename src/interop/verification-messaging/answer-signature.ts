import { isDeepStrictEqual } from 'node:util';
import jwt from 'jsonwebtoken';
import type { SigningKey } from '../../access/signing-keys.js';
import { keyNamed, keyObject, type PublicJwk } from './json-web.js';
import type { VerificationMessage } from './message.js';
import type { Question } from './question.js';

/** The header that carries the signature of an answer. */
export const SIGNATURE_HEADER = 'verification-signature';
const TYPE = 'verification+jwt';
const LONGEST = 8192;
/** An answer is checked when it arrives: clocks may differ by this much. */
const TOLERANCE_SECONDS = 60;
const OLDEST_SECONDS = 300;

/**
 * Signs an answer together with its question: a JWS (ES256) whose payload holds both, so that an answer about one pack can
 * be shown for no other, and to nobody but who asked.
 */
export function signAnswer(
  { kid, privateKey }: SigningKey,
  issuer: string,
  question: Question,
  message: VerificationMessage,
): string {
  return jwt.sign({ request: question, response: message }, privateKey, {
    ...{ algorithm: 'ES256', keyid: kid, issuer, audience: question.reqGLN, jwtid: question.corrUUID },
    header: { alg: 'ES256', typ: TYPE },
  });
}

/** The key that an answer to `question` is signed with; undefined where it is not signed by one of `keys`, or for another. */
export function checkedAnswer(
  signature: string,
  keys: readonly PublicJwk[],
  question: Question,
  body: unknown,
): PublicJwk | undefined {
  if (signature.length > LONGEST) return undefined;
  try {
    const header = jwt.decode(signature, { complete: true })?.header;
    const key = header?.typ === TYPE ? keyNamed(keys, header.kid) : undefined;
    if (key === undefined) return undefined;
    const payload = jwt.verify(signature, keyObject(key), {
      ...{ algorithms: ['ES256'], audience: question.reqGLN, jwtid: question.corrUUID },
      ...{ clockTolerance: TOLERANCE_SECONDS, maxAge: OLDEST_SECONDS },
    });
    const { request, response } = payload as jwt.JwtPayload;
    return isDeepStrictEqual(request, { ...question }) && isDeepStrictEqual(response, body) ? key : undefined;
  } catch {
    // Whatever was sent in place of a signature is none.
    return undefined;
  }
}
