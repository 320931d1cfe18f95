// The charts of an incident from Prometheus: what its alerts watch, then what its service always wants to see.
import { alertName, type Labels } from '../core/alert.ts'
import { exportersFor } from '../presets/find.ts'
import { expressionOf } from './alert-link.ts'
import type { EvidenceRequest, Finding } from './evidence.ts'
import { findingOf } from './finding.ts'
import type { Plan } from './measured.ts'
import type { Prometheus } from './prometheus.ts'
import { atEachMoment, splitExpression, watchesNothing } from './promql.ts'

export const noPrometheus = 'no PROMETHEUS_URL is set, so there is nothing to ask'

const alertCharts = 3
const allCharts = 6

/**
 * One finding a chart: the distinct expressions of the alerts (those of most alerts first, at most 3), then the
 * service's own charts (6 in all). Never throws; what cannot be drawn says why.
 */
export async function chartsOfIncident(request: EvidenceRequest, prometheus: Prometheus): Promise<Finding[]> {
  if (prometheus.url === null) {
    return [{ ok: false, title: request.title, reason: noPrometheus }]
  }
  const plans = plansOf(request)
  if (plans.length === 0) {
    const where = `services.${request.service}.charts`
    const reason = `the alert carries no expression for Prometheus; add charts under ${where}`
    const offers = [...new Set(request.alerts.flatMap(({ labels }) => exportersFor(labels).map(({ name }) => name)))]
    return [{ ok: false, title: request.title, reason, ...(offers.length > 0 && { offers: offers.slice(0, 3) }) }]
  }
  return Promise.all(
    plans.map((plan, index) => findingOf(plan, { ...request, ...(index >= comparedCharts && calm) }, prometheus)),
  )
}

/** The first charts are compared with last week. More would ask a Prometheus that may be in trouble itself twice as much. */
const comparedCharts = 3
const calm = { baseline: 'none' } as const

function plansOf(request: EvidenceRequest): Plan[] {
  const all = request.alerts.flatMap(({ fired = [] }) => fired)
  const own: Plan[] = request.charts.map(({ expr, ...spec }) => ({ ...spec, fired: all, ...splitExpression(expr) }))
  const counted = new Map<string, { plan: Plan; alerts: number }>()
  for (const { labels, generatorUrl, fired = [] } of request.alerts) {
    const expr = expressionOf(generatorUrl)
    // A dead man's switch fires whatever is measured.
    if (expr === null || watchesNothing(expr)) continue
    const split = splitExpression(atEachMoment(expr))
    // A warning and a critical rule over one query are one picture; the service's own chart of it has the better title.
    const { title, unit, scale, bands } = own.find((chart) => chart.query === split.query) ?? unnamed
    const known = counted.get(split.query)
    if (known) {
      known.alerts += 1
      known.plan.fired.push(...fired)
    } else {
      const plan = {
        title: title ?? burnTitle(labels) ?? alertName(labels),
        unit,
        ...(scale && { scale }),
        ...(bands && { bands }),
        fired: [...fired],
        ...split,
      }
      counted.set(split.query, { plan, alerts: 1 })
    }
  }
  const fromAlerts = [...counted.values()].sort((a, b) => b.alerts - a.alerts).slice(0, alertCharts)
  const rest = own.filter(({ query }) => !counted.has(query))
  return [...fromAlerts.map(({ plan }) => plan), ...rest].slice(0, allCharts)
}

const unnamed = { title: null, unit: null, scale: undefined, bands: undefined }

/** What an alert of `tocsin slo rules` watches, in words; null: it is another one. */
function burnTitle({ slo, burn }: Labels): string | null {
  return slo && burn ? `${slo}: burn rate (${burn})` : null
}
