import { equalBytes } from '../bytes.js';
import { COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44, noteVerifierOf } from './cosignature.js';
import { TlogError, type TlogErrorCode } from './errors.js';
import { ED25519_TYPE, type VerifierKey, formatVerifierKey, parseVerifierKey } from './note-key.js';

/** A log whose checkpoints are accepted; its key's name is its origin. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

/** A witness under the name that the policy gives it; its vkey has a name of its own. `url` is where to ask it. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

/** It witnesses a checkpoint when `threshold` of its members do. Members are witnesses, and groups before it. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** A policy of c2sp.org/tlog-policy. `quorum` names a witness or a group, or is `none`. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  readonly quorum: string;
}

/** The quorum that asks for no cosignature. */
export const NO_QUORUM = 'none';

const LOG_TYPES: readonly number[] = [ED25519_TYPE, COSIGNATURE_ML_DSA_44];
const WITNESS_TYPES: readonly number[] = [COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44];
/** The standard asks for at least 32 of each. */
const MOST_OF_A_KIND = 1000;
const MOST_CHARACTERS = 4_000_000;
// Control characters other than tab and newline, and halves of characters, which have no octets.
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f\p{Surrogate}]/u;

/**
 * Reads a policy; the file is UTF-8. Throws TlogError, one of TLOG_POLICY_*, with the number of the line (from 1) in
 * `details.line`. Every line ends with a newline, the last too: a file that was cut short could ask for less.
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MOST_CHARACTERS) {
    throw new TlogError('TLOG_POLICY_TOO_LARGE', `A policy has at most ${MOST_CHARACTERS} characters.`);
  }
  const reader = new PolicyReader();
  const lines = text.split('\n');
  const rest = lines.pop();
  lines.forEach((line, i) => reader.read(line, i + 1));
  if (rest !== '') throw refusal('TLOG_POLICY_MALFORMED', lines.length + 1, 'the line does not end with a newline');
  return reader.finish(lines.length);
}

class PolicyReader {
  private readonly logs: PolicyLog[] = [];
  private readonly witnesses: PolicyWitness[] = [];
  private readonly groups: PolicyGroup[] = [];
  private readonly defined = new Set<string>([NO_QUORUM]);
  private readonly members = new Set<string>();
  private quorum: string | undefined;
  private line = 0;

  read(line: string, number: number): void {
    this.line = number;
    if (FORBIDDEN.test(line)) throw this.refuse('TLOG_POLICY_CHARACTER', 'it holds a character that is not allowed');
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.readLog(items);
    else if (keyword === 'witness') this.readWitness(items);
    else if (keyword === 'group') this.readGroup(items);
    else if (keyword === 'quorum') this.readQuorum(items);
    else throw this.refuse('TLOG_POLICY_MALFORMED', `it starts with ${quoted(keyword)}`);
  }

  finish(lines: number): Policy {
    const { logs, witnesses, groups, quorum } = this;
    if (quorum === undefined) throw refusal('TLOG_POLICY_QUORUM', lines, 'the policy ends without a quorum line');
    return { logs, witnesses, groups, quorum };
  }

  private readLog(items: readonly string[]): void {
    const [vkey, url, ...more] = items;
    if (vkey === undefined || more.length > 0) throw this.shape('log <vkey> [<url>]');
    this.add(this.logs, { key: this.key(vkey, LOG_TYPES, this.logs), ...(url === undefined ? {} : { url }) });
  }

  private readWitness(items: readonly string[]): void {
    const [name, vkey, url, ...more] = items;
    if (name === undefined || vkey === undefined || more.length > 0) throw this.shape('witness <name> <vkey> [<url>]');
    const key = this.key(vkey, WITNESS_TYPES, this.witnesses);
    this.define(name);
    this.add(this.witnesses, { name, key, ...(url === undefined ? {} : { url }) });
  }

  private readGroup(items: readonly string[]): void {
    const [name, rule, ...members] = items;
    if (name === undefined || rule === undefined || members.length === 0) {
      throw this.shape('group <name> all|any|<k> <name>...');
    }
    const threshold = this.threshold(rule, members.length);
    members.forEach((member) => this.use(member));
    this.define(name);
    this.add(this.groups, { name, threshold, members });
  }

  private readQuorum(items: readonly string[]): void {
    const [name, ...more] = items;
    if (name === undefined || more.length > 0) throw this.shape('quorum <name>');
    if (this.quorum !== undefined) throw this.refuse('TLOG_POLICY_QUORUM', 'there is a quorum line before it');
    if (!this.defined.has(name)) throw this.unknown(name);
    this.quorum = name;
  }

  private threshold(rule: string, members: number): number {
    if (rule === 'all') return members;
    if (rule === 'any') return 1;
    const threshold = Number(rule);
    if (/^[1-9][0-9]*$/.test(rule) && threshold <= members) return threshold;
    throw this.refuse('TLOG_POLICY_THRESHOLD', `of ${members} members ${quoted(rule)} are asked for`);
  }

  private key(vkey: string, types: readonly number[], earlier: readonly { key: VerifierKey }[]): VerifierKey {
    const key = this.parsedKey(vkey);
    if (!types.includes(key.type)) throw this.refuse('TLOG_POLICY_KEY', `keys of type ${key.type} do not do this`);
    if (earlier.some((other) => equalBytes(other.key.publicKey, key.publicKey))) {
      throw this.refuse('TLOG_POLICY_DUPLICATE_KEY', `the public key of ${key.name} was given on a line before`);
    }
    return key;
  }

  private parsedKey(vkey: string): VerifierKey {
    try {
      return noteVerifierOf(parseVerifierKey(vkey)).key;
    } catch (error) {
      if (error instanceof TlogError) throw this.refuse('TLOG_POLICY_KEY', error.message);
      throw error;
    }
  }

  private define(name: string): void {
    if (this.defined.has(name)) throw this.refuse('TLOG_POLICY_NAME_TAKEN', `${quoted(name)} is defined already`);
    this.defined.add(name);
  }

  private use(member: string): void {
    if (member === NO_QUORUM) throw this.refuse('TLOG_POLICY_MALFORMED', '"none" is no member of a group');
    if (!this.defined.has(member)) throw this.unknown(member);
    if (this.members.has(member)) {
      throw this.refuse('TLOG_POLICY_MEMBER_TWICE', `${quoted(member)} is a member of a group already`);
    }
    this.members.add(member);
  }

  private add<T>(list: T[], value: T): void {
    if (list.length >= MOST_OF_A_KIND) {
      throw this.refuse('TLOG_POLICY_TOO_LARGE', `there are ${MOST_OF_A_KIND} of its kind before it`);
    }
    list.push(value);
  }

  private unknown(name: string): TlogError {
    return this.refuse('TLOG_POLICY_NAME_UNKNOWN', `no line before it defines ${quoted(name)}`);
  }

  private shape(expected: string): TlogError {
    return this.refuse('TLOG_POLICY_MALFORMED', `expected "${expected}"`);
  }

  private refuse(code: TlogErrorCode, why: string): TlogError {
    return refusal(code, this.line, why);
  }
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));

function refusal(code: TlogErrorCode, line: number, why: string): TlogError {
  return new TlogError(code, `Line ${line} of the policy is refused: ${why}.`, { line });
}

/** The text of a policy. `parsePolicy` gives the policy back, or this throws what it would refuse. */
export function formatPolicy({ logs, witnesses, groups, quorum }: Policy): string {
  const lines = [
    ...logs.map(({ key, url }) => ['log', formatVerifierKey(key), url]),
    ...witnesses.map(({ name, key, url }) => ['witness', word(name), formatVerifierKey(key), url]),
    ...groups.map(({ name, threshold, members }) => [
      'group',
      word(name),
      String(threshold),
      ...members.map((member) => word(member)),
    ]),
    ['quorum', word(quorum)],
  ];
  const text = lines.map((items) => `${items.filter((item) => item !== undefined).join(' ')}\n`).join('');
  parsePolicy(text);
  return text;
}

/** A name that is one item of a line. */
function word(name: string): string {
  if (/^[^ \t\n]+$/.test(name)) return name;
  throw new TlogError('TLOG_POLICY_MALFORMED', `${quoted(name)} is no name for a witness or a group.`);
}

/** What tells one key from another in a note: `NoteSignature` and `VerifierKey` both have it. */
export interface KeyOfNote {
  readonly name: string;
  readonly keyId: number;
}

/** True when those keys, whose cosignatures must have been checked, are witnesses that make up the quorum. */
export function quorumMet(policy: Policy, cosigned: Iterable<KeyOfNote>): boolean {
  const { witnesses, groups, quorum } = policy;
  const keys = [...cosigned];
  const witnessing = new Set<string>([NO_QUORUM]);
  for (const { name, key } of witnesses) {
    if (keys.some((one) => one.name === key.name && one.keyId === key.keyId)) witnessing.add(name);
  }
  // A group comes after its members, so that one pass is enough.
  for (const { name, threshold, members } of groups) {
    if (members.filter((member) => witnessing.has(member)).length >= threshold) witnessing.add(name);
  }
  return witnessing.has(quorum);
}
