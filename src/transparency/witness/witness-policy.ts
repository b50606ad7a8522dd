import { readFileSync } from 'node:fs';
import { DomainError } from '../../domain/errors.js';
import {
  formatPolicy,
  NO_QUORUM,
  type Policy,
  type PolicyWitness,
  parsePolicy,
  quorumMet,
} from '../../domain/tlog/policy.js';
import { parseVerifierKey } from '../../domain/tlog/index.js';

/** A policy that a log cannot work with. */
export class WitnessPolicyError extends DomainError<
  'WITNESS_POLICY_UNREADABLE' | 'WITNESS_POLICY_OTHER_LOG' | 'WITNESS_POLICY_URL' | 'WITNESS_POLICY_UNREACHABLE'
> {
  override readonly name = 'WitnessPolicyError';
}

/** A witness that can be asked. `url` is its submission prefix (c2sp.org/tlog-witness) without a slash at its end. */
export type AskedWitness = PolicyWitness & { readonly url: string };

/** The policy under which a log publishes its checkpoints. */
export interface WitnessPolicy {
  readonly policy: Policy;
  readonly asked: readonly AskedWitness[];
  /** The policy for those who check our checkpoints: with our log, without the addresses of witnesses. */
  readonly published: string;
}

/**
 * Reads a c2sp.org/tlog-policy file for the log of `vkey`. Throws WitnessPolicyError, or the TlogError of a file that is no
 * policy; undefined without a path.
 */
export function readWitnessPolicy(path: string | undefined, vkey: string): WitnessPolicy | undefined {
  if (path === undefined) return undefined;
  try {
    return witnessPolicy(readFileSync(path, 'utf8'), vkey);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new WitnessPolicyError('WITNESS_POLICY_UNREADABLE', `${path} cannot be read: ${(error as Error).message}.`);
  }
}

/** As readWitnessPolicy, from the text of the file. */
export function witnessPolicy(text: string, vkey: string): WitnessPolicy {
  const policy = parsePolicy(text);
  const key = parseVerifierKey(vkey);
  if (policy.logs.length > 0 && !policy.logs.some((log) => log.key.name === key.name && log.key.keyId === key.keyId)) {
    const message = `The witness policy names logs, and not this one: ${vkey}.`;
    throw new WitnessPolicyError('WITNESS_POLICY_OTHER_LOG', message, { vkey });
  }
  const asked = policy.witnesses.flatMap((witness) =>
    witness.url === undefined ? [] : [withUrl(witness, witness.url)],
  );
  if (
    !quorumMet(
      policy,
      asked.map((witness) => witness.key),
    )
  ) {
    const message = `The witnesses that the policy gives URLs of do not make up the quorum "${policy.quorum}".`;
    throw new WitnessPolicyError('WITNESS_POLICY_UNREACHABLE', message);
  }
  const witnesses = policy.witnesses.map(({ name, key: witnessKey }) => ({ name, key: witnessKey }));
  return { policy, asked, published: formatPolicy({ ...policy, logs: [{ key }], witnesses }) };
}

function withUrl(witness: PolicyWitness, url: string): AskedWitness {
  if (!['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    const message = `Witness ${witness.name} has the URL ${JSON.stringify(url)}, expected http: or https:.`;
    throw new WitnessPolicyError('WITNESS_POLICY_URL', message);
  }
  return { ...witness, url: url.replace(/\/+$/, '') };
}

/** True where a checkpoint needs no cosignature to be published. */
export const asksNothing = ({ policy }: WitnessPolicy): boolean => policy.quorum === NO_QUORUM;
