// The moments on a chart (firing, acknowledged, deployed): a line down to the time axis and a tag above the plot.
import type { Chart as Drawn, Plugin } from 'chart.js'
import type { Chart, MarkKind } from './chart.ts'
import { formatTime } from './format.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { type Look, letters } from './theme.ts'

const tag = { height: 27, gap: 4, padding: 8 }
const mostRows = 4

export type Mark = { at: number; text: string; kind: MarkKind; width: number }

const dash: Record<MarkKind, number[]> = {
  firing: [],
  opened: [],
  acknowledged: [],
  resolved: [],
  deployment: [3, 4],
}

/** Only a frame: it is not the incident's own. */
const hollow: MarkKind[] = ['deployment', 'opened']

/** Marks within the window, in order of time, with the time of day in the label. */
export function marksOf(chart: Pick<Chart, 'marks' | 'from' | 'until' | 'zone'>): Mark[] {
  return chart.marks
    .map((mark) => ({ ...mark, at: mark.at.getTime() }))
    .filter(({ at }) => at >= chart.from.getTime() && at <= chart.until.getTime())
    .sort((a, b) => a.at - b.at)
    .map(({ at, kind, label }) => {
      const text = `${fitted(label, 230, letters.tag)} ${formatTime(at, chart.zone)}`
      return { at, text, kind, width: widthOf(text, letters.tag) + 2 * tag.padding }
    })
}

export type Tag = { x: number; row: number | null; mark: Mark }

/**
 * Where each tag goes: over its moment, or beside it where there is no room, in the lowest row that is free there; the
 * incident's own moments choose first, then the latest deployments. `row` null: no room in any row; the line stays and
 * says that there was something.
 */
export function placed(
  marks: Mark[],
  xOf: (at: number) => number,
  [left, right]: [number, number],
  rows = mostRows,
): Tag[] {
  const taken: [number, number][][] = Array.from({ length: rows }, () => [])
  const choose = (mark: Mark): Tag => {
    const places = placesOf(mark, xOf(mark.at), left, right)
    for (const [row, tags] of taken.entries()) {
      const free = (x: number) =>
        tags.every(([from, until]) => until + tag.gap <= x || from >= x + mark.width + tag.gap)
      const x = places.find(free)
      if (x === undefined) continue
      tags.push([x, x + mark.width])
      return { x, row, mark }
    }
    return { x: places[0] ?? left, row: null, mark }
  }
  const own = marks.filter(({ kind }) => kind !== 'deployment').map(choose)
  const others = marks.filter(({ kind }) => kind === 'deployment').sort((a, b) => b.at - a.at)
  return [...own, ...others.map(choose)].sort((a, b) => a.mark.at - b.mark.at)
}

/** Centred on its line, then ending at it, then beginning at it; never outside the plot. */
function placesOf({ width }: Mark, x: number, left: number, right: number): number[] {
  return [x - width / 2, x - width + 1, x - 1].map((place) => Math.max(left, Math.min(right - width, place)))
}

/** How many rows of tags there are. */
export function rowsOf(tags: Tag[]): number {
  return tags.reduce((most, { row }) => Math.max(most, (row ?? -1) + 1), 0)
}

/** Pixels that rows of tags take. */
export function heightOf(rows: number): number {
  return rows * (tag.height + tag.gap)
}

/** `rows`: how many there is room for. `above`: pixels between the plot and the lowest of them. */
export function marksPlugin(
  marks: Mark[],
  { rows, above }: { rows: number; above: number },
  look: Look,
): Plugin<'line'> {
  const tagsOf = (chart: Drawn) =>
    placed(marks, (at) => xOf(chart, at), [chart.chartArea.left, chart.chartArea.right], rows)
  return {
    id: 'marks',
    // Behind the data: an alert fires where the line is worth looking at.
    beforeDatasetsDraw: (chart) => {
      for (const one of tagsOf(chart)) drawLine(chart, one, above, look)
    },
    afterDatasetsDraw: (chart) => {
      const pen = chart.ctx as Pen
      pen.save()
      for (const one of tagsOf(chart)) drawTag(pen, one, chart.chartArea.top - above, look)
      pen.restore()
    },
  }
}

/** From the tag down to the time axis. */
function drawLine(chart: Drawn, { row, mark }: Tag, above: number, look: Look): void {
  const pen = chart.ctx as Pen
  const { top, bottom } = chart.chartArea
  const x = xOf(chart, mark.at)
  pen.save()
  pen.lineWidth = 2
  pen.strokeStyle = look.marks[mark.kind]
  pen.setLineDash(dash[mark.kind])
  pen.beginPath()
  pen.moveTo(x, row === null ? top : top - above - row * (tag.height + tag.gap) - tag.gap)
  pen.lineTo(x, bottom)
  pen.stroke()
  if (mark.kind === 'deployment') drawArrow(pen, x, bottom, look.marks.deployment)
  pen.restore()
}

export function xOf(chart: Drawn, at: number): number {
  return chart.scales.x?.getPixelForValue(at) ?? 0
}

/** A small arrow up from the time axis: seen also where lines cover the dots. */
function drawArrow(pen: Pen, x: number, bottom: number, colour: string): void {
  pen.fillStyle = colour
  pen.beginPath()
  pen.moveTo(x, bottom - 13)
  pen.lineTo(x + 7, bottom)
  pen.lineTo(x - 7, bottom)
  pen.fill()
}

function drawTag(pen: Pen, { x, row, mark }: Tag, base: number, look: Look): void {
  if (row === null) return
  const y = base - (row + 1) * (tag.height + tag.gap)
  const colour = look.marks[mark.kind]
  const frame = hollow.includes(mark.kind)
  pen.fillStyle = frame ? look.paper : colour
  pen.beginPath()
  pen.roundRect(x + 1, y, mark.width - 2, tag.height, 5)
  pen.fill()
  if (frame) {
    pen.strokeStyle = colour
    pen.stroke()
  }
  pen.fillStyle = frame ? colour : look.paper
  pen.font = fontOf(letters.tag)
  pen.textAlign = 'left'
  pen.textBaseline = 'middle'
  pen.fillText(mark.text, x + tag.padding, y + tag.height / 2 + 0.5)
}
