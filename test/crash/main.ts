import { crash, VICTIMS, type Victim } from './rounds.js';

/** `npm run crash -- [rounds] [seed] [victim]`: exit code 0 when every promise was kept. */
const [rounds = '5', seed = String(Date.now() % 100_000), victim] = process.argv.slice(2);
if (!/^\d+$/.test(rounds) || !/^\d+$/.test(seed) || (victim && !VICTIMS.includes(victim as Victim))) {
  process.stderr.write(`Expected: crash [rounds] [seed] [${VICTIMS.join(' | ')}]\n`);
  process.exit(2);
}
process.stdout.write(`Seed ${seed}\n`);
const report = await crash({
  rounds: Number(rounds),
  seed: Number(seed),
  ...(victim && { victims: [victim as Victim] }),
  say: (line) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exit(report.faults.length === 0 ? 0 : 1);
