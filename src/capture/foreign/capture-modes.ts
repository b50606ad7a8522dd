import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

/** What becomes of that about which an event of a partner's system cannot be decided. Stored in lower case. */
export const CAPTURE_MODES = ['strict', 'reporting'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

/** Whether a partner wants such events refused, or stored as reported. */
@Injectable()
export class CaptureModes {
  constructor(private readonly database: Database) {}

  async of(organisation: number): Promise<CaptureMode> {
    const [row] = await this.database.query<{ mode: CaptureMode }>(
      'capture-mode',
      'select capture_mode as mode from organisation where id = $1',
      [organisation],
    );
    return row?.mode ?? 'reporting';
  }

  async isStrict(organisation: number): Promise<boolean> {
    return (await this.of(organisation)) === 'strict';
  }

  async set(organisation: number, mode: CaptureMode): Promise<void> {
    await this.database.execute('capture-set-mode', 'update organisation set capture_mode = $2 where id = $1', [
      organisation,
      mode,
    ]);
  }
}
