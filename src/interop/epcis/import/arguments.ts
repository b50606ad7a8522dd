import { parseArgs } from 'node:util';

export const USAGE = `halisi import [--proceed] [--url URL] [--client-id ID] FILE...

Hands EPCIS documents (.json, .jsonld, .xml, each also .gz) to a running server, one after another, and waits until each
is captured. The same file again stores nothing twice.

  --proceed     stores the events of a document that can be, where others cannot; without it all or none
  --url         of the server; HALISI_URL, else http://127.0.0.1:3000
  --client-id   of a machine client that may capture; HALISI_CLIENT_ID
                its secret is HALISI_CLIENT_SECRET

Exit codes: 0 all is captured, 1 something of a document is not, 2 a document could not be handed in at all.
`;

export interface ImportSettings {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly behaviour: 'rollback' | 'proceed';
  readonly files: readonly string[];
}

/** Throws with a sentence for whoever typed the command. */
export function importSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ImportSettings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { proceed: { type: 'boolean' }, url: { type: 'string' }, 'client-id': { type: 'string' } },
  });
  const url = URL.parse(values.url ?? environment['HALISI_URL'] ?? 'http://127.0.0.1:3000');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('expected --url to be http://... or https://...');
  const clientId = values['client-id'] ?? environment['HALISI_CLIENT_ID'];
  if (clientId === undefined || clientId === '') throw new Error('expected --client-id or HALISI_CLIENT_ID.');
  const clientSecret = environment['HALISI_CLIENT_SECRET'];
  if (clientSecret === undefined || clientSecret === '') throw new Error('expected HALISI_CLIENT_SECRET.');
  if (positionals.length === 0) throw new Error('expected one file or more.');
  const behaviour = values.proceed === true ? 'proceed' : 'rollback';
  return { url: url.href.replace(/\/+$/, ''), clientId, clientSecret, behaviour, files: positionals };
}
