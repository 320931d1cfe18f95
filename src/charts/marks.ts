// The moments on a chart (firing, acknowledged, resolved): a line down to the time axis and a tag above the plot.
import type { Chart as Drawn, Plugin } from 'chart.js'
import type { Chart } from './chart.ts'
import { formatTime } from './format.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { colour } from './theme.ts'

const letters = 15
const tag = { height: 24, gap: 4, padding: 8 }
const mostRows = 5

export type Mark = { at: number; text: string; colour: string; width: number }

/** Marks within the window, in order of time, with the time of day in the label. */
export function marksOf(chart: Pick<Chart, 'marks' | 'from' | 'until' | 'zone'>): Mark[] {
  return chart.marks
    .map(({ at, label }) => ({ at: at.getTime(), label }))
    .filter(({ at }) => at >= chart.from.getTime() && at <= chart.until.getTime())
    .sort((a, b) => a.at - b.at)
    .map(({ at, label }) => {
      const text = `${fitted(label, 240, letters)} ${formatTime(at, chart.zone)}`
      return { at, text, colour: colourOf(label), width: widthOf(text, letters) + 2 * tag.padding }
    })
}

function colourOf(label: string): string {
  if (/^(firing|fired|reopened|escalated)/i.test(label)) return colour.firing
  return /^(resolved|cleared)/i.test(label) ? colour.good : colour.calm
}

export type Tag = { x: number; row: number | null; mark: Mark }

/**
 * Where each tag goes: over its moment where there is room, in the lowest row that is free there. `row` null: no room
 * in any row; the line stays and says that there was something.
 */
export function placed(marks: Mark[], xOf: (at: number) => number, left: number, right: number): Tag[] {
  const taken: number[] = Array.from({ length: mostRows }, () => Number.NEGATIVE_INFINITY)
  return marks.map((mark) => {
    const x = Math.max(left, Math.min(right - mark.width, xOf(mark.at) - mark.width / 2))
    const row = taken.findIndex((end) => end + tag.gap <= x)
    if (row === -1) return { x, row: null, mark }
    taken[row] = x + mark.width
    return { x, row, mark }
  })
}

/** Pixels to keep free above the plot. */
export function heightOf(tags: Tag[]): number {
  const rows = tags.reduce((most, { row }) => Math.max(most, (row ?? -1) + 1), 0)
  return rows * (tag.height + tag.gap)
}

export function marksPlugin(marks: Mark[]): Plugin<'line'> {
  return {
    id: 'marks',
    afterDatasetsDraw: (chart) => {
      const pen = chart.ctx as Pen
      const { left, right, top, bottom } = chart.chartArea
      const tags = placed(marks, (at) => xOf(chart, at), left, right)
      pen.save()
      pen.lineWidth = 2
      for (const { row, mark } of tags) {
        const x = xOf(chart, mark.at)
        pen.strokeStyle = mark.colour
        pen.beginPath()
        pen.moveTo(x, row === null ? top : top - row * (tag.height + tag.gap) - tag.gap)
        pen.lineTo(x, bottom)
        pen.stroke()
      }
      for (const one of tags) drawTag(pen, one, top)
      pen.restore()
    },
  }
}

function xOf(chart: Drawn, at: number): number {
  return chart.scales.x?.getPixelForValue(at) ?? 0
}

function drawTag(pen: Pen, { x, row, mark }: Tag, top: number): void {
  if (row === null) return
  const y = top - (row + 1) * (tag.height + tag.gap)
  pen.fillStyle = mark.colour
  pen.beginPath()
  pen.roundRect(x, y, mark.width, tag.height, 4)
  pen.fill()
  pen.fillStyle = colour.paper
  pen.font = fontOf(letters)
  pen.textAlign = 'left'
  pen.textBaseline = 'middle'
  pen.fillText(mark.text, x + tag.padding, y + tag.height / 2 + 0.5)
}
