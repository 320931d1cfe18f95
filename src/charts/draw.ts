// A chart as chart.js draws it. Runs in the worker thread only.

import type { ChartConfiguration } from 'chart.js'
import { timeTicks, type ValueAxis, valueAxis } from './axis.ts'
import type { Chart, Series } from './chart.ts'
import { formatTick, formatValue } from './format.ts'
import { footHeight, footOf, framePlugin, headingOf } from './frame.ts'
import { heightOf, type Mark, marksOf, marksPlugin, placed, type Tag } from './marks.ts'
import { cleaned } from './pen.ts'
import { colour, dashes, font, margin, palette, size } from './theme.ts'

const mostSeries = 10

export type Picture = { configuration: ChartConfiguration<'line', { x: number; y: number | null }[]>; height: number }

export function pictureOf(whole: Chart): Picture {
  const chart = { ...whole, series: whole.series.slice(0, mostSeries).map(drawable) }
  const axis = valueAxis(chart)
  const heading = headingOf(chart)
  const foot = footOf(chart)
  const marks = marksOf(chart)
  const tags = heightOf(guessed(marks, chart))
  // What stands around the plot makes the picture taller, not the plot flatter.
  const height = size.height + Math.max(0, heading.height + tags + footHeight(foot) - 170)
  const annotation = { annotations: thresholdOf(chart, axis) }
  const plugins = { legend: { display: false }, title: { display: false }, tooltip: { enabled: false }, annotation }
  return {
    height,
    configuration: {
      type: 'line',
      data: { datasets: chart.series.map(datasetOf) },
      plugins: [framePlugin(chart, heading, foot, height), marksPlugin(marks)],
      options: {
        devicePixelRatio: size.density,
        parsing: false,
        normalized: true,
        font: { family: font, size: 16 },
        layout: {
          padding: {
            left: margin.left,
            right: margin.right,
            top: margin.top + heading.height + Math.max(tags, 12) + 4,
            bottom: margin.bottom + footHeight(foot),
          },
        },
        scales: { x: timeScale(chart), y: valueScale(axis, chart.unit) },
        plugins,
      },
    },
  }
}

/** NaN and Inf have no place on an axis: gaps. */
function drawable({ name, points }: Series): Series {
  return { name: cleaned(name), points: points.map(([at, value]) => [at, Number.isFinite(value) ? value : null]) }
}

/** Where the tags will be, before chart.js knows where the plot is: enough to keep the right height free. */
function guessed(marks: Mark[], chart: Chart): Tag[] {
  const [left, right] = [margin.left + 80, size.width - margin.right - 10]
  const span = chart.until.getTime() - chart.from.getTime()
  return placed(marks, (at) => left + ((at - chart.from.getTime()) / span) * (right - left), left, right)
}

function datasetOf({ name, points }: Series, index: number) {
  return {
    label: name,
    data: points.map(([x, y]) => ({ x, y })),
    borderColor: palette[index % palette.length] ?? colour.ink,
    backgroundColor: palette[index % palette.length] ?? colour.ink,
    borderDash: dashes[index % dashes.length] ?? [],
    borderWidth: index === 0 ? 3.5 : 2.25,
    borderJoinStyle: 'round' as const,
    pointRadius: points.map((_, at) => radiusAt(points, at)),
    pointBorderWidth: 0,
    spanGaps: false,
    // A line at the very edge of the plot is as thick as any other.
    clip: 4,
  }
}

/** A point without neighbours is no line: it gets a dot. So does the newest one. */
function radiusAt(points: Series['points'], at: number): number {
  if (points[at]?.[1] == null) return 0
  const alone = points[at - 1]?.[1] == null && points[at + 1]?.[1] == null
  return alone ? 5 : at === points.length - 1 ? 4 : 0
}

function timeScale(chart: Chart): { type: 'linear' } & Record<string, unknown> {
  const ticks = timeTicks(chart.from, chart.until, chart.zone)
  const labels = new Map(ticks.map(({ at, label }) => [at, label]))
  return {
    type: 'linear',
    min: chart.from.getTime(),
    max: Math.max(chart.until.getTime(), chart.from.getTime() + 1),
    // Ticks of our own instead of a date adapter: round times in the chart's own zone, and no adapter to go wrong.
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = ticks.map(({ at }) => ({ value: at }))
    },
    ticks: {
      callback: (value: number | string) => labels.get(Number(value)) ?? '',
      font: { family: font, size: 16 },
      color: colour.quiet,
      maxRotation: 0,
      autoSkip: true,
      autoSkipPadding: 12,
      includeBounds: false,
    },
    grid: { color: colour.grid, tickLength: 6, drawOnChartArea: false, tickColor: colour.axis },
    border: { color: colour.axis },
  }
}

function valueScale(axis: ValueAxis, unit: string | null): { type: 'linear' } & Record<string, unknown> {
  return {
    type: 'linear',
    min: axis.min,
    max: axis.max,
    ticks: {
      stepSize: axis.spacing,
      callback: (value: number | string) => formatTick(Number(value), axis.spacing, axis.largest, unit),
      font: { family: font, size: 16 },
      color: colour.quiet,
      autoSkip: false,
      padding: 6,
    },
    grid: { color: colour.grid, drawTicks: false },
    border: { display: false },
  }
}

/** An entry for chartjs-plugin-annotation, whose own types do not load in an ESM program. */
type Annotation = { type: 'line' | 'box' } & Record<string, unknown>

function thresholdOf(chart: Chart, axis: ValueAxis): Record<string, Annotation> {
  if (chart.threshold === null) return {}
  const { value, bad } = chart.threshold
  const text = `threshold ${formatValue(value, chart.unit)}`
  if (axis.off !== null) return { limit: limitLine(axis.max, `▲ ${text}, far above this`, 'under', true) }
  // The label is on the bad side, where the data should not be, unless there is no room for it.
  const room = bad === 'above' ? (axis.max - value) / (axis.max - axis.min) : (value - axis.min) / (axis.max - axis.min)
  const over = (bad === 'above') === room > 0.1
  return {
    badSide: {
      type: 'box',
      ...(bad === 'above' ? { yMin: value, yMax: axis.max } : { yMin: axis.min, yMax: value }),
      backgroundColor: colour.badSide,
      borderWidth: 0,
      drawTime: 'beforeDatasetsDraw',
    },
    limit: limitLine(value, text, over ? 'over' : 'under', false),
  }
}

function limitLine(value: number, text: string, side: 'over' | 'under', bare: boolean): Annotation {
  return {
    type: 'line',
    yMin: value,
    yMax: value,
    borderColor: bare ? 'transparent' : colour.threshold,
    borderWidth: 2.5,
    borderDash: [9, 6],
    drawTime: 'afterDatasetsDraw',
    label: {
      display: true,
      content: text,
      position: 'start',
      xAdjust: 4,
      yAdjust: side === 'over' ? -14 : 14,
      color: colour.threshold,
      backgroundColor: 'rgba(255, 255, 255, 0.82)',
      padding: { x: 5, y: 2 },
      font: { family: font, size: 16, weight: 'bold' },
      drawTime: 'afterDatasetsDraw',
    },
  }
}
