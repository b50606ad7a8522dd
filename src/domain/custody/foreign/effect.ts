import type { Act, ForeignReference } from '../act.js';
import type { EventRef, World } from '../world.js';
import type { Gaps } from './attempt.js';
import type { ForeignReading } from './reading.js';

/** All that an effect needs: what the event says, who says it, and where its gaps go. */
export interface Effect {
  readonly world: World;
  readonly reading: ForeignReading;
  readonly act: Act;
  /** Whether the event names its place. */
  readonly placeNamed: boolean;
  readonly reference: ForeignReference;
  readonly ordinal: number;
  readonly by: EventRef;
  readonly gaps: Gaps;
}
