// Objectives as the bot uses them: a counter that stands for its rate is written out, each way to measure gets its name.
import type { BurnSeverities } from '../core/burn.ts'
import type { Indicator } from '../core/indicator.ts'
import type { Slo } from '../core/slo.ts'
import { bare, topOf } from '../evidence/promql-tree.ts'
import type { WrittenSlo } from './schema/slos.ts'

export function sloOf(written: WrittenSlo, zone: string): Slo {
  const { name, service, objective, window, alerts, runbook_url } = written
  return {
    ...{ name, service: service ?? name, objective },
    window: typeof window === 'number' ? { days: window } : { period: window, zone },
    indicator: indicatorOf(written),
    alerts: Object.fromEntries(
      Object.entries(alerts).map(([kind, to]) => [kind, to === 'never' ? null : to]),
    ) as BurnSeverities,
    runbookUrl: runbook_url ?? null,
  }
}

function indicatorOf({ good, bad, total, availability, latency, value, above, below, promql }: WrittenSlo): Indicator {
  if (promql !== undefined) return { kind: 'share', expr: promql }
  if (availability !== undefined) return { kind: 'availability', expr: availability, plain: isSelector(availability) }
  if (latency !== undefined) {
    const { metric, selector = '', threshold, native } = latency
    const braces = /^\{(.*)\}$/s.exec(selector.trim())?.[1] ?? selector
    return {
      ...{ kind: 'latency', metric: metric.replace(/_bucket$/, ''), threshold, native },
      selector: braces.trim().replace(/,$/, ''),
    }
  }
  const expr = good ?? bad
  if (expr !== undefined && total !== undefined) {
    const part = good === undefined ? 'bad' : 'good'
    return { kind: 'ratio', part, expr: rateOf(expr), total: rateOf(total) }
  }
  const than = above ?? below
  if (value === undefined || than === undefined) throw new Error('the schema let an SLO pass that measures nothing')
  return { kind: 'value', expr: value, good: above === undefined ? 'below' : 'above', than }
}

/** A counter by itself stands for its rate. */
function rateOf(expr: string): string {
  return isSelector(expr) ? `rate(${expr.trim()}[$window])` : expr
}

/** Whether it selects series and does nothing else with them. */
function isSelector(expr: string): boolean {
  if (expr.includes('$window')) return false
  const top = topOf(expr)
  return top !== null && bare(top) === top && top.name === 'VectorSelector' && !expr.includes('#')
}
