// Draws what people asked for by hand: any PromQL, or a preset; and says what is wrong where there is nothing to draw.
import type { ChartMark } from '../charts/chart.ts'
import type { Labels } from '../core/alert.ts'
import type { BaselineChoice } from './baseline.ts'
import type { AskedChart, AskedCharts } from './chart-words.ts'
import type { Finding } from './evidence.ts'
import { type Asked, findingOf, noData } from './finding.ts'
import { whyNothing } from './nothing-found.ts'
import type { Prometheus } from './prometheus.ts'
import { splitExpression } from './promql.ts'

/** Where it is asked. `service`: what the incident of the room is about; empty elsewhere. */
export type AskedIn = {
  service: string
  zone: string
  baseline: BaselineChoice
  startedAt: Date | null
  marks: ChartMark[]
  /** Of the incident's alerts: their series come first. */
  alerts: { labels: Labels }[]
}

/** A finding each, side by side. Never throws. */
export function drawAskedCharts(asked: AskedCharts, where: AskedIn, prometheus: Prometheus): Promise<Finding[]> {
  const request: Asked = { ...where, ...asked.window }
  return Promise.all(asked.charts.map((chart) => oneOf(chart, request, prometheus)))
}

/** The first of its expressions that has anything to show. */
async function oneOf({ exprs, ...spec }: AskedChart, request: Asked, prometheus: Prometheus): Promise<Finding> {
  let missing: Finding = { ok: false, title: spec.title, reason: 'there is nothing to draw' }
  for (const [index, expr] of exprs.entries()) {
    const found = await findingOf({ ...spec, fired: [], ...splitExpression(expr) }, request, prometheus)
    if (found.ok) return index === 0 ? found : withNote(found, index === exprs.length - 1)
    if (index === 0 || found.reason.startsWith(noData)) missing = found
    if (!found.reason.startsWith(noData)) return found
  }
  const why = missing.ok || !missing.reason.startsWith(noData) ? null : await explained(exprs, request, prometheus)
  return missing.ok || why === null ? missing : { ...missing, reason: `${missing.reason}: ${why}` }
}

function explained(exprs: string[], request: Asked, prometheus: Prometheus): Promise<string | null> {
  return whyNothing(exprs.at(-1) ?? '', request.until, prometheus)
}

/** It is about more than the incident: nothing had exactly its labels. */
function withNote(found: Extract<Finding, { ok: true }>, isEverything: boolean): Finding {
  const note = isEverything ? 'not only of this incident: nothing has its labels' : 'the same machine'
  return { ...found, chart: { ...found.chart, subtitle: `${found.chart.subtitle} · ${note}` } }
}
