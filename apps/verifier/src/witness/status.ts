import { toBase64 } from '../../../../src/domain/bytes.js';
import { formatVerifierKey } from '../../../../src/domain/tlog/note-key.js';
import { printable } from '../printable.js';
import type { WitnessStatus } from './service.js';

/** The status for programs. `checkpoint` is the newest that was cosigned, as its log signed it. */
export function statusJson({ name, cosigners, logs, forks }: WitnessStatus): string {
  const json = {
    witness: name,
    keys: cosigners.map(formatVerifierKey),
    logs: logs.map(({ origin, tree }) => ({
      origin,
      size: tree?.size ?? 0,
      root: tree === undefined ? null : toBase64(tree.root),
      checkpoint: tree?.note ?? null,
      forked: forks.some((fork) => fork.origin === origin),
    })),
    forks,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** The status for people. */
export function statusText({ name, cosigners, logs, forks }: WitnessStatus): string {
  const lines = [
    `Witness ${name}`,
    '',
    ...cosigners.map(formatVerifierKey),
    '',
    ...logs.map(
      ({ origin, tree }) => `${origin}: ${tree === undefined ? 'nothing cosigned yet' : `size ${tree.size}`}`,
    ),
    ...forks.flatMap(({ origin, size, kept, refused }) => [
      '',
      `FORK: ${origin} signed two roots of size ${size}. The first was cosigned, the second is refused for good.`,
      '',
      ...[kept, refused].flatMap((note) => note.split('\n')),
    ]),
  ];
  return `${lines.map(printable).join('\n').trimEnd()}\n`;
}
