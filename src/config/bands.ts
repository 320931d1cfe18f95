// Bands as they are written, in the unit of their chart.
import { type Bands, bandsOf } from '../core/bands.ts'
import { inUnit, type Quantity, unitOfQuantity } from '../core/quantity.ts'
import { unitNamed } from '../evidence/unit-names.ts'
import { unitOf } from '../evidence/units.ts'

const names = ['target', 'acceptable', 'critical'] as const

type WrittenBands = Partial<Record<(typeof names)[number], Quantity>>

type Chart = { promql: string; unit?: string | undefined; bands?: WrittenBands | undefined }

/** What is wrong with a chart's bands, and with which of them. Empty: nothing is. */
export function bandProblems({ promql, unit, bands }: Chart): { name: (typeof names)[number]; message: string }[] {
  if (bands === undefined) return []
  const measured = unitOfChart({ promql, unit, bands })
  const strangers = names.filter((name) => bands[name] !== undefined && boundOf(bands[name], measured) === null)
  if (strangers.length > 0)
    return strangers.map((name) => ({
      name,
      message: `is no bound of what is measured in ${measured ?? 'plain numbers'}; write it so, or give the chart its unit`,
    }))
  const given = names.filter((name) => bands[name] !== undefined)
  const last = given.at(-1)
  if (last === undefined) return []
  if (given.length < 2)
    return [{ name: last, message: 'is alone: two of target, acceptable and critical tell which way is worse' }]
  if (inUnits(bands, measured) === null)
    return [{ name: last, message: `goes another way: ${given.join(', ')} must each be worse than the one before` }]
  return []
}

/** The bands in the unit of the chart, and that unit. Null: there are none. */
export function chartBands(chart: Chart): { bands: Bands; unit: string | null } | null {
  if (chart.bands === undefined) return null
  const unit = unitOfChart({ ...chart, bands: chart.bands })
  const bands = inUnits(chart.bands, unit)
  return bands && { bands, unit }
}

/** As it is written, as the metrics say, as the bounds say. */
function unitOfChart({ promql, unit, bands }: Chart & { bands: WrittenBands }): string | null {
  if (unit !== undefined) return unitNamed(unit)
  const own = names.map((name) => bands[name] && unitOfQuantity(bands[name])).find((of) => of) ?? null
  const told = unitOf(promql)
  // A quotient of two unknown things is called a ratio for want of better knowledge: its bounds know better.
  return told === null || (told === 'ratio' && own !== null) ? own : told
}

function boundOf(quantity: Quantity | undefined, unit: string | null): number | null {
  if (quantity === undefined) return null
  return unit === null ? (quantity.of === null ? quantity.value : null) : inUnit(quantity, unit)
}

function inUnits(bands: WrittenBands, unit: string | null): Bands | null {
  const [target, acceptable, critical] = names.map((name) => boundOf(bands[name], unit))
  return bandsOf({ target: target ?? null, acceptable: acceptable ?? null, critical: critical ?? null })
}
