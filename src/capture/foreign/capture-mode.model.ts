import { enumOf } from '../../platform/graphql/enums.js';
import { CAPTURE_MODES, type CaptureMode } from './capture-modes.js';

const MODE_WORDS: Readonly<Record<CaptureMode, string>> = {
  strict: 'An event that cannot be decided is refused.',
  reporting: 'It is stored as reported, changes nothing for now, and is decided when what is missing arrives.',
};

export const CaptureModeEnum = enumOf(
  'CaptureMode',
  'What becomes of an event of a partner’s system that cannot be decided: its history is not known, or comes later.',
  CAPTURE_MODES,
  (mode) => MODE_WORDS[mode],
);
