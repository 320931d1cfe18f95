// The legend: which line is which and where it stands now, in columns. chart.js' own neither shortens long names nor
// lines its entries up.
import type { Series } from './chart.ts'
import { formatValue } from './format.ts'
import type { Lines } from './lines.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { inner, type Look, letters, margin } from './theme.ts'

const legend = { line: 29, swatch: 30, gap: 8 }

type Entry = { name: string; value: string; line: { colour: string; dash: number[]; width: number } }

export type Legend = { columns: number; entries: Entry[]; height: number }

/**
 * Names with the newest value, in as many columns as the names leave room for, and as long as their columns are wide.
 * Then the limit, the line of last week, and how many lines have no name.
 */
export function legendOf({ named, baseline, limit, faint }: Lines, unit: string | null): Legend {
  const whole = named.map(({ series }) => series.name)
  const alike = alikeOf(whole)
  const rest: Entry[] = [
    ...(limit ? [{ name: limit.series.name, value: newestOf(limit.series.points, unit), line: limit }] : []),
    ...(baseline
      ? [{ name: baseline.series.name, value: newestOf(baseline.series.points, unit), line: baseline }]
      : []),
    ...(faint[0]
      ? [{ name: faint.length === 1 ? '1 other' : `${faint.length} others`, value: '', line: faint[0] }]
      : []),
  ]
  const entriesOf = (names: string[]): Entry[] => [
    ...named.map((line, index) => ({ name: names[index] ?? '', value: newestOf(line.series.points, unit), line })),
    ...rest,
  ]
  const fits = (names: string[], columns: number) =>
    entriesOf(names).every((entry) => cellOf(entry) <= inner / columns - legend.gap)
  const bare = whole.map((name) => without(name, alike))
  const count = named.length + rest.length
  const fitting = [3, 2].find((columns) => fits(whole, columns)) ?? (fits(bare, 2) ? 2 : 1)
  const columns = Math.max(1, Math.min(fitting, count))
  const names = widest(whole, alike, (some) => fits(some, columns))
  return { columns, entries: entriesOf(names), height: Math.ceil(count / columns) * legend.line }
}

function newestOf(points: Series['points'], unit: string | null): string {
  const newest = points.at(-1)?.[1] ?? null
  if (newest !== null) return formatValue(newest, unit)
  return points.some(([, value]) => value !== null) ? 'no data now' : 'no data'
}

/** How many characters at the beginning and at the end say nothing, because all names have them. */
type Alike = { head: number; tail: number }

/** Long names that begin or end alike are told apart by what is between: `…x2x4q`, not `causal-ui-…container=main`. */
function alikeOf(names: string[]): Alike {
  const [first = ''] = names
  if (names.length < 2) return { head: 0, tail: 0 }
  const shared = (same: (length: number) => boolean) => {
    let length = 0
    while (length < first.length && same(length + 1)) length += 1
    return length
  }
  const head = shared((length) => names.every((name) => name.startsWith(first.slice(0, length))))
  const shortest = Math.min(...names.map((name) => name.length))
  const tail = Math.min(
    shared((length) => names.every((name) => name.endsWith(first.slice(first.length - length)))),
    shortest - head,
  )
  // Whole words stay: `x2x4q`, not `2`.
  const start = Math.max(0, ...[...first.slice(0, head).matchAll(/[\s=/.:-]/g)].map(({ index }) => index + 1))
  const end = tail === 0 ? -1 : first.slice(first.length - tail).search(/[\s=/.:-]/)
  return { head: start > 6 ? start : 0, tail: end === -1 ? 0 : tail - end }
}

function without(name: string, { head, tail }: Alike): string {
  return `${head ? '…' : ''}${name.slice(head, name.length - tail)}${tail ? '…' : ''}`
}

/** As much of what all names share as there is room for: first of what follows the difference, then of what precedes. */
function widest(names: string[], { head, tail }: Alike, fits: (names: string[]) => boolean): string[] {
  if (fits(names)) return names
  const shown = (alike: Alike) => names.map((name) => without(name, alike))
  const least = (most: number, alikeAt: (cut: number) => Alike) => {
    let [low, high] = [0, most]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (fits(shown(alikeAt(middle)))) high = middle
      else low = middle + 1
    }
    return low
  }
  const end = least(tail, (cut) => ({ head, tail: cut }))
  return shown({ head: least(head, (cut) => ({ head: cut, tail: end })), tail: end })
}

function cellOf({ name, value }: Entry): number {
  return legend.swatch + legend.gap + widthOf(name, letters.legend) + legend.gap + widthOf(value, letters.legend, true)
}

export function drawLegend(pen: Pen, { columns, entries }: Legend, top: number, look: Look): void {
  const cell = inner / columns
  pen.textBaseline = 'middle'
  pen.textAlign = 'left'
  for (const [index, { name, value, line }] of entries.entries()) {
    const x = margin.left + (index % columns) * cell
    const y = top + Math.floor(index / columns) * legend.line + legend.line / 2
    pen.strokeStyle = line.colour
    pen.lineWidth = Math.max(2.5, line.width)
    pen.setLineDash(line.dash)
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(x + legend.swatch, y)
    pen.stroke()
    const room = cell - legend.swatch - 3 * legend.gap - widthOf(value, letters.legend, true)
    const shown = fitted(name, room, letters.legend, 'middle')
    const textX = x + legend.swatch + legend.gap
    pen.fillStyle = look.ink
    pen.font = fontOf(letters.legend)
    pen.fillText(shown, textX, y)
    pen.font = fontOf(letters.legend, true)
    pen.fillText(value, textX + widthOf(shown, letters.legend) + legend.gap, y)
  }
  pen.setLineDash([])
}
