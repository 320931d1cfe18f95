// The error budgets of a digest as bars. Runs in the worker thread only.
import type { ChartConfiguration, Plugin } from 'chart.js'
import type { BudgetChart } from './chart.ts'
import { drawHeading, drawPaper, drawSmallPrint, headingOf } from './frame.ts'
import { fitted, fontOf, type Pen, widthOf } from './pen.ts'
import { font, type Look, letters, margin, size } from './theme.ts'

const mostRows = 14
const row = 44

export type BudgetPicture = { configuration: ChartConfiguration<'bar', (number | null)[]>; height: number }

/** Bars from zero to the right for what is left, to the left for what was overspent; words beside each. */
export function budgetPictureOf(chart: BudgetChart, look: Look): BudgetPicture {
  const rows = chart.rows.slice(0, mostRows)
  const heading = headingOf(chart)
  const lefts = rows.map(({ left }) => (left === null ? null : Math.max(-1, Math.min(1, left))))
  const height = margin.top + heading.height + Math.max(1, rows.length) * row + 36 + 30 + margin.bottom
  return {
    height,
    configuration: {
      type: 'bar',
      data: {
        labels: rows.map(({ label }) => fitted(label, 200, letters.axis, 'middle')),
        datasets: [
          {
            data: lefts,
            backgroundColor: lefts.map((left) => barColour(left, look)),
            borderRadius: 4,
            borderSkipped: false,
            barThickness: 22,
            minBarLength: 3,
          },
        ],
      },
      plugins: [wordsPlugin(chart, rows, heading, height, look)],
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
        scales: { x: shareScale(Math.min(0, ...lefts.map((left) => left ?? 0)), look), y: labelScale(look) },
        plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
      },
    },
  }
}

/** Blue, amber, red as the budget goes; the words beside say the same. */
function barColour(left: number | null, look: Look): string {
  if (left === null || left <= 0) return look.threshold
  return (left < 0.25 ? look.warning : look.palette[0]) ?? look.ink
}

function textRoom(rows: BudgetChart['rows']): number {
  return Math.min(270, Math.max(60, ...rows.map(({ text }) => widthOf(text, letters.axis, true)))) + 14
}

function shareScale(least: number, look: Look): { type: 'linear' } & Record<string, unknown> {
  return {
    type: 'linear',
    min: least < 0 ? Math.floor(least * 4) / 4 : 0,
    max: 1,
    ticks: {
      stepSize: least < -0.5 ? 0.5 : 0.25,
      callback: (value: number | string) => `${Math.round(Number(value) * 100)} %`.replace('-', '−'),
      font: { family: font, size: letters.print + 2 },
      color: look.quiet,
      maxRotation: 0,
    },
    grid: {
      color: (line: { tick?: { value: number } }) => (line.tick?.value === 0 ? look.axis : look.grid),
      drawTicks: false,
    },
    border: { display: false },
  }
}

function labelScale(look: Look): { type: 'category' } & Record<string, unknown> {
  return {
    type: 'category',
    ticks: { font: { family: font, size: letters.axis }, color: look.ink, autoSkip: false, crossAlign: 'far' },
    grid: { display: false },
    border: { display: false },
  }
}

function wordsPlugin(
  chart: BudgetChart,
  rows: BudgetChart['rows'],
  heading: ReturnType<typeof headingOf>,
  height: number,
  look: Look,
): Plugin<'bar'> {
  const more = chart.rows.length - rows.length
  return {
    id: 'words',
    beforeDraw: (drawn) => drawPaper(drawn.ctx as Pen, height, look),
    afterDraw: (drawn) => {
      const pen = drawn.ctx as Pen
      pen.save()
      drawHeading(pen, heading, look)
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      for (const [index, { text, left }] of rows.entries()) {
        pen.fillStyle = left !== null && left <= 0 ? look.threshold : look.ink
        pen.font = fontOf(letters.axis, true)
        const y = drawn.scales.y?.getPixelForValue(index) ?? 0
        pen.fillText(fitted(text, 270, letters.axis, 'end', true), drawn.chartArea.right + 14, y)
      }
      if (rows.length === 0) {
        pen.fillStyle = look.quiet
        pen.font = fontOf(18)
        pen.fillText('no objectives are configured', margin.left, margin.top + heading.height + 30)
      }
      const print = { left: more > 0 ? [`+${more} more`] : [], right: 'share of the error budget that is left' }
      drawSmallPrint(pen, print, height, look)
      pen.restore()
    },
  }
}
