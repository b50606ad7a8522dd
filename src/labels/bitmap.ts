import { crc32, deflateSync } from 'node:zlib';

/** A black and white picture, one bit a pixel; it starts white. */
export class Bitmap {
  private readonly stride: number;
  private readonly bits: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.stride = 1 + Math.ceil(width / 8);
    this.bits = new Uint8Array(this.stride * height).fill(0xff);
    // Each row of a PNG starts with its filter: none (PNG 9.2).
    for (let at = 0; at < this.bits.length; at += this.stride) this.bits[at] = 0;
  }

  /** Blackens one pixel; outside the picture it does nothing. */
  blacken(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    this.bits[y * this.stride + 1 + (x >> 3)]! &= ~(0x80 >> (x & 7));
  }

  /** Blackens pixels `x` to `x + length - 1` of row `y`. */
  blackenRun(x: number, y: number, length: number): void {
    for (let at = x; at < x + length; at++) this.blacken(at, y);
  }

  /** Repeats row `y` in the `times` rows below it. */
  repeatRow(y: number, times: number): void {
    const row = this.bits.subarray(y * this.stride, (y + 1) * this.stride);
    for (let copy = 1; copy <= times; copy++) this.bits.set(row, (y + copy) * this.stride);
  }

  /** PNG, grey, one bit a pixel, with its resolution (pHYs) so that it prints at its size. */
  toPng(dpi: number): Uint8Array {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    header[8] = 1;
    const density = Buffer.alloc(9);
    const perMetre = Math.round(dpi / 0.0254);
    density.writeUInt32BE(perMetre, 0);
    density.writeUInt32BE(perMetre, 4);
    density[8] = 1;
    return Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', header),
      chunk('pHYs', density),
      chunk('IDAT', deflateSync(this.bits, { level: 4 })),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
