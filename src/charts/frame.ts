// What surrounds the plot: paper, title, legend, small print.
import type { Plugin } from 'chart.js'
import type { Chart } from './chart.ts'
import { drawLegend, type Legend, legendOf } from './legend.ts'
import { fitted, fontOf, type Pen, widthOf, wrapped } from './pen.ts'
import { colour, inner, margin, size } from './theme.ts'

const title = { letters: 25, line: 32 }
const subtitle = { letters: 17, line: 24 }
const print = { letters: 13, line: 18 }

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

export type Foot = { legend: Legend; source: string[]; zone: string }

export function footOf(chart: Chart): Foot {
  const zone = `times in ${chart.zone}`
  const room = inner - widthOf(zone, print.letters) - 32
  return {
    legend: legendOf(chart.series, chart.unit),
    source: wrapped(chart.source ?? '', room, print.letters, 2),
    zone,
  }
}

/** Pixels below the plot for the legend and the small print. */
export function footHeight({ legend, source }: Foot): number {
  return legend.height + (legend.height > 0 ? 6 : 0) + Math.max(1, source.length) * print.line
}

export function framePlugin(chart: Chart, heading: Heading, foot: Foot, height: number): Plugin<'line'> {
  return {
    id: 'frame',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      drawHeading(pen, heading)
      drawLegend(pen, foot.legend, height - margin.bottom - footHeight(foot))
      drawSmallPrint(pen, foot.source, foot.zone, height)
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

/** The left lines, and one on the right, on the last lines of the picture. */
export function drawSmallPrint(pen: Pen, left: string[], right: string, height: number): void {
  const last = height - margin.bottom
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = colour.quiet
  pen.font = fontOf(print.letters)
  pen.textAlign = 'right'
  pen.fillText(right, size.width - margin.right, last)
  pen.textAlign = 'left'
  for (const [index, line] of left.entries()) {
    pen.fillText(line, margin.left, last - (left.length - 1 - index) * print.line)
  }
}
