// Objectives: what is promised, over which window, and in one of six ways what is measured.
import type { z } from 'zod'
import { burnSeverity, latency, limit, link, objective, sloWindow, text, textLike, yesNo } from '../notation.ts'
import { keys, leaf, list } from './parts.ts'
import { repeated } from './services.ts'

/** Each way to measure by the keys that make it. What can stand in a place of its own comes first. */
const forms = [
  ['good', 'total'],
  ['bad', 'total'],
  ['availability'],
  ['latency'],
  ['value', 'above'],
  ['value', 'below'],
  ['promql'],
] as const

const measuring = ['good', 'bad', 'total', 'availability', 'latency', 'value', 'above', 'below', 'promql'] as const

const example = 'good: http_requests_total{status!~"5.."} and total: http_requests_total'

const latencyOf = keys({
  metric: leaf(textLike('http_request_duration_seconds'), 'Name of the histogram, without `_bucket`.'),
  threshold: leaf(latency, 'How long a good one takes at most; the histogram needs a bucket that ends there.'),
  selector: leaf(textLike('job="payments"'), 'Labels, as between the braces of PromQL.').optional(),
  native: leaf(yesNo, 'It is a native histogram, which needs no such bucket.').prefault('false'),
})

const alerts = keys({
  fast: leaf(burnSeverity, 'When 2 % of the budget go in an hour.').prefault('P1'),
  slow: leaf(burnSeverity, 'When 5 % go in six hours.').prefault('P2'),
  ticket: leaf(burnSeverity, 'When 10 % go in three days.').prefault('P3'),
})

const slo = keys({
  name: leaf(textLike('Payments availability'), 'Unique name, shown by `/slo` and in the digest.'),
  service: leaf(text, 'Service it belongs to.', { 'x-default': 'its name' }).optional(),
  objective: leaf(objective, 'Share of good ones promised, in percent.'),
  window: leaf(sloWindow, 'The last so many days, or the running week, month or quarter of the team’s zone.').prefault(
    '30d',
  ),
  good: leaf(
    textLike('http_requests_total{status!~"5.."}'),
    'Events that were good: a counter, or PromQL with `$window`.',
  ).optional(),
  bad: leaf(
    textLike('http_requests_total{status=~"5.."}'),
    'Events that were bad, instead of the good ones.',
  ).optional(),
  total: leaf(textLike('http_requests_total'), 'All events, with `good` or `bad`.').optional(),
  availability: leaf(
    textLike('up{job="payments"}'),
    'What is 1 while up and 0 while down, such as `up` or `probe_success`.',
  ).optional(),
  latency: latencyOf.optional(),
  value: leaf(textLike('quality_score_mean'), 'A value whose time on the good side counts.').optional(),
  above: leaf(limit, 'The value is good above this.').optional(),
  below: leaf(limit, 'The value is good below this.').optional(),
  promql: leaf(
    textLike('avg_over_time(up{job="payments"}[$window])'),
    'Share of good ones from 0 to 1, with `$window` for the range, when nothing else fits.',
  ).optional(),
  alerts: alerts.prefault({}),
  runbook_url: leaf(link, 'Goes with its burn alerts.').optional(),
}).superRefine((written, ctx) => {
  const given = measuring.filter((key) => written[key] !== undefined)
  if (forms.some((form) => form.length === given.length && form.every((key) => given.includes(key)))) return
  const { message, at } = mistake(given)
  ctx.addIssue({ code: 'custom', message, path: [at], ...(given.length === 0 && { params: { example } }) })
})

type Key = (typeof measuring)[number]

/** What is wrong with a set of keys that is none of the forms; `at`: the key to look at. */
function mistake(given: Key[]): { message: string; at: Key } {
  const ways = 'good and total, bad and total, availability, latency, value with above or below, or promql'
  const has = (key: Key) => given.includes(key)
  const [lone, second] = given
  if (lone === undefined) return { message: `is missing: nothing says what is measured; give ${ways}`, at: 'good' }
  if (second === undefined) return { message: alone(lone), at: lone }
  if (has('good') && has('bad')) return { message: 'stands beside good; one of them is enough', at: 'bad' }
  if (has('above') && has('below')) {
    return { message: 'stands beside above; make two objectives of it', at: 'below' }
  }
  return {
    message: `does not go with ${given.filter((key) => key !== second).join(', ')}; take one of ${ways}`,
    at: second,
  }
}

function alone(key: Key): string {
  switch (key) {
    case 'good':
    case 'bad':
      return 'needs the key total beside it: all events'
    case 'total':
      return 'needs the key good or bad beside it'
    case 'value':
      return 'needs the key above or below beside it: where it is good'
    default:
      return 'needs the key value beside it'
  }
}

export const slos = list(slo).superRefine((all, ctx) => {
  for (const index of repeated(all.map((one) => one.name))) {
    ctx.addIssue({ code: 'custom', message: 'is the name of another SLO; give each its own', path: [index, 'name'] })
  }
})

export type WrittenSlo = z.output<typeof slo>
