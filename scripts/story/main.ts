/** `npm run story [-- --own-server]`: plays the story against HALISI_URL, or against a server of its own that it stops. */
import { startOwnServer } from './own-server.js';
import { checkReceipt, playStory, watchLog } from './story.js';
import { Teller } from './teller.js';

const own = process.argv.includes('--own-server') ? await startOwnServer() : undefined;
const url = own?.url ?? process.env['HALISI_URL'] ?? 'http://127.0.0.1:3000';
const tell = new Teller();
try {
  process.stdout.write(`The story of one lot, told by the public API of ${url}\n`);
  const proof = await playStory(url, tell);
  watchLog(url, proof, tell);
  if (proof.rpc !== undefined) checkReceipt(proof, tell, proof.rpc);
  await own?.stop();
  tell.say(own ? 'The server is off now, and its chain with it.' : 'Without the chain, and without any server:');
  checkReceipt(proof, tell);
  process.stdout.write('\nThe story is told: everything went as it should.\n');
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await own?.stop();
}
