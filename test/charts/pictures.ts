// Charts to draw and pixels to count, for the tests beside this file.
import { createCanvas, loadImage } from '@napi-rs/canvas'
import type { Chart } from '../../src/charts/chart.ts'

export const start = Date.UTC(2026, 10, 12, 12, 0)
const minute = 60_000

/** An hour of one series, a point a minute; `value` null is a gap. */
export function hourOf(value: (minute: number) => number | null): [number, number | null][] {
  return Array.from({ length: 61 }, (_, index) => [start + index * minute, value(index)])
}

export function chartOf(changes: Partial<Chart> = {}): Chart {
  return {
    title: 'HighResponseTime',
    subtitle: 'payments',
    unit: 'seconds',
    zone: 'Europe/Berlin',
    from: new Date(start),
    until: new Date(start + 60 * minute),
    series: [{ name: 'p95', points: hourOf((at) => 0.2 + at / 200) }],
    threshold: null,
    marks: [],
    ...changes,
  }
}

export type Pixels = { width: number; height: number; data: Uint8ClampedArray }

export async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const image = await loadImage(Buffer.from(png))
  const canvas = createCanvas(image.width, image.height)
  const pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  return { width: image.width, height: image.height, data: pen.getImageData(0, 0, image.width, image.height).data }
}

export type Area = { left?: number; right?: number; top?: number; bottom?: number }

/** How many pixels of an area (all of it unless told) have about this colour, `#rrggbb`. */
export function countOf(pixels: Pixels, colour: string, area: Area = {}): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ]
  let count = 0
  for (let y = area.top ?? 0; y < (area.bottom ?? pixels.height); y += 1) {
    for (let x = area.left ?? 0; x < (area.right ?? pixels.width); x += 1) {
      const at = (y * pixels.width + x) * 4
      const [r = 0, g = 0, b = 0] = pixels.data.subarray(at, at + 3)
      if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) < 24) count += 1
    }
  }
  return count
}
