import { crc32, deflateSync } from 'node:zlib';

const BACKGROUND = [15, 23, 42] as const;
const BAR = [56, 189, 248] as const;

/** A bar chart as an 8-bit RGB PNG (W3C PNG, third edition). `width` and `height` in pixels. */
export function barChartPng(values: number[], width: number, height: number): Buffer {
  const top = Math.max(1, ...values);
  const slot = width / Math.max(1, values.length);
  const pixels = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = values[Math.floor(x / slot)] ?? 0;
      const insideBar = x % slot >= slot * 0.15 && height - y <= (value / top) * height * 0.9;
      pixels.set(insideBar ? BAR : BACKGROUND, y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
