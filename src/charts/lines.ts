// Which series of a chart have a colour and a name, and how each line is drawn. Ten colours on a phone are none: the worst
// few stand out, the rest is a faint crowd behind them.
import type { Chart, Series } from './chart.ts'
import { baselineDash, dashes, type Look, thresholdDash } from './theme.ts'

/** That many are all named; of more, some fewer. */
const mostNamed = 6
const namedOfMany = 5

export type Line = { series: Series; colour: string; dash: number[]; width: number }

export type Lines = { named: Line[]; baseline: Line | null; limit: Line | null; faint: Line[] }

export function linesOf(chart: Pick<Chart, 'series' | 'baseline' | 'limit'>, look: Look): Lines {
  const count = chart.series.length > mostNamed ? namedOfMany : mostNamed
  const named = chart.series.slice(0, count).map((series, index): Line => {
    const colour = look.palette[index % look.palette.length] ?? look.ink
    return { series, colour, dash: dashes[index % dashes.length] ?? [], width: index === 0 ? 3.5 : 2.5 }
  })
  const faint = chart.series.slice(count).map((series): Line => ({ series, colour: look.faint, dash: [], width: 1.25 }))
  const baseline = chart.baseline
    ? { series: chart.baseline, colour: look.baseline, dash: baselineDash, width: 2.25 }
    : null
  const limit = chart.limit
    ? { series: chart.limit.series, colour: look.threshold, dash: thresholdDash, width: 2.5 }
    : null
  return { named, baseline, limit, faint }
}
