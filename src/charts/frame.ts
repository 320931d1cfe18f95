// What surrounds the plot: paper, title, legend, small print. Drawn by ourselves, because chart.js' own legend neither
// shortens long names nor lines its entries up.
import type { Plugin } from 'chart.js'
import type { Chart, Series } from './chart.ts'
import { formatValue } from './format.ts'
import { fitted, fontOf, type Pen, widthOf, wrapped } from './pen.ts'
import { colour, dashes, palette, size } from './theme.ts'

export const margin = { left: 24, right: 24, top: 20, bottom: 14 }
const inner = size.width - margin.left - margin.right
const title = { letters: 25, line: 32 }
const subtitle = { letters: 17, line: 24 }
const legend = { letters: 16, line: 25, swatch: 26, gap: 8 }
const print = { letters: 13, line: 22 }

export type Heading = { title: string[]; subtitle: string; height: number }

export function headingOf(chart: { title: string; subtitle: string }): Heading {
  const lines = wrapped(chart.title, inner, title.letters, 2, true)
  const second = fitted(chart.subtitle, inner, subtitle.letters)
  return { title: lines, subtitle: second, height: lines.length * title.line + (second ? subtitle.line : 0) + 8 }
}

export function drawHeading(pen: Pen, heading: Heading): void {
  pen.textAlign = 'left'
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = colour.ink
  pen.font = fontOf(title.letters, true)
  let y = margin.top + title.letters * 0.8
  for (const line of heading.title) {
    pen.fillText(line, margin.left, y)
    y += title.line
  }
  pen.fillStyle = colour.quiet
  pen.font = fontOf(subtitle.letters)
  pen.fillText(heading.subtitle, margin.left, y - 4)
}

/** Fills the canvas first: a transparent picture is unreadable in one of the two modes of every chat. */
export function drawPaper(pen: Pen, height: number): void {
  pen.fillStyle = colour.paper
  pen.fillRect(0, 0, size.width, height)
}

export type Legend = { columns: number; entries: { name: string; value: string }[]; height: number }

/** Names with the newest value, in as many columns as the names leave room for. */
export function legendOf(series: Series[], unit: string | null): Legend {
  const entries = series.map(({ name, points }) => ({ name, value: newestOf(points, unit) }))
  const needed = Math.max(0, ...entries.map((entry) => cellOf(entry)))
  const fitting = [3, 2].find((columns) => needed <= inner / columns - legend.gap) ?? (entries.length > 4 ? 2 : 1)
  const columns = Math.max(1, Math.min(fitting, entries.length))
  return { columns, entries, height: Math.ceil(entries.length / columns) * legend.line }
}

function newestOf(points: Series['points'], unit: string | null): string {
  const newest = points.at(-1)?.[1] ?? null
  return newest === null ? 'no data now' : formatValue(newest, unit)
}

function cellOf({ name, value }: { name: string; value: string }): number {
  return legend.swatch + legend.gap + widthOf(name, legend.letters) + legend.gap + widthOf(value, legend.letters, true)
}

function drawLegend(pen: Pen, { columns, entries }: Legend, top: number): void {
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

/** Pixels below the plot for the legend and the small print. */
export function footHeight(shown: Legend): number {
  return shown.height + (shown.height > 0 ? 8 : 0) + print.line
}

export function framePlugin(chart: Chart, heading: Heading, shown: Legend, height: number): Plugin<'line'> {
  return {
    id: 'frame',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      drawHeading(pen, heading)
      drawLegend(pen, shown, height - margin.bottom - print.line - shown.height)
      drawSmallPrint(pen, chart.source ?? '', `times in ${chart.zone}`, height)
      if (!chart.series.some(({ points }) => points.some(([, value]) => value !== null))) {
        const { left, right, top, bottom } = drawn.chartArea
        pen.fillStyle = colour.quiet
        pen.font = fontOf(22)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        pen.fillText('no data', (left + right) / 2, (top + bottom) / 2)
      }
      pen.restore()
    },
  }
}

export function drawSmallPrint(pen: Pen, left: string, right: string, height: number): void {
  const y = height - margin.bottom - 2
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = colour.quiet
  pen.font = fontOf(print.letters)
  pen.textAlign = 'right'
  pen.fillText(right, size.width - margin.right, y)
  pen.textAlign = 'left'
  pen.fillText(fitted(left, inner - widthOf(right, print.letters) - 32, print.letters), margin.left, y)
}
