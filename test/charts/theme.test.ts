// The colours, measured: enough contrast on their paper, and told apart by people who see fewer of them.
import { describe, expect, test } from 'vitest'
import { dashes, lookOf, type Theme } from '../../src/charts/theme.ts'

type Rgb = [number, number, number]

const parts = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb
const linear = (rgb: Rgb) => rgb.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)) as Rgb

function luminance(hex: string): number {
  const [red, green, blue] = linear(parts(hex))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** As WCAG 2 counts it, 1 to 21. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** Linear RGB as people without one kind of cone see it (Viénot, Brettel and Mollon, 1999). */
const blindness: Record<string, Rgb[]> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  'no green': [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
}

/** CIE Lab, in which a distance of about 10 is plain to see side by side. */
function lab(hex: string, seen: Rgb[]): Rgb {
  const rgb = linear(parts(hex))
  const [red, green, blue] = seen.map((row) => row.reduce((sum, share, at) => sum + share * (rgb[at] ?? 0), 0)) as Rgb
  const x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  const z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
  const bent = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)
  return [116 * bent(y) - 16, 500 * (bent(x) - bent(y)), 200 * (bent(y) - bent(z))]
}

function distance(one: string, other: string, seen: Rgb[]): number {
  const [a, b] = [lab(one, seen), lab(other, seen)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

describe.each<Theme>(['light', 'dark'])('on %s paper', (theme) => {
  const look = lookOf(theme)

  test('words are read, and lines and tags are seen', () => {
    for (const word of [look.ink, look.quiet, look.threshold]) expect(contrast(word, look.paper)).toBeGreaterThan(4.5)
    for (const [kind, colour] of Object.entries(look.marks))
      expect(contrast(colour, look.paper), kind).toBeGreaterThan(4.5)
    for (const colour of [...look.palette, look.baseline])
      expect(contrast(colour, look.paper), colour).toBeGreaterThan(3)
  })

  test.each(Object.keys(blindness))('with %s the named lines and the threshold are told apart', (kind) => {
    const seen = blindness[kind] ?? []
    const colours = [...look.palette, look.threshold]
    const pairs = colours.flatMap((one, at) => colours.slice(at + 1).map((other) => [one, other] as const))
    for (const [one, other] of pairs) expect(distance(one, other, seen), `${one} ${other}`).toBeGreaterThan(10)
  })
})

test('every line with a name has dashes of its own', () => {
  expect(new Set(dashes.map((one) => one.join())).size).toBe(dashes.length)
  expect(dashes.length).toBeGreaterThanOrEqual(lookOf('light').palette.length)
})
