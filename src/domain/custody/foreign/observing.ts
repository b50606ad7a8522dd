import { sgtinUri, ssccUri } from '../../gs1/epc.js';
import { packWords } from '../blocking.js';
import type { World } from '../world.js';
import type { Gaps } from './attempt.js';
import type { ForeignReading } from './reading.js';

/** An observation changes nothing; what it saw must exist all the same. */
export function observe(world: World, { named, parent }: ForeignReading, gaps: Gaps): void {
  for (const { gtin, serial } of named.packs) {
    if (world.item(gtin, serial)) continue;
    gaps.add(sgtinUri(gtin, serial), 'NOT_COMMISSIONED', `${packWords({ gtin, serial })} was never commissioned.`);
  }
  const containers = parent?.sscc == null ? named.containers : [parent.sscc, ...named.containers];
  for (const sscc of containers) {
    if (!world.containers.has(sscc)) gaps.add(ssccUri(sscc), 'CONTAINER_NOT_FOUND', `There is no container ${sscc}.`);
  }
}
