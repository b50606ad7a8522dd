import { ed25519Cosigner } from '../../domain/tlog/cosignature.js';
import { formatVerifierKey } from '../../domain/tlog/index.js';
import { localLogSigner } from '../checkpoint/log-key.js';
import { witnessPolicy } from './witness-policy.js';

describe('the policy of a log', () => {
  const { vkey } = localLogSigner('log.example.org/test', new Uint8Array(32).fill(7));
  const key = formatVerifierKey(ed25519Cosigner('w', new Uint8Array(32).fill(1), () => 0).key);
  it.each([
    [
      'names another log',
      `log ${localLogSigner('log.example.org/other', new Uint8Array(32)).vkey}\nquorum none\n`,
      'WITNESS_POLICY_OTHER_LOG',
    ],
    ['has no URL of a witness that the quorum needs', `witness w ${key}\nquorum w\n`, 'WITNESS_POLICY_UNREACHABLE'],
    ['has a URL that is none', `witness w ${key} ftp://w.example\nquorum w\n`, 'WITNESS_POLICY_URL'],
    ['is cut short', `witness w ${key} https://w.example`, 'TLOG_POLICY_MALFORMED'],
  ])('is refused where it %s', (_what, text, code) => {
    expect(() => witnessPolicy(text, vkey)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
