// What Prometheus is to record and to alert on for an objective, as data. How it is written down is another's business.
import { type BurnKind, type BurnPair, budgetShare, burnPairs, burnRanges } from './burn.ts'
import { amountsOf, badAmount, badShare, over } from './indicator.ts'
import {
  amountRange,
  badAmountSeries,
  burnSeries,
  ratioSeries,
  recordedLabels,
  recordedShare,
  totalAmountSeries,
  versionOf,
} from './recorded.ts'
import type { Severity } from './severity.ts'
import type { Slo } from './slo.ts'
import { day, hour, rangeText } from './slo-window.ts'

type Labels = Record<string, string>
type Annotations = Record<string, string>

export type RecordingRule = { record: string; expr: string; labels: Labels }
export type AlertingRule = { alert: string; expr: string; for?: string; labels: Labels; annotations: Annotations }
export type RuleGroup = { name: string; slo: Slo; pairs: BurnPair[]; rules: (RecordingRule | AlertingRule)[] }

/** What people read, and what their severities are called in labels. */
export type RuleWords = {
  burn(slo: Slo, pair: BurnPair): Annotations
  unmeasured(slo: Slo): Annotations
  /** The value of the label `severity` that makes an alert with these labels a `wanted`. */
  severity(wanted: Severity, labels: Labels): string
}

/** Over this and shorter ranges Prometheus is asked for the samples themselves; longer ones are summed up from what it recorded. */
const longestRaw = 6 * hour

/** Nothing measured for this long is told. */
const unmeasuredFor = hour

export function ruleGroup(slo: Slo, words: RuleWords): RuleGroup {
  const pairs = burnPairs(slo)
  return { name: `slo ${slo.name}`, slo, pairs, rules: [...recordings(slo, pairs), ...alerts(slo, pairs, words)] }
}

function recordings(slo: Slo, pairs: BurnPair[]): RecordingRule[] {
  const labels = { slo: slo.name, service: slo.service, slo_version: versionOf(slo) }
  const rule = (record: string, expr: string): RecordingRule => ({ record, expr, labels })
  const ranges = burnRanges(pairs).map((range) => rule(ratioSeries(range), ratioOver(slo, range)))
  const looked = [...new Set(pairs.flatMap(({ long, short }) => [long, short]))].sort((a, b) => a - b)
  const burns = looked.map((range) =>
    rule(burnSeries(range), `${ratioSeries(range)}${recordedLabels(slo)} / ${budgetShare(slo.objective)}`),
  )
  return [...amounts(slo, rule), ...ranges, ...burns, ...wholeWindow(slo, rule)]
}

/** What longer ranges are summed up from. A share that was written whole has none. */
function amounts(slo: Slo, rule: (record: string, expr: string) => RecordingRule): RecordingRule[] {
  const bad = badAmount(slo.indicator, amountRange)
  const total = amountsOf(slo.indicator)?.total
  if (bad === null || total === undefined) return []
  return [rule(badAmountSeries, bad), rule(totalAmountSeries, over(total, amountRange))]
}

function ratioOver(slo: Slo, range: number): string {
  if (range > longestRaw) return recordedShare(slo, rangeText(range))
  // 0/0 is no number, and one of them in a mean makes it none for as long as the mean looks back: left out.
  return slo.indicator.kind === 'share' ? `(${badShare(slo.indicator, range)}) > -1` : badShare(slo.indicator, range)
}

/** For dashboards. A window of the calendar has no range that Prometheus could be given. */
function wholeWindow(slo: Slo, rule: (record: string, expr: string) => RecordingRule): RecordingRule[] {
  const objective = rule('slo:objective:ratio', `vector(${1 - budgetShare(slo.objective)})`)
  if (!('days' in slo.window)) return [objective]
  const ratio = ratioSeries(slo.window.days * day)
  const left = `1 - ${ratio}${recordedLabels(slo)} / ${budgetShare(slo.objective)}`
  const isAsked = burnRanges(burnPairs(slo)).includes(slo.window.days * day)
  const whole = isAsked ? [] : [rule(ratio, recordedShare(slo, rangeText(slo.window.days * day)))]
  return [...whole, rule('slo:error_budget:left', left), objective]
}

function alerts(slo: Slo, pairs: BurnPair[], words: RuleWords): AlertingRule[] {
  const burning = pairs.flatMap((pair): AlertingRule[] => {
    const severity = slo.alerts[pair.kind]
    if (severity === null) return []
    const [long, short] = [pair.long, pair.short].map((range) => `${burnSeries(range)}${recordedLabels(slo)}`)
    const expr = `${long} > ${pair.factor}\nand\n${short} > ${pair.factor}`
    return [{ ...alert(slo, burnAlertName(slo), pair.kind, severity, words), expr, annotations: words.burn(slo, pair) }]
  })
  return [...burning, ...unmeasured(slo, words)]
}

/**
 * All burn alerts of one objective have one name, and so become one incident; the worst of them gives its severity. The
 * version is of no use to people: an empty label is none.
 */
function alert(slo: Slo, name: string, burn: BurnKind | null, severity: Severity, words: RuleWords) {
  const labels = { service: slo.service, slo: slo.name, ...(burn !== null && { burn }) }
  const value = words.severity(severity, { ...labels, alertname: name })
  return { alert: name, labels: { ...labels, severity: value, slo_version: '' } }
}

/** An objective whose metric has gone is not kept, it is blind. Of what is down, `up` included, nobody would hear. */
function unmeasured(slo: Slo, words: RuleWords): AlertingRule[] {
  const severity = slo.indicator.kind === 'availability' ? slo.alerts.slow : slo.alerts.ticket
  if (severity === null || slo.indicator.kind === 'share') return []
  return [
    {
      ...alert(slo, `${pascalCase(slo.name)}NotMeasured`, null, severity, words),
      expr: `absent(${totalAmountSeries}${recordedLabels(slo)})`,
      for: rangeText(unmeasuredFor),
      annotations: words.unmeasured(slo),
    },
  ]
}

/** `Payments availability` → `PaymentsAvailabilityErrorBudgetBurn`: a runbook can name it. */
export function burnAlertName({ name }: Pick<Slo, 'name'>): string {
  return `${pascalCase(name)}ErrorBudgetBurn`
}

function pascalCase(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ['Objective']
  return words.map(([first = '', ...rest]) => first.toUpperCase() + rest.join('')).join('')
}
