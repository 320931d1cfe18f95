// Error budgets over the time of their windows, one panel below the other: from all of it down to what is left, beside the
// line of one that lasts exactly. Runs in the worker thread only.
import type { ChartConfiguration, Plugin } from 'chart.js'
import { timeTicks } from './axis.ts'
import { type BudgetArea, drawBudgetLine, leastShown } from './budget-line.ts'
import type { BudgetChart, BudgetRow } from './chart.ts'
import { drawHeading, drawPaper, drawSmallPrint, type Heading, headingOf } from './frame.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { inner, type Look, letters, margin, size } from './theme.ts'

const mostRows = 6
const print = 30

export type BudgetPicture = { configuration: ChartConfiguration<'line'>; height: number }

/** Heights of a panel: of its two lines of words, of the plot, of the times below it, and of the space to the next. */
type Panel = { words: number; plot: number; times: number; gap: number }

export function budgetPictureOf(chart: BudgetChart, look: Look): BudgetPicture {
  const rows = chart.rows.slice(0, mostRows)
  const heading = headingOf(chart)
  const plot = rows.length === 1 ? 270 : rows.length < 4 ? 130 : 105
  const panels = rows.map(({ points }): Panel => {
    return points.length > 0 ? { words: 62, plot, times: 26, gap: 20 } : { words: 52, plot: 24, times: 0, gap: 20 }
  })
  const all = panels.reduce((sum, panel) => sum + heightOf(panel), 0)
  const height = margin.top + heading.height + 8 + Math.max(60, all) + print + margin.bottom
  const plugin: Plugin<'line'> = {
    id: 'budgets',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height, look),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      draw(pen, { ...chart, rows }, { heading, panels }, look)
      const more = chart.more + chart.rows.length - rows.length
      const hint = rows.some(({ points }) => points.length > 0) ? ['dashed: a budget that lasts exactly'] : []
      drawSmallPrint(
        pen,
        { left: [[...(more > 0 ? [`+${more} more`] : []), ...hint].join(' · ')], right: `times in ${chart.zone}` },
        height,
        look,
      )
      pen.restore()
    },
  }
  const plugins = { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } }
  return {
    height,
    configuration: {
      type: 'line',
      data: { datasets: [] },
      plugins: [plugin],
      // The canvas is ours: chart.js draws no axis of its own on it.
      options: { devicePixelRatio: size.density, scales: { x: { display: false }, y: { display: false } }, plugins },
    },
  }
}

function heightOf({ words, plot, times, gap }: Panel): number {
  return words + plot + times + gap
}

function draw(pen: Pen, chart: BudgetChart, parts: { heading: Heading; panels: Panel[] }, look: Look): void {
  const { heading, panels } = parts
  drawHeading(pen, heading, look)
  let top = margin.top + heading.height + 8
  if (chart.rows.length === 0) said(pen, 'no objectives are configured', top + 30, look)
  for (const [index, row] of chart.rows.entries()) {
    const panel = panels[index]
    if (panel === undefined) return
    drawWords(pen, row, top, look)
    const area = { left: margin.left + 66, right: size.width - margin.right - 12, top: top + panel.words }
    drawPanel(pen, chart, row, { ...area, bottom: area.top + panel.plot, least: leastShown(row) }, look)
    top += heightOf(panel)
  }
}

function drawWords(pen: Pen, row: BudgetRow, top: number, look: Look): void {
  pen.textBaseline = 'alphabetic'
  pen.textAlign = 'right'
  pen.font = fontOf(letters.legend, true)
  pen.fillStyle = row.left === null ? look.quiet : row.left <= 0 ? look.threshold : look.ink
  const words = fitted(row.text, inner * 0.6, letters.legend, 'end', true)
  pen.fillText(words, size.width - margin.right, top + 19)
  pen.textAlign = 'left'
  pen.fillStyle = look.ink
  const room = inner - widthOf(words, letters.legend, true) - 24
  pen.fillText(fitted(row.label, room, letters.legend, 'middle', true), margin.left, top + 19)
  pen.fillStyle = look.quiet
  pen.font = fontOf(letters.part)
  pen.fillText(fitted(row.detail, inner, letters.part), margin.left, top + 41)
}

function drawPanel(pen: Pen, chart: BudgetChart, row: BudgetRow, area: BudgetArea, look: Look): void {
  if (row.points.length === 0) {
    if (row.left !== null) said(pen, 'how it went is not known', (area.top + area.bottom) / 2, look)
    return
  }
  drawShares(pen, area, look)
  drawTimes(pen, { zone: chart.zone, row, area }, look)
  drawBudgetLine(pen, { row, area, now: chart.now }, look)
}

/** 100 %, 0 and, where it was overspent, how far down the panel goes. */
function drawShares(pen: Pen, area: BudgetArea, look: Look): void {
  const shares = [1, area.bottom - area.top > 200 ? 0.5 : null, 0, area.least < 0 ? area.least : null]
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  pen.font = fontOf(letters.part)
  for (const share of shares) {
    if (share === null) continue
    const y = area.bottom - ((share - area.least) / (1 - area.least)) * (area.bottom - area.top)
    pen.fillStyle = look.quiet
    pen.fillText(`${Math.round(share * 100)} %`.replace('-', '−'), area.left - 8, y)
    if (share === 0) continue
    pen.strokeStyle = look.grid
    pen.lineWidth = 1
    pen.beginPath()
    pen.moveTo(area.left, y)
    pen.lineTo(area.right, y)
    pen.stroke()
  }
}

function drawTimes(pen: Pen, where: { zone: string; row: BudgetRow; area: BudgetArea }, look: Look): void {
  const {
    zone,
    row: { from, until },
    area,
  } = where
  const span = until.getTime() - from.getTime()
  pen.textBaseline = 'top'
  pen.textAlign = 'center'
  pen.font = fontOf(letters.part)
  pen.fillStyle = look.quiet
  let free = area.left - 30
  for (const { at, label } of timeTicks(from, until, zone, 6)) {
    const x = area.left + ((at - from.getTime()) / span) * (area.right - area.left)
    const half = widthOf(label, letters.part) / 2
    if (x - half < free || x + half > size.width - 4) continue
    pen.fillText(label, x, area.bottom + 7)
    free = x + half + 14
  }
}

function said(pen: Pen, text: string, y: number, look: Look): void {
  pen.fillStyle = look.quiet
  pen.font = fontOf(letters.part)
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(text, size.width / 2, y)
}
