import { HOLD_KINDS, HOLD_WORDS, type HoldKind } from '../domain/custody/holds.js';
import { LIVES, type Life } from '../domain/custody/life.js';
import { enumOf, type EnumOf } from '../platform/graphql/enums.js';

export const HoldKinds: EnumOf<HoldKind> = enumOf(
  'HoldKind',
  'What blocks a pack, a container or a lot.',
  HOLD_KINDS,
  (kind) => `It ${HOLD_WORDS[kind]}.`,
);

export const Lives: EnumOf<Life> = enumOf(
  'PackLife',
  'Where a pack stands in its life.',
  LIVES,
  (life) => `The pack is ${life.replaceAll('_', ' ')}.`,
);
