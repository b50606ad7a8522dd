import fc from 'fast-check';
import { formatCheckpoint } from './checkpoint.js';
import { ed25519Cosigner, mlDsaCosigner } from './cosignature.js';
import { TlogError } from './errors.js';
import { type VerifierKey, ed25519Signer, formatVerifierKey, verifierKey } from './note-key.js';
import { checkCheckpoint } from './policy-check.js';
import { type Policy, formatPolicy, parsePolicy, quorumMet } from './policy.js';
import { formatNote, parseNote, signNote } from './signed-note.js';
import { codeOf } from './testing/codes.js';

const ORIGIN = 'halisi.example/log';
const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const log = ed25519Signer(ORIGIN, seed(1));
const pqLog = mlDsaCosigner(ORIGIN, seed(2), () => 0);
const cosigners = Array.from({ length: 6 }, (_, i) =>
  ed25519Cosigner(`w${i + 1}.example`, seed(10 + i), () => 1000 + i),
);
const [x1, x2, x3, y1, y2, y3] = cosigners.map(({ key }) => formatVerifierKey(key)) as [
  ...[string, string, string, string, string, string],
];
const logLine = `log ${formatVerifierKey(log.key)}`;

/** The example of c2sp.org/tlog-policy. */
const EXAMPLE = `
${logLine}

witness X1 ${x1}
witness X2 ${x2}
witness X3 ${x3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${y1} https://y1.example/witness
witness Y2 ${y2}
witness Y3 ${y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

/** The code of the refusal and its line. */
function refusal(text: string): [string, unknown] | undefined {
  try {
    parsePolicy(text);
    return undefined;
  } catch (error) {
    if (error instanceof TlogError) return [error.code, error.details.line];
    throw error;
  }
}

const keysOf = (...indexes: number[]): VerifierKey[] => indexes.map((i) => cosigners[i]!.key);

describe('a policy', () => {
  const policy = parsePolicy(EXAMPLE);

  it('as in the specification is read', () => {
    expect(policy.logs.map(({ key }) => key.name)).toEqual([ORIGIN]);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']);
    expect(policy.witnesses[3]!.url).toBe('https://y1.example/witness');
    expect(policy.groups[0]).toEqual({ name: 'X-witnesses', threshold: 2, members: ['X1', 'X2', 'X3'] });
    expect(policy.groups[2]).toEqual({ name: 'X-and-Y', threshold: 2, members: ['X-witnesses', 'Y-witnesses'] });
    expect(policy.quorum).toBe('X-and-Y');
  });

  it('is met by two of X and one of Y, and by nothing less', () => {
    expect(quorumMet(policy, keysOf(0, 2, 4))).toBe(true);
    expect(quorumMet(policy, keysOf(0, 1, 2, 3, 4, 5))).toBe(true);
    for (const too of [keysOf(), keysOf(0, 1, 2), keysOf(0, 3, 4, 5), keysOf(0, 0, 3)]) {
      expect(quorumMet(policy, too)).toBe(false);
    }
  });

  it('counts a key by its name and its ID together', () => {
    const impostors = keysOf(0, 2, 4).map(({ name, keyId }) => ({ name, keyId: keyId ^ 1 }));
    expect(quorumMet(policy, impostors)).toBe(false);
    expect(
      quorumMet(
        policy,
        keysOf(0, 2, 4).map(({ keyId }) => ({ name: 'other', keyId })),
      ),
    ).toBe(false);
  });

  it('may ask for nothing, for one witness, and have no log', () => {
    expect(quorumMet(parsePolicy('quorum none\n'), [])).toBe(true);
    const one = parsePolicy(`witness w ${x1}\nquorum w\n`);
    expect(quorumMet(one, keysOf(0))).toBe(true);
    expect(quorumMet(one, keysOf(1))).toBe(false);
  });

  it('may be written with tabs, spaces and comments, and its names are any octets', () => {
    const text = `  # \u00fc\n\t\n\twitness  K\u212a\u00a0# ${x1} \t http://\u4f8b\t\n witness K ${x2}\ngroup g\tany K\u212a\u00a0# K\nquorum g \n`;
    const { witnesses, quorum } = parsePolicy(text);
    expect(witnesses.map(({ name }) => name)).toEqual(['K\u212a\u00a0#', 'K']);
    expect(witnesses[0]!.url).toBe('http://\u4f8b');
    expect(quorum).toBe('g');
  });

  it('takes ML-DSA keys for logs and for witnesses', () => {
    const witness = mlDsaCosigner('pq.example', seed(3), () => 5);
    const text = `log ${formatVerifierKey(pqLog.key)}\nwitness w ${formatVerifierKey(witness.key)}\nquorum w\n`;
    const note = signNote(formatCheckpoint({ origin: ORIGIN, size: 1, root: seed(9) }), [pqLog, witness]);
    expect(checkCheckpoint(parsePolicy(text), note)).toMatchObject({ quorumMet: true, witnesses: [{ time: 5 }] });
  });

  it('of 200 logs, 200 witnesses and 200 groups in one chain is read and evaluated', () => {
    const names = Array.from({ length: 200 }, (_, i) => i);
    const lines = names.flatMap((i) => [
      `log ${formatVerifierKey(verifierKey(`log${i}`, seed(i)))}`,
      `witness w${i} ${formatVerifierKey(verifierKey(`w${i}`, seed(i), 4))}`,
      `group g${i} ${i === 0 ? 'all w0' : `all g${i - 1} w${i}`}`,
    ]);
    const deep = parsePolicy(`${lines.join('\n')}\nquorum g199\n`);
    const keys = deep.witnesses.map(({ key }) => key);
    expect(quorumMet(deep, keys)).toBe(true);
    expect(quorumMet(deep, keys.slice(1))).toBe(false);
  });

  const w = `witness w ${x1}\n`;
  it.each<[string, string, string, number]>([
    ['has no quorum line', w, 'TLOG_POLICY_QUORUM', 1],
    ['is empty', '', 'TLOG_POLICY_QUORUM', 0],
    ['has two quorum lines', `${w}quorum w\nquorum none\n`, 'TLOG_POLICY_QUORUM', 3],
    ['is cut short', `${w}quorum w`, 'TLOG_POLICY_MALFORMED', 2],
    ['has an unknown line', `${w}quorums w\n`, 'TLOG_POLICY_MALFORMED', 2],
    ['has a keyword in capitals', `${w}Quorum w\n`, 'TLOG_POLICY_MALFORMED', 2],
    ['names the quorum before it is defined', `quorum w\n${w}`, 'TLOG_POLICY_NAME_UNKNOWN', 1],
    ['names a member before it is defined', `group g any w\n${w}quorum g\n`, 'TLOG_POLICY_NAME_UNKNOWN', 1],
    ['has a group in itself', `group g any g\nquorum g\n`, 'TLOG_POLICY_NAME_UNKNOWN', 1],
    ['uses "none" as a member', `${w}group g any none\nquorum g\n`, 'TLOG_POLICY_MALFORMED', 2],
    ['defines "none"', `witness none ${x1}\nquorum none\n`, 'TLOG_POLICY_NAME_TAKEN', 1],
    ['defines a name twice', `${w}witness w ${x2}\nquorum w\n`, 'TLOG_POLICY_NAME_TAKEN', 2],
    ['gives a group the name of a witness', `${w}group w any w\nquorum w\n`, 'TLOG_POLICY_NAME_TAKEN', 2],
    ['has a member twice in one group', `${w}group g any w w\nquorum g\n`, 'TLOG_POLICY_MEMBER_TWICE', 2],
    ['has a member in two groups', `${w}group g any w\ngroup h any w\nquorum h\n`, 'TLOG_POLICY_MEMBER_TWICE', 3],
    ['has a group without members', `${w}group g any\nquorum w\n`, 'TLOG_POLICY_MALFORMED', 2],
    ['asks for none of the members', `${w}group g 0 w\nquorum g\n`, 'TLOG_POLICY_THRESHOLD', 2],
    ['asks for more than all', `${w}group g 2 w\nquorum g\n`, 'TLOG_POLICY_THRESHOLD', 2],
    ['asks for a number not in decimal', `${w}group g 0x1 w\nquorum g\n`, 'TLOG_POLICY_THRESHOLD', 2],
    ['asks for a number with a zero first', `${w}group g 01 w\nquorum g\n`, 'TLOG_POLICY_THRESHOLD', 2],
    ['asks for most', `${w}group g most w\nquorum g\n`, 'TLOG_POLICY_THRESHOLD', 2],
    ['has a line with too much', `${w}quorum w w\n`, 'TLOG_POLICY_MALFORMED', 2],
    ['has a witness with two URLs', `witness w ${x1} a b\nquorum w\n`, 'TLOG_POLICY_MALFORMED', 1],
    ['has a log without a key', `log\nquorum none\n`, 'TLOG_POLICY_MALFORMED', 1],
    ['has a broken key', `log halisi.example+00000000+AAAA\nquorum none\n`, 'TLOG_POLICY_KEY', 1],
    ['has a key of 31 bytes', `log ${formatVerifierKey(verifierKey('l', new Uint8Array(31)))}\n`, 'TLOG_POLICY_KEY', 1],
    ['has a log with a key of cosignatures', `log ${x1}\nquorum none\n`, 'TLOG_POLICY_KEY', 1],
    ['has a witness with the key of a log', `witness w ${formatVerifierKey(log.key)}\n`, 'TLOG_POLICY_KEY', 1],
    ['has a carriage return', `${w}quorum w\r\n`, 'TLOG_POLICY_CHARACTER', 2],
    ['has a DEL', `# \u007f\nquorum none\n`, 'TLOG_POLICY_CHARACTER', 1],
    ['has half a character', `# \ud800\nquorum none\n`, 'TLOG_POLICY_CHARACTER', 1],
  ])('that %s is refused with its line', (_why, text, code, line) => {
    expect(refusal(text)).toEqual([code, line]);
  });

  it('that has one public key twice is refused, whatever the name on it', () => {
    const again = formatVerifierKey(verifierKey('alias.example', cosigners[0]!.key.publicKey, 4));
    expect(refusal(`${w}witness v ${again}\nquorum w\n`)).toEqual(['TLOG_POLICY_DUPLICATE_KEY', 2]);
    const alias = formatVerifierKey(verifierKey('alias.example', log.key.publicKey));
    expect(refusal(`${logLine}\nlog ${alias}\nquorum none\n`)).toEqual(['TLOG_POLICY_DUPLICATE_KEY', 2]);
  });

  it('of more than 1,000 logs is refused', () => {
    const lines = Array.from({ length: 1001 }, (_, i) => {
      const key = new Uint8Array(32);
      new DataView(key.buffer).setUint32(0, i);
      return `log ${formatVerifierKey(verifierKey(`log${i}`, key))}\n`;
    });
    expect(refusal(`${lines.join('')}quorum none\n`)).toEqual(['TLOG_POLICY_TOO_LARGE', 1001]);
  });

  it('that is too large is refused', () => {
    expect(refusal(`#${'x'.repeat(4_000_000)}\n`)?.[0]).toBe('TLOG_POLICY_TOO_LARGE');
  });

  it('is written so that it is read back', () => {
    expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
    const spaced: Policy = { ...policy, witnesses: [{ ...policy.witnesses[0]!, name: 'X 1' }] };
    expect(codeOf(() => formatPolicy(spaced))).toBe('TLOG_POLICY_MALFORMED');
    const injected: Policy = { ...policy, logs: [{ ...policy.logs[0]!, url: 'a\nquorum none' }] };
    expect(codeOf(() => formatPolicy(injected))).toBeDefined();
  });

  it('is met by more cosignatures whenever it is met by fewer', () => {
    const subsets = fc.subarray([0, 1, 2, 3, 4, 5]);
    fc.assert(
      fc.property(subsets, subsets, (some, more) => {
        if (quorumMet(policy, keysOf(...some))) expect(quorumMet(policy, keysOf(...some, ...more))).toBe(true);
        const x = some.filter((i) => i < 3).length;
        expect(quorumMet(policy, keysOf(...some))).toBe(x >= 2 && some.length > x);
      }),
    );
  });

  it('never crashes its reader', () => {
    const item = fc.constantFrom('log', 'witness', 'group', 'quorum', 'none', 'any', 'all', '1', '2', 'a', 'b', x1, x2);
    const line = fc.array(item, { maxLength: 6 }).map((items) => items.join(' '));
    const text = fc.oneof(
      fc.array(line, { maxLength: 8 }).map((lines) => `${lines.join('\n')}\n`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        const refused = refusal(hostile);
        if (refused === undefined) expect(formatPolicy(parsePolicy(hostile))).toContain('quorum');
        else expect(refused[0]).toMatch(/^TLOG_POLICY_/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a checkpoint under a policy', () => {
  const policy = parsePolicy(EXAMPLE);
  const text = formatCheckpoint({ origin: ORIGIN, size: 7, root: seed(9) });

  it('tells which log signed, which witnesses cosigned and when, and whether that is the quorum', () => {
    const stranger = ed25519Cosigner('stranger.example', seed(99), () => 1);
    const note = signNote(text, [log, cosigners[0]!, stranger, cosigners[1]!, cosigners[5]!]);
    const result = checkCheckpoint(policy, note);
    expect(result.checkpoint.size).toBe(7);
    expect(result.logs).toEqual([log.key]);
    expect(result.witnesses.map(({ name, time }) => [name, time])).toEqual([
      ['X1', 1000],
      ['X2', 1001],
      ['Y3', 1005],
    ]);
    expect(result.quorumMet).toBe(true);
    expect(result.note.unverified.map(({ name }) => name)).toEqual(['stranger.example']);
    expect(checkCheckpoint(policy, signNote(text, [log, cosigners[0]!])).quorumMet).toBe(false);
  });

  it('that only witnesses signed is refused', () => {
    expect(codeOf(() => checkCheckpoint(policy, signNote(text, cosigners)))).toBe('TLOG_NOTE_UNSIGNED');
    expect(codeOf(() => checkCheckpoint(parsePolicy('quorum none\n'), signNote(text, [log])))).toBe(
      'TLOG_NOTE_UNSIGNED',
    );
  });

  it('of another origin is refused, though a log of the policy signed it', () => {
    const other = formatCheckpoint({ origin: 'other.example/log', size: 7, root: seed(9) });
    expect(codeOf(() => checkCheckpoint(policy, signNote(other, [log])))).toBe('TLOG_NOTE_UNSIGNED');
  });

  it('with one wrong signature by a log or witness of the policy is refused', () => {
    const { signatures } = parseNote(signNote(text, [log, cosigners[0]!]));
    const wrong = { ...signatures[1]!, signature: signatures[1]!.signature.map((byte) => byte ^ 1) };
    const note = formatNote({ text, signatures: [signatures[0]!, wrong] });
    expect(codeOf(() => checkCheckpoint(policy, note))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it('may be of a log that is known from elsewhere', () => {
    const result = checkCheckpoint(parsePolicy('quorum none\n'), signNote(text, [log]), { logs: [log.key] });
    expect(result.logs).toEqual([log.key]);
  });

  it('with a cosignature of the future is refused only where a clock is given', () => {
    const note = signNote(text, [log, cosigners[5]!]);
    expect(checkCheckpoint(policy, note, { latest: () => 1005 }).witnesses).toHaveLength(1);
    expect(codeOf(() => checkCheckpoint(policy, note, { latest: () => 1004 }))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it('that is malformed is refused', () => {
    expect(codeOf(() => checkCheckpoint(policy, 'x'))).toBe('TLOG_NOTE_MALFORMED');
    expect(codeOf(() => checkCheckpoint(policy, signNote('x\n', [log])))).toBe('TLOG_CHECKPOINT_MALFORMED');
  });
});
