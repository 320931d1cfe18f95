// What lasts on a chart: while alerts fired the plot is shaded, and a whole incident stands between what came before and
// what came after it.
import type { Chart as Drawn, Plugin } from 'chart.js'
import type { Chart } from './chart.ts'
import { formatSpan } from './format.ts'
import { xOf } from './marks.ts'
import { fontOf, type Pen, widthOf } from './pen.ts'
import { merged } from './periods.ts'
import { type Look, letters } from './theme.ts'

const strip = 26
const bar = 5

/** Pixels to keep free between the plot and the tags. */
export function stripHeight(chart: Chart): number {
  return chart.incident ? strip + 4 : 0
}

export function stretchesPlugin(chart: Chart, look: Look): Plugin<'line'> {
  const firing = merged(chart.firing ?? [], chart.from, chart.until)
  return {
    id: 'stretches',
    beforeDatasetsDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      const { top, bottom } = drawn.chartArea
      pen.save()
      for (const [start, end] of firing) {
        const x = xOf(drawn, start)
        // A short one is a stroke, not nothing.
        const width = Math.max(2, xOf(drawn, end) - x)
        pen.fillStyle = look.firing
        pen.fillRect(x, top, width, bottom - top)
        pen.fillStyle = look.firingBar
        pen.fillRect(x, bottom - bar, width, bar)
      }
      pen.restore()
      drawEdges(drawn, chart, look)
    },
    afterDatasetsDraw: (drawn) => {
      drawParts(drawn, chart, look)
    },
  }
}

function edgesOf(drawn: Drawn, incident: { from: Date; until: Date }): [begin: number, end: number] {
  const { left, right } = drawn.chartArea
  const within = (at: Date) => Math.max(left, Math.min(right, xOf(drawn, at.getTime())))
  return [within(incident.from), within(incident.until)]
}

/** Where it began and ended; behind the lines of marks that stand there. */
function drawEdges(drawn: Drawn, { incident }: Chart, look: Look): void {
  if (!incident) return
  const pen = drawn.ctx as Pen
  const { top, bottom } = drawn.chartArea
  pen.save()
  pen.lineWidth = 1.5
  pen.strokeStyle = look.axis
  for (const x of edgesOf(drawn, incident)) {
    pen.beginPath()
    pen.moveTo(x, top - strip)
    pen.lineTo(x, bottom)
    pen.stroke()
  }
  pen.restore()
}

/** The strip above the plot: three names over three bars, the incident's own in the colour of firing. */
function drawParts(drawn: Drawn, { incident }: Chart, look: Look): void {
  if (!incident) return
  const pen = drawn.ctx as Pen
  const { left, right, top } = drawn.chartArea
  const [begin, end] = edgesOf(drawn, incident)
  const lasted = formatSpan(incident.until.getTime() - incident.from.getTime())
  pen.save()
  drawPart(pen, ['before'], [left, begin], top, { bar: look.grid, word: look.quiet, paper: look.paper })
  drawPart(pen, [`incident, ${lasted}`, lasted], [begin, end], top, {
    bar: look.firingBar,
    word: look.ink,
    paper: look.paper,
  })
  drawPart(pen, ['after'], [end, right], top, { bar: look.grid, word: look.quiet, paper: look.paper })
  pen.restore()
}

/** By the first of its names that there is room for. */
function drawPart(
  pen: Pen,
  names: string[],
  [from, until]: [number, number],
  top: number,
  look: { bar: string; word: string; paper: string },
): void {
  if (until - from < 1) return
  pen.fillStyle = look.bar
  pen.fillRect(from, top - 4, until - from, 4)
  const name = names.find((text) => widthOf(text, letters.part, true) + 6 <= until - from)
  if (name === undefined) return
  const middle = (from + until) / 2
  const width = widthOf(name, letters.part, true) + 8
  // A line of a mark that comes down here would cross the word out.
  pen.fillStyle = look.paper
  pen.fillRect(Math.max(from + 1, middle - width / 2), top - strip, Math.min(width, until - from - 2), strip - 4)
  pen.fillStyle = look.word
  pen.font = fontOf(letters.part, true)
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(name, middle, top - strip / 2 - 2)
}
