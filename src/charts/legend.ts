// The legend: which line is which and where it stands now, in columns. chart.js' own neither shortens long names nor
// lines its entries up.
import type { Series } from './chart.ts'
import { formatValue } from './format.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { colour, dashes, inner, margin, palette } from './theme.ts'

const legend = { letters: 16, line: 25, swatch: 26, gap: 8 }

export type Legend = { columns: number; entries: { name: string; value: string }[]; height: number }

/** Names with the newest value, in as many columns as the names leave room for. */
export function legendOf(series: Series[], unit: string | null): Legend {
  const names = distinctive(series.map(({ name }) => name))
  const entries = series.map(({ points }, index) => ({ name: names[index] ?? '', value: newestOf(points, unit) }))
  const needed = Math.max(0, ...entries.map((entry) => cellOf(entry)))
  const fitting = [3, 2].find((columns) => needed <= inner / columns - legend.gap) ?? (entries.length > 4 ? 2 : 1)
  const columns = Math.max(1, Math.min(fitting, entries.length))
  return { columns, entries, height: Math.ceil(entries.length / columns) * legend.line }
}

function newestOf(points: Series['points'], unit: string | null): string {
  const newest = points.at(-1)?.[1] ?? null
  if (newest !== null) return formatValue(newest, unit)
  return points.some(([, value]) => value !== null) ? 'no data now' : 'no data'
}

const longest = 30

/** Long names that begin or end alike are told apart by what is between: `…x2x4q`, not `causal-ui-…container=main`. */
function distinctive(names: string[]): string[] {
  const [first = ''] = names
  if (names.length < 2 || names.every((name) => name.length <= longest)) return names
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
  const [from, to] = [start > 6 ? start : 0, end === -1 ? 0 : tail - end]
  return names.map((name) => `${from ? '…' : ''}${name.slice(from, name.length - to)}${to ? '…' : ''}`)
}

function cellOf({ name, value }: { name: string; value: string }): number {
  return legend.swatch + legend.gap + widthOf(name, legend.letters) + legend.gap + widthOf(value, legend.letters, true)
}

export function drawLegend(pen: Pen, { columns, entries }: Legend, top: number): void {
  const cell = inner / columns
  pen.textBaseline = 'middle'
  pen.textAlign = 'left'
  for (const [index, { name, value }] of entries.entries()) {
    const x = margin.left + (index % columns) * cell
    const y = top + Math.floor(index / columns) * legend.line + legend.line / 2
    pen.strokeStyle = palette[index % palette.length] ?? colour.ink
    pen.lineWidth = 4
    pen.setLineDash(dashes[index % dashes.length] ?? [])
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(x + legend.swatch, y)
    pen.stroke()
    const room = cell - legend.swatch - 3 * legend.gap - widthOf(value, legend.letters, true)
    const shown = fitted(name, room, legend.letters, 'middle')
    const textX = x + legend.swatch + legend.gap
    pen.fillStyle = colour.ink
    pen.font = fontOf(legend.letters)
    pen.fillText(shown, textX, y)
    pen.font = fontOf(legend.letters, true)
    pen.fillText(value, textX + widthOf(shown, legend.letters) + legend.gap, y)
  }
  pen.setLineDash([])
}
