import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ed25519Cosigner, mlDsaCosigner } from '../../src/domain/tlog/cosignature.js';
import { formatVerifierKey, type NoteSigner } from '../../src/domain/tlog/index.js';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { codesOf, Desk, ServedLog, SIGNER } from './monitor-fixture.js';

const NOW = Date.now() / 1000;
const witness = (seed: number, at = NOW) =>
  ed25519Cosigner(`witness.example/${seed}`, new Uint8Array(32).fill(seed), () => at);
const quantum = mlDsaCosigner('witness.example/quantum', new Uint8Array(32).fill(40), () => NOW);
const WITNESSES = [witness(1), witness(2), quantum];
const POLICY = [
  ...WITNESSES.map(({ key }, i) => `witness w${i} ${formatVerifierKey(key)}\n`),
  'group quorum 2 w0 w1 w2\nquorum quorum\n',
].join('');

let desk: Desk;
let log: ServedLog;
beforeEach(async () => {
  desk = await Desk.open({ policy: POLICY });
  log = await new ServedLog().start();
  log.grow(300);
});
afterEach(async () => {
  await log.stop();
  await desk.close();
});

const signedBy = (...signers: NoteSigner[]) => log.publish({ signers: [SIGNER, ...signers] });

describe('halisi-verify monitor and witnesses', () => {
  it('counts those of the policy, of either kind of signature', async () => {
    signedBy(witness(1), quantum, witness(9));
    expect(await desk.look(log)).toMatchObject({ status: 0, witnesses: { cosigned: 2, of: 3, quorumMet: true } });
    expect((await desk.run(log.url, '--once')).output).toContain('witnesses 2 of 3');
  });

  it('cries when the quorum is missing, or a cosignature is wrong', async () => {
    signedBy(witness(2));
    expect(codesOf(await desk.look(log))).toEqual(['QUORUM_MISSING']);
    await desk.run(log.url, '--acknowledge', 'QUORUM_MISSING');
    const good = witness(1);
    signedBy({ ...good, sign: (message) => good.sign(message).fill(1, 40) }, witness(2), quantum);
    expect(codesOf(await desk.look(log))).toEqual(['SIGNATURE_WRONG']);
  });

  it('cries when a witness cosigned in the future or before there were witnesses', async () => {
    signedBy(witness(1, NOW + 3600), witness(2), quantum);
    expect(codesOf(await desk.look(log))).toEqual(['COSIGNATURE_TIME']);
    await desk.run(log.url, '--acknowledge', 'COSIGNATURE_TIME');
    signedBy(witness(1, 1000), witness(2), quantum);
    expect(codesOf(await desk.look(log))).toEqual(['COSIGNATURE_TIME']);
  });

  it('takes the policy of a file before that of the trust file, and refuses one that cannot be read', async () => {
    signedBy(witness(1));
    const file = join(desk.folder, 'policy');
    await writeFile(file, `witness only ${formatVerifierKey(witness(1).key)}\nquorum only\n`);
    expect(await desk.look(log, '--witness-policy', file)).toMatchObject({ status: 0, witnesses: { of: 1 } });
    await writeFile(file, 'quorum nobody\n');
    expect((await desk.look(log, '--witness-policy', file)).status).toBe(2);
  });

  it('proves that a witness cosigned another history', async () => {
    signedBy(witness(1), witness(2));
    const fork = await new ServedLog('fork', [witness(2)]).start();
    try {
      fork.grow(200);
      const look = await desk.look(log, '--compare', `${fork.url}/checkpoint`);
      expect(codesOf(look)).toEqual(['WITNESS_FORKED']);
      const [file] = await desk.evidence();
      const verdict = await runHere(['monitor', '--check-evidence', file!]);
      expect(verdict).toMatchObject({ status: 0, output: expect.stringContaining('A witness cosigned 200') as string });
    } finally {
      await fork.stop();
    }
  });
});
