// A chart as chart.js draws it. Runs in the worker thread only.
import type { ChartConfiguration } from 'chart.js'
import { timeTicks } from './axis.ts'
import { bandsPlugin } from './bands.ts'
import type { Chart, Point } from './chart.ts'
import { footHeight, footOf, framePlugin, headingOf } from './frame.ts'
import { type Line, linesOf } from './lines.ts'
import { heightOf, type Mark, marksOf, marksPlugin, placed, rowsOf } from './marks.ts'
import { cleaned, widthOf } from './pen.ts'
import { type Scale, scaleOf } from './scale.ts'
import { stretchesPlugin, stripHeight } from './stretches.ts'
import { font, type Look, letters, margin, size } from './theme.ts'
import { thresholdOf } from './threshold.ts'

/** Half of the last time on the axis may stand beyond the plot. */
const beyond = 8

/** Share of the window that is left free at its end: what happens now is not to happen in the frame. */
const air = 0.015

export type Picture = { configuration: ChartConfiguration<'line', { x: number; y: number | null }[]>; height: number }

/** @param whole within the limits, its gaps found: see limits.ts. */
export function pictureOf(whole: Chart, look: Look): Picture {
  const chart = { ...whole, series: whole.series.map(({ name, points }) => ({ name: cleaned(name), points })) }
  const scale = scaleOf(chart)
  const lines = linesOf(chart, look)
  const heading = headingOf(chart)
  const foot = footOf(chart, lines)
  const marks = marksOf(chart)
  const strip = stripHeight(chart)
  const rows = guessedRows(marks, chart, scale)
  const top = margin.top + heading.height + Math.max(heightOf(rows) + strip, 12) + 4
  const below = margin.bottom + footHeight(foot)
  // What stands around the plot makes the picture taller, not the plot flatter.
  const height = Math.round(Math.max(size.leastHeight, top + size.plot + letters.axis + 14 + below))
  const held = thresholdOf(chart, scale, look)
  const annotation = { annotations: held.annotations }
  const plugins = { legend: { display: false }, title: { display: false }, tooltip: { enabled: false }, annotation }
  // What is first lies on top.
  const { limit, baseline } = lines
  const drawn = [...(limit ? [limit] : []), ...lines.named, ...(baseline ? [baseline] : []), ...lines.faint]
  return {
    height,
    configuration: {
      type: 'line',
      data: { datasets: drawn.map((line) => datasetOf(line, scale, lines.named.includes(line))) },
      plugins: [
        framePlugin(chart, { heading, foot, height }, look),
        bandsPlugin(chart, scale, held.name, look),
        stretchesPlugin(chart, look),
        marksPlugin(marks, { rows, above: strip }, look),
      ],
      options: {
        devicePixelRatio: size.density,
        parsing: false,
        normalized: true,
        font: { family: font, size: letters.axis },
        layout: { padding: { left: margin.left, right: margin.right + beyond, top, bottom: below } },
        scales: { x: timeScale(chart, look), y: valueScale(scale, look) },
        plugins,
      },
    },
  }
}

/** How many rows the tags will need, as far as it can be told before chart.js knows where the plot is. */
function guessedRows(marks: Mark[], chart: Chart, scale: Scale): number {
  const words = Math.max(0, ...scale.ticks.map(({ label }) => widthOf(label, letters.axis)))
  const [left, right] = [margin.left + words + 8, size.width - margin.right - beyond]
  const span = Math.max(1, chart.until.getTime() - chart.from.getTime()) * (1 + air)
  return rowsOf(placed(marks, (at) => left + ((at - chart.from.getTime()) / span) * (right - left), [left, right]))
}

function datasetOf({ series, colour, dash, width }: Line, scale: Scale, isNamed: boolean) {
  const { name, points } = series
  return {
    label: name,
    data: points.map(([x, value]) => ({ x, y: value === null ? null : scale.heightOf(value) })),
    borderColor: colour,
    backgroundColor: colour,
    borderDash: dash,
    borderWidth: width,
    borderJoinStyle: 'round' as const,
    pointRadius: points.map((_, at) => radiusAt(points, at, isNamed)),
    pointBorderWidth: 0,
    spanGaps: false,
    // A line at the very edge of the plot is as thick as any other.
    clip: 4,
  }
}

/** A point without neighbours is no line: it gets a dot. So does the newest one of a line with a name. */
function radiusAt(points: Point[], at: number, isNamed: boolean): number {
  if (points[at]?.[1] == null) return 0
  const alone = points[at - 1]?.[1] == null && points[at + 1]?.[1] == null
  if (alone) return isNamed ? 5 : 2.5
  // Of what is measured rarely it is seen where it was.
  if (isNamed && points.length <= 20) return 3.5
  return isNamed && at === points.length - 1 ? 4 : 0
}

function timeScale(chart: Chart, look: Look): { type: 'linear' } & Record<string, unknown> {
  const ticks = timeTicks(chart.from, chart.until, chart.zone, 6)
  const labels = new Map(ticks.map(({ at, label }) => [at, label]))
  return {
    type: 'linear',
    min: chart.from.getTime(),
    max: chart.until.getTime() + air * Math.max(1, chart.until.getTime() - chart.from.getTime()),
    // Ticks of our own instead of a date adapter: round times in the chart's own zone, and no adapter to go wrong.
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = ticks.map(({ at }) => ({ value: at }))
    },
    ticks: {
      callback: (value: number | string) => labels.get(Number(value)) ?? '',
      font: { family: font, size: letters.axis },
      color: look.quiet,
      maxRotation: 0,
      autoSkip: true,
      autoSkipPadding: 14,
      includeBounds: false,
    },
    grid: { color: look.grid, tickLength: 6, drawOnChartArea: false, tickColor: look.axis },
    border: { color: look.axis },
  }
}

function valueScale({ min, max, ticks }: Scale, look: Look): { type: 'linear' } & Record<string, unknown> {
  const labels = new Map(ticks.map(({ at, label }) => [at, label]))
  return {
    type: 'linear',
    min,
    max,
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = ticks.map(({ at }) => ({ value: at }))
    },
    ticks: {
      callback: (value: number | string) => labels.get(Number(value)) ?? '',
      font: { family: font, size: letters.axis },
      color: look.quiet,
      autoSkip: false,
      padding: 6,
    },
    grid: { color: look.grid, drawTicks: false },
    border: { display: false },
  }
}
