// Pixels as a PNG. The canvas' own encoder takes three times as long for a file a third larger: what is drawn here is flat,
// and most of it is paper.
import { deflateSync } from 'node:zlib'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Between speed and size: beyond it a few per cent cost twice the time. */
const level = 5

export type Pixels = { width: number; height: number /** RGBA, a byte each, row by row. */; data: Uint8Array }

/** Opaque: transparency is dropped. */
export function pngOf(pixels: Pixels): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(pixels.width, 0)
  header.writeUInt32BE(pixels.height, 4)
  // Eight bits each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Uint8Array.from(signature),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('IDAT', Uint8Array.from(deflateSync(rowsOf(pixels), { level }))),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** Each row after a zero: without a filter, for equal neighbours compress well as they are. */
function rowsOf({ width, height, data }: Pixels): Uint8Array {
  const rows = new Uint8Array(height * (1 + width * 3))
  let to = 0
  for (let y = 0, from = 0; y < height; y += 1) {
    to += 1
    for (let x = 0; x < width; x += 1, from += 4) {
      rows[to] = data[from] ?? 0
      rows[to + 1] = data[from + 1] ?? 0
      rows[to + 2] = data[from + 2] ?? 0
      to += 3
    }
  }
  return rows
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  for (let at = 0; at < 4; at += 1) out[4 + at] = type.charCodeAt(at)
  out.set(data, 8)
  view.setUint32(8 + data.length, checksum(out.subarray(4, 8 + data.length)))
  return out
}

/** The remainders of each byte by the polynomial of PNG's cyclic redundancy check. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

function checksum(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) rest = (remainders[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8)
  return (rest ^ 0xffffffff) >>> 0
}
