import { createHmac } from 'node:crypto';

/**
 * What a delivery is signed with: HMAC-SHA-256, keyed with the subscription's signatureToken (UTF-8), over
 * `<delivery id>.<seconds since 1970>.<body>`. In the header GS1-Signature as `t=<seconds>,v1=<64 hex digits>`.
 * docs/formats/webhooks.md
 */
export function signatureOf(token: string, id: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', token).update(`${id}.${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
