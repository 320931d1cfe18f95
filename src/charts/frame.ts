// What surrounds the plot: paper, title, legend, small print.
import type { Plugin } from 'chart.js'
import type { Chart } from './chart.ts'
import { drawLegend, type Legend, legendOf } from './legend.ts'
import type { Lines } from './lines.ts'
import { fitted, fontOf, type Pen, widthOf, wrapped } from './pen.ts'
import { inner, type Look, letters, margin, size } from './theme.ts'

const line = { title: 34, subtitle: 26, print: 20 }

export type Heading = { title: string[]; subtitle: string; height: number }

export function headingOf(chart: { title: string; subtitle: string }): Heading {
  const lines = wrapped(chart.title, inner, letters.title, 2, true)
  const second = fitted(chart.subtitle, inner, letters.subtitle)
  return { title: lines, subtitle: second, height: lines.length * line.title + (second ? line.subtitle : 0) + 8 }
}

export function drawHeading(pen: Pen, heading: Heading, look: Look): void {
  pen.textAlign = 'left'
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = look.ink
  pen.font = fontOf(letters.title, true)
  let y = margin.top + letters.title * 0.8
  for (const text of heading.title) {
    pen.fillText(text, margin.left, y)
    y += line.title
  }
  pen.fillStyle = look.quiet
  pen.font = fontOf(letters.subtitle)
  pen.fillText(heading.subtitle, margin.left, y - 5)
}

/** Fills the canvas first: a transparent picture is unreadable in one of the two modes of every chat. */
export function drawPaper(pen: Pen, height: number, look: Look): void {
  pen.fillStyle = look.paper
  pen.fillRect(0, 0, size.width, height)
}

export type Foot = { legend: Legend; source: string[]; zone: string }

export function footOf(chart: Chart, lines: Lines): Foot {
  const zone = `times in ${chart.zone}`
  const room = inner - widthOf(zone, letters.print) - 24
  return {
    legend: legendOf(lines, chart.unit),
    source: wrapped(chart.source ?? '', room, letters.print, 2),
    zone,
  }
}

/** Pixels below the plot for the legend and the small print. */
export function footHeight({ legend, source }: Foot): number {
  return legend.height + (legend.height > 0 ? 8 : 0) + Math.max(1, source.length) * line.print
}

export function framePlugin(chart: Chart, parts: { heading: Heading; foot: Foot; height: number }, look: Look) {
  const { heading, foot, height } = parts
  const plugin: Plugin<'line'> = {
    id: 'frame',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height, look),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      drawHeading(pen, heading, look)
      drawLegend(pen, foot.legend, height - margin.bottom - footHeight(foot), look)
      drawSmallPrint(pen, { left: foot.source, right: foot.zone }, height, look)
      if (!chart.series.some(({ points }) => points.some(([, value]) => value !== null))) {
        const { left, right, top, bottom } = drawn.chartArea
        pen.fillStyle = look.quiet
        pen.font = fontOf(24)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        pen.fillText('no data', (left + right) / 2, (top + bottom) / 2)
      }
      pen.restore()
    },
  }
  return plugin
}

/** The left lines, and one on the right, on the last lines of the picture. */
export function drawSmallPrint(pen: Pen, print: { left: string[]; right: string }, height: number, look: Look): void {
  const last = height - margin.bottom
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = look.quiet
  pen.font = fontOf(letters.print)
  pen.textAlign = 'right'
  pen.fillText(print.right, size.width - margin.right, last)
  pen.textAlign = 'left'
  for (const [index, text] of print.left.entries()) {
    pen.fillText(text, margin.left, last - (print.left.length - 1 - index) * line.print)
  }
}
