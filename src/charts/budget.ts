// The error budgets of a digest as bars. Runs in the worker thread only.
import type { ChartConfiguration, Plugin } from 'chart.js'
import type { BudgetChart } from './chart.ts'
import { drawHeading, drawPaper, drawSmallPrint, headingOf } from './frame.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { colour, font, margin, size } from './theme.ts'

const mostRows = 14
const row = 44

export type BudgetPicture = { configuration: ChartConfiguration<'bar', (number | null)[]>; height: number }

/** Bars from zero to the right for what is left, to the left for what was overspent; words beside each. */
export function budgetPictureOf(chart: BudgetChart): BudgetPicture {
  const rows = chart.rows.slice(0, mostRows)
  const heading = headingOf(chart)
  const lefts = rows.map(({ left }) => (left === null ? null : Math.max(-1, Math.min(1, left))))
  const height = margin.top + heading.height + Math.max(1, rows.length) * row + 36 + 30 + margin.bottom
  return {
    height,
    configuration: {
      type: 'bar',
      data: {
        labels: rows.map(({ label }) => fitted(label, 240, 16, 'middle')),
        datasets: [
          {
            data: lefts,
            backgroundColor: lefts.map(barColour),
            borderRadius: 4,
            borderSkipped: false,
            barThickness: 22,
            minBarLength: 3,
          },
        ],
      },
      plugins: [wordsPlugin(chart, rows, heading, height)],
      options: {
        indexAxis: 'y',
        devicePixelRatio: size.density,
        layout: {
          padding: {
            left: margin.left,
            right: margin.right + textRoom(rows),
            top: margin.top + heading.height + 8,
            bottom: margin.bottom + 26,
          },
        },
        scales: { x: shareScale(Math.min(0, ...lefts.map((left) => left ?? 0))), y: labelScale() },
        plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
      },
    },
  }
}

/** Blue, amber, red as the budget goes; the words beside say the same. */
function barColour(left: number | null): string {
  if (left === null || left <= 0) return colour.threshold
  return left < 0.25 ? '#d97706' : '#0064a8'
}

function textRoom(rows: BudgetChart['rows']): number {
  return Math.min(300, Math.max(60, ...rows.map(({ text }) => widthOf(text, 16, true)))) + 14
}

function shareScale(least: number): { type: 'linear' } & Record<string, unknown> {
  return {
    type: 'linear',
    min: least < 0 ? Math.floor(least * 4) / 4 : 0,
    max: 1,
    ticks: {
      stepSize: least < -0.5 ? 0.5 : 0.25,
      callback: (value: number | string) => `${Math.round(Number(value) * 100)} %`.replace('-', '−'),
      font: { family: font, size: 15 },
      color: colour.quiet,
      maxRotation: 0,
    },
    grid: {
      color: (line: { tick?: { value: number } }) => (line.tick?.value === 0 ? colour.axis : colour.grid),
      drawTicks: false,
    },
    border: { display: false },
  }
}

function labelScale(): { type: 'category' } & Record<string, unknown> {
  return {
    type: 'category',
    ticks: { font: { family: font, size: 16 }, color: colour.ink, autoSkip: false, crossAlign: 'far' },
    grid: { display: false },
    border: { display: false },
  }
}

function wordsPlugin(
  chart: BudgetChart,
  rows: BudgetChart['rows'],
  heading: ReturnType<typeof headingOf>,
  height: number,
): Plugin<'bar'> {
  const more = chart.rows.length - rows.length
  return {
    id: 'words',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      drawHeading(pen, heading)
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      for (const [index, { text, left }] of rows.entries()) {
        pen.fillStyle = left !== null && left <= 0 ? colour.threshold : colour.ink
        pen.font = fontOf(16, true)
        const y = drawn.scales.y?.getPixelForValue(index) ?? 0
        pen.fillText(fitted(text, 300, 16, 'end', true), drawn.chartArea.right + 14, y)
      }
      if (rows.length === 0) {
        pen.fillStyle = colour.quiet
        pen.font = fontOf(18)
        pen.fillText('no objectives are configured', margin.left, margin.top + heading.height + 30)
      }
      drawSmallPrint(pen, more > 0 ? [`+${more} more`] : [], 'share of the error budget that is left', height)
      pen.restore()
    },
  }
}
