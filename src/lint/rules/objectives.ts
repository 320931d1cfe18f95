// Objectives that measure nothing, something else than is meant, or whose alerts can never fire.
import { nearest } from '../../config/suggest.ts'
import { burnPairs } from '../../core/burn.ts'
import { over } from '../../core/indicator.ts'
import { errorBudget, type Slo } from '../../core/slo.ts'
import { burnAlertName } from '../../core/slo-rules.ts'
import { day, hour, usualDays } from '../../core/slo-window.ts'
import { bare, operandsOf, topOf } from '../../evidence/promql-tree.ts'
import type { Finding, Rule, Subject } from '../finding.ts'

type Found = Omit<Finding, 'path'> & { key: string[] }

export const objectives: Rule = {
  name: 'objectives',
  look(subject) {
    return subject.config.slos.flatMap((slo, index) =>
      [...unreadable(slo), ...rangeless(slo), ...filtering(slo), ...unlikely(slo), ...clashing(subject, index)].map(
        ({ key, ...finding }) => ({ ...finding, path: ['slos', index, ...key] }),
      ),
    )
  },
}

/** What is written, by its key. */
function expressionsOf({ indicator }: Slo): { key: string[]; expr: string; wantsWindow: boolean }[] {
  switch (indicator.kind) {
    case 'share':
      return [{ key: ['promql'], expr: indicator.expr, wantsWindow: true }]
    case 'ratio':
      return [
        { key: [indicator.part], expr: indicator.expr, wantsWindow: true },
        { key: ['total'], expr: indicator.total, wantsWindow: true },
      ]
    case 'availability':
      return [{ key: ['availability'], expr: indicator.expr, wantsWindow: false }]
    case 'value':
      return [{ key: ['value'], expr: indicator.expr, wantsWindow: false }]
    case 'latency':
      return [
        { key: ['latency', 'metric'], expr: indicator.metric, wantsWindow: false },
        { key: ['latency', 'selector'], expr: `m{${indicator.selector}}`, wantsWindow: false },
      ]
    default:
      return indicator satisfies never
  }
}

/** What the grammar of Prometheus refuses. */
export function unreadable(slo: Slo): Found[] {
  return expressionsOf(slo).flatMap(({ key, expr }): Found[] => {
    const place = brokenAt(over(expr, hour))
    if (place === null) return []
    const message = `${key.join('.')} of the objective “${slo.name}” is no PromQL${place === '' ? '' : ` (near “${place}”)`}`
    return [{ weight: 'error', key, message, fix: 'try it on Prometheus’ own page, with 1h for $window' }]
  })
}

/** The text around what does not parse; null: all of it does. */
function brokenAt(expr: string): string | null {
  try {
    return topOf(expr) === null ? expr.trim().slice(0, 40) : null
  } catch {
    return ''
  }
}

function rangeless(slo: Slo): Found[] {
  return expressionsOf(slo).flatMap(({ key, expr, wantsWindow }): Found[] => {
    const has = expr.includes('$window')
    if (has === wantsWindow) return []
    const what = `${key.join('.')} of the objective “${slo.name}”`
    if (!has) {
      const message = `${what} has no $window: it says the same for an hour and for 30 days`
      return [{ weight: 'error', key, message, fix: 'put $window where the range is, as in rate(x[$window])' }]
    }
    const message = `${what} has $window, but is asked for again and again over it`
    return [{ weight: 'error', key, message, fix: 'write a fixed range, as in rate(x[5m])' }]
  })
}

/** `up == 1` gives nothing while it is down: what is bad is not counted at all. */
function filtering(slo: Slo): Found[] {
  const { indicator } = slo
  if (indicator.kind !== 'availability' && indicator.kind !== 'value') return []
  const top = topOf(indicator.expr)
  const node = top === null ? null : bare(top)
  const operator = node?.name === 'BinaryExpr' ? operandsOf(node)?.operator : undefined
  const compares = operator !== undefined && ['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Neq'].includes(operator)
  if (!compares || node?.getChild('BoolModifier')) return []
  const message = `${indicator.kind} of the objective “${slo.name}” leaves out what it does not hold for, instead of counting it as bad`
  const fix = indicator.kind === 'value' ? 'take the comparison out: above or below says it' : 'write == bool 1'
  return [{ weight: 'error', key: [indicator.kind], message, fix }]
}

/** The bounds of buckets that the client libraries have by themselves. */
const usualBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

function unlikely(slo: Slo): Found[] {
  const { indicator, name, objective } = slo
  const found: Found[] = []
  const minutes = errorBudget(objective, usualDays(slo.window) * day)
  if (minutes < 1) {
    const message = `the whole error budget of “${name}” is ${Math.round(minutes * 60)} s: one missed scrape can spend it`
    found.push({ weight: 'warning', key: ['objective'], message, fix: 'promise less, or over a longer window' })
  }
  if (burnPairs(slo).every(({ capped }) => capped)) {
    const message = `an objective of ${objective} % burns ${Math.round(100 / (100 - objective))} times as fast as it lasts at most: its alerts wait until 80 % fail`
    found.push({ weight: 'note', key: ['objective'], message, fix: null })
  }
  if (indicator.kind !== 'latency' || indicator.native) return found
  const { threshold } = indicator
  const key = ['latency', 'threshold']
  if (threshold > 600 || threshold < 0.0001) {
    const message = `“${name}” calls ${threshold} s a good answer`
    found.push({ weight: 'warning', key, message, fix: 'is the unit right? 2s are two seconds, 500ms half a one' })
  } else if (!usualBounds.includes(threshold)) {
    const message = `the histogram of “${name}” needs a bucket of ${threshold} s, which the client libraries do not have by themselves`
    found.push({ weight: 'note', key, message, fix: 'make sure that it has one, e.g. with: tocsin slo' })
  }
  return found
}

function clashing({ config }: Subject, index: number): Found[] {
  const slo = config.slos[index]
  if (slo === undefined) return []
  const other = config.slos.slice(0, index).find((one) => burnAlertName(one) === burnAlertName(slo))
  const services = Object.keys(config.services)
  const meant = services.includes(slo.service) ? null : nearest(slo.service, services)
  const clash: Found = {
    ...{ weight: 'warning', key: ['name'], fix: 'give one of them another name' },
    message: `the alerts of “${slo.name}” and “${other?.name}” have the same name: they would share an incident`,
  }
  const stranger: Found = {
    ...{ weight: 'note', key: ['service'], fix: `is ${meant} meant?` },
    message: `the objective “${slo.name}” is about a service “${slo.service}”, which services does not have`,
  }
  return [...(other === undefined ? [] : [clash]), ...(meant === null ? [] : [stranger])]
}
