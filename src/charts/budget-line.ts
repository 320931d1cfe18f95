// The line of one error budget in its panel, with the one of a budget that lasts exactly. Runs in the worker thread only.
import type { BudgetRow } from './chart.ts'
import type { Pen } from './pen.ts'
import type { Look } from './theme.ts'

/** Where a panel is, in pixels; `least`: the share at its bottom. */
export type BudgetArea = { left: number; right: number; top: number; bottom: number; least: number }

/** Below this the rest of the picture would be flat: the words say how much more it is. */
const deepest = -1

/** The share at the bottom of a panel: zero, or as far below in quarters as it was overspent. */
export function leastShown({ points }: Pick<BudgetRow, 'points'>): number {
  const least = points.reduce((low, [, left]) => Math.min(low, left ?? 0), 0)
  return Math.max(deepest, Math.floor(least * 4 + 1e-9) / 4)
}

type Place = { x(at: number): number; y(left: number): number }

export function drawBudgetLine(
  pen: Pen,
  { row, area, now }: { row: BudgetRow; area: BudgetArea; now: Date },
  look: Look,
): void {
  const [from, until] = [row.from.getTime(), row.until.getTime()]
  const place: Place = {
    x: (at) => area.left + ((at - from) / (until - from)) * (area.right - area.left),
    y: (left) =>
      area.bottom - ((Math.max(left, area.least) - area.least) / (1 - area.least)) * (area.bottom - area.top),
  }
  const points = row.points.filter(([at]) => at >= from && at <= until)
  drawIdeal(pen, place, { from, until }, look)
  drawZero(pen, place, area, look)
  if (until > now.getTime()) drawFuture(pen, place, { row, area, now: now.getTime() }, look)
  drawPast(pen, place, { ...row, points }, look)
}

function drawIdeal(pen: Pen, { x, y }: Place, { from, until }: { from: number; until: number }, look: Look): void {
  stroke(pen, { colour: look.quiet, width: 1.75, dash: [8, 6] }, [
    [x(from), y(1)],
    [x(until), y(0)],
  ])
}

function drawZero(pen: Pen, { y }: Place, { left, right, bottom, least }: BudgetArea, look: Look): void {
  if (least < 0) {
    pen.fillStyle = look.badSide
    pen.fillRect(left, y(0), right - left, bottom - y(0))
  }
  stroke(pen, { colour: look.threshold, width: 2, dash: [] }, [
    [left, y(0)],
    [right, y(0)],
  ])
}

/** What was, with its gaps, and a dot where it is now: in the colour of what is left of it. */
function drawPast(pen: Pen, { x, y }: Place, { points, left }: BudgetRow, look: Look): void {
  const line = left !== null && left <= 0 ? look.threshold : (look.palette[0] ?? look.ink)
  let part: [number, number][] = []
  for (const [at, share] of points) {
    if (share !== null) {
      part.push([x(at), y(share)])
      continue
    }
    stroke(pen, { colour: line, width: 3.5, dash: [] }, part)
    part = []
  }
  stroke(pen, { colour: line, width: 3.5, dash: [] }, part)
  const end = part.at(-1)
  if (end === undefined) return
  pen.fillStyle = line
  pen.beginPath()
  pen.arc(end[0], end[1], 6, 0, 2 * Math.PI)
  pen.fill()
}

/** Of a window that goes on: where it is now, and where it leads at the rate of late. */
function drawFuture(
  pen: Pen,
  { x, y }: Place,
  { row, area, now }: { row: BudgetRow; area: BudgetArea; now: number },
  look: Look,
): void {
  const { left, end, until } = row
  stroke(pen, { colour: look.axis, width: 1.5, dash: [] }, [
    [x(now), area.top],
    [x(now), area.bottom],
  ])
  if (left === null || left <= 0 || end === null || end.getTime() > until.getTime()) return
  stroke(pen, { colour: look.threshold, width: 2.5, dash: [2, 5] }, [
    [x(now), y(left)],
    [x(end.getTime()), y(0)],
  ])
}

function stroke(pen: Pen, how: { colour: string; width: number; dash: number[] }, way: [number, number][]): void {
  pen.strokeStyle = how.colour
  pen.lineWidth = how.width
  pen.lineJoin = 'round'
  pen.setLineDash(how.dash)
  pen.beginPath()
  for (const [index, [x, y]] of way.entries()) {
    if (index === 0) pen.moveTo(x, y)
    else pen.lineTo(x, y)
  }
  pen.stroke()
  pen.setLineDash([])
}
