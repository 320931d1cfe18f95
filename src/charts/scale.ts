// How high a value is drawn: straight, or by its logarithm, with the ticks and words of either.
import { zonesOf } from '../core/bands.ts'
import { valueAxis, valuesOf } from './axis.ts'
import type { Chart } from './chart.ts'
import { formatTick, formatValue } from './format.ts'

export type Scale = {
  /** In heights, as `heightOf` gives them. */
  min: number
  max: number
  ticks: { at: number; label: string }[]
  /** The height of a value. */
  heightOf(value: number): number
  /** Where a threshold lies that is not on it. */
  off: 'above' | null
}

export function scaleOf(chart: Chart): Scale {
  return (chart.scale === 'log' ? logScale(chart) : null) ?? linearScale(chart)
}

function linearScale(chart: Chart): Scale {
  const { min, max, spacing, largest, off } = valueAxis(chart)
  const count = Math.min(20, Math.round((max - min) / spacing))
  const ticks = Array.from({ length: count + 1 }, (_, index) => {
    const at = min + index * spacing
    return { at, label: formatTick(at, spacing, largest, chart.unit) }
  })
  // Beyond what arithmetic can do, the line runs along the edge.
  const heightOf = (value: number) => Math.max(-1e300, Math.min(1e300, value))
  return { min, max, ticks, heightOf, off }
}

const mostTicks = 6

/** Null: nothing is above zero, there is no logarithm of any of it. */
function logScale(chart: Chart): Scale | null {
  const all = valuesOf([...chart.series, ...(chart.baseline ? [chart.baseline] : [])])
  if (chart.threshold !== null) all.push(chart.threshold.value)
  if (chart.limit) all.push(...valuesOf([chart.limit.series]))
  if (chart.bands)
    all.push(...zonesOf(chart.bands).flatMap(({ worse }) => (worse !== null && worse > 0 ? [worse] : [])))
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const value of all) {
    if (value > 0) low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (high <= 0) return null
  const steps = stepsBetween(low, high)
  const [lowest, highest] = [steps[0] ?? 0, steps.at(-1) ?? 1]
  const bottomless = all.some((value) => value <= 0)
  // Zero has a floor of its own below the lowest step.
  const min = bottomless ? lowest - (highest - lowest) / Math.max(1, steps.length - 1) : lowest
  const ticks = steps.map((at) => ({ at, label: formatValue(Number((10 ** at).toPrecision(1)), chart.unit) }))
  if (bottomless) ticks.unshift({ at: min, label: floorLabel(all, chart.unit) })
  const heightOf = (value: number) => (value > 0 ? Math.max(min, Math.log10(value)) : min)
  return { min, max: highest, ticks, heightOf, off: null }
}

/** Logarithms of round numbers around what is shown: 1, 2, 5 of each power of ten; 1 and 3; powers; some of them. */
function stepsBetween(low: number, high: number): number[] {
  const powers = Math.log10(high) - Math.log10(low)
  const factors = powers <= 1.3 ? [1, 2, 5] : powers <= 2.5 ? [1, 3] : [1]
  const apart = Math.max(1, Math.ceil(powers / mostTicks))
  // The smallest numbers of all have no power of ten that can be said.
  const first = Math.max(-300, Math.floor(Math.log10(low) + 1e-9))
  const all: number[] = []
  for (let power = first; power <= Math.log10(high) + apart + 1; power += apart)
    all.push(...factors.map((factor) => power + Math.log10(factor)))
  const from = all.findLastIndex((at) => at <= Math.log10(low) + 1e-9)
  const until = all.findIndex((at) => at >= Math.log10(high) - 1e-9)
  return all.slice(Math.max(0, from), Math.max(Math.max(0, from) + 1, until) + 1)
}

function floorLabel(all: number[], unit: string | null): string {
  return all.some((value) => value < 0) ? `≤ ${formatValue(0, unit)}` : formatValue(0, unit)
}
