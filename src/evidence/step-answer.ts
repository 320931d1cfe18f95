// Asks one query of a runbook's step, in the time it has: a chart, a number, or a few lines.
import type { Chart } from '../charts/chart.ts'
import { formatValue } from '../charts/format.ts'
import { chartSummary } from '../charts/summary.ts'
import { chartText } from '../charts/text.ts'
import type { Config } from '../config/config.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { answerOf } from './ask.ts'
import type { EvidenceRequest } from './evidence.ts'
import { fillQuery } from './fill-query.ts'
import { chartsOfIncident } from './incident-charts.ts'
import { askLoki } from './loki.ts'
import { type Prometheus, querySingle } from './prometheus.ts'
import { bare, topOf } from './promql-tree.ts'
import type { StepQuery } from './step-queries.ts'
import { unitOf } from './units.ts'

/** `query`: as it was asked. All text is plain. */
export type StepAnswer =
  | { query: string; summary: string; chart: Chart | null; inWords: string; lines: string }
  | { query: string; reason: string }

/** Never throws: what cannot be asked says why. */
export async function answerStep(
  config: Pick<Config, 'prometheus' | 'evidence'>,
  asked: StepQuery,
  request: EvidenceRequest,
): Promise<StepAnswer> {
  let { query } = asked
  try {
    query = fillQuery(asked, request)
    if (asked.language === 'logql')
      return isStream(query)
        ? await lines(config, query, request)
        : await drawn(lokiAs(config), query, { ...request, baseline: 'none' })
    return isScalar(query) ? await number(config, query, request) : await drawn(config, query, request)
  } catch (error) {
    return { query, reason: reasonOf(error) }
  }
}

/** LogQL that begins with a selector gives lines; anything around one (`sum(rate({…}[5m]))`) gives numbers. */
function isStream(query: string): boolean {
  return /^\s*\{/.test(query)
}

/** Loki answers queries for numbers as Prometheus does, below a path of its own. */
function lokiAs({ evidence: { loki, timeout } }: Pick<Config, 'evidence'>): { prometheus: Prometheus } {
  if (loki === null) throw new PermanentError('no loki is configured in tocsin.yaml')
  return {
    prometheus: {
      url: `${loki.url}/loki`,
      timeout,
      name: 'Loki',
      section: 'loki',
      headers: loki.headers,
      ...(loki.tls && { tls: loki.tls }),
    },
  }
}

async function drawn(
  { prometheus }: { prometheus: Prometheus },
  query: string,
  request: EvidenceRequest,
): Promise<StepAnswer> {
  // What the alerts watch is in the room already.
  const alerts = request.alerts.map((alert) => ({ ...alert, generatorUrl: null }))
  const charts = [{ title: request.title, expr: query, unit: null }]
  const [finding] = await chartsOfIncident({ ...request, alerts, charts }, prometheus)
  if (finding === undefined) return { query, reason: 'there is nothing to draw' }
  if (!finding.ok) return { query, reason: finding.reason }
  const { chart } = finding
  return { query, summary: chartSummary(chart), chart, inWords: chartText(chart), lines: '' }
}

async function number(
  { prometheus }: Pick<Config, 'prometheus'>,
  query: string,
  { until }: EvidenceRequest,
): Promise<StepAnswer> {
  const value = await querySingle(prometheus, query, until)
  if (value === null) return { query, reason: 'it has no value now' }
  return { query, summary: `now ${formatValue(value, unitOf(query))}`, chart: null, inWords: '', lines: '' }
}

/** Whether it is one number without labels, of which a picture says no more than its value. */
function isScalar(query: string): boolean {
  const top = topOf(query)
  if (top === null) return false
  const node = bare(top)
  const name = node.getChild('FunctionIdentifier')?.firstChild?.name
  return (
    node.name === 'NumberDurationLiteral' || (node.name === 'FunctionCall' && (name === 'Scalar' || name === 'Time'))
  )
}

async function lines(
  config: Pick<Config, 'evidence'>,
  query: string,
  { from, until, zone }: EvidenceRequest,
): Promise<StepAnswer> {
  const ask = (signal: AbortSignal) => askLoki(config, query, { from, until, zone }, signal)
  const answer = await answerOf(ask, config.evidence.timeout)
  if (answer.status === 'failed') return { query, reason: answer.reason }
  const none = { query, summary: 'no line matches', chart: null, inWords: '', lines: '' }
  if (answer.status === 'nothing') return none
  const { items } = answer.section
  const found = items.flatMap(({ text, code }) => [text, ...(code === null ? [] : [code])]).join('\n')
  return { ...none, summary: answer.section.summary, lines: found }
}
