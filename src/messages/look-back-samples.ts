// Builders of what looks back (post-mortem, objectives, digest), run over samples, so that a template of theirs with a
// mistake stops the start like any other.
import { burnPairs, burnRanges, usualBurnSeverities } from '../core/burn.ts'
import type { ResponseClock } from '../core/clocks.ts'
import type { ServiceChange } from '../core/service-change.ts'
import { judge, type Slo, unknownStanding } from '../core/slo.ts'
import { responseFigures, type Spread } from '../core/statistics.ts'
import { weekOf } from '../core/week.ts'
import type { Missing } from '../drafts/completeness.ts'
import type { IncidentView } from '../store/views.ts'
import { runActionBuilders, sampleActions } from './action-samples.ts'
import { burnAnnotations, unmeasuredAnnotations } from './burn.ts'
import { type DigestFacts, digestMessage } from './digest.ts'
import { digestsMessage } from './digests.ts'
import { checkMessage, insteadNote, noteLabel, postmortemFacts, postmortemMessage } from './postmortem.ts'
import { sampleNow } from './sample-incidents.ts'
import { sealLine } from './seal.ts'
import { sloMessage } from './slo.ts'
import type { Words } from './words.ts'

const slo: Slo = {
  ...{ name: 'Availability', service: 'checkout', objective: 99.9, window: { days: 30 }, runbookUrl: null },
  indicator: { kind: 'availability', expr: 'up', plain: true },
  alerts: usualBurnSeverities,
}
const monthly: Slo = { ...slo, window: { period: 'month', zone: 'Europe/Berlin' } }
const pairs = burnPairs(slo)
const sampleSince = new Date(sampleNow.getTime() - 40 * 60_000)
const burning = (rate: number) => new Map(burnRanges(pairs).map((range) => [range, rate]))
const standings = [
  ...[slo, monthly].flatMap((one) =>
    [0, 0.00001, 0.00095, 0.01].flatMap((bad) =>
      [0, 0.3, 1.2, 30].map((rate) =>
        judge(
          one,
          { bad, events: bad * 1e5, rates: burning(rate), stretches: [], since: rate > 1 ? sampleSince : null },
          pairs,
          sampleNow,
        ),
      ),
    ),
  ),
  judge(slo, { bad: 0, events: null, rates: new Map(), stretches: [], since: null }, pairs, sampleNow),
  ...['no data', 'no traffic'].map((reason) => unknownStanding(slo, reason, sampleNow)),
]

const change: ServiceChange = {
  ...{ source: 'pipeline', key: '1', kind: 'deployment', title: 'Deploy payments 4.2.1', service: 'payments' },
  ...{ environment: 'production', version: '4.2.1', url: 'https://ci.example.test/1', by: 'ada', status: 'succeeded' },
  ...{ startedAt: new Date(sampleNow.getTime() - 3_600_000), finishedAt: sampleNow, toldAt: sampleNow },
}
const sampleChanges: ServiceChange[] = [
  { ...change, startedAt: sampleNow, url: null, by: null, status: 'failed' },
  change,
]

/** After every time it came back. */
const sampleClocks: ResponseClock[] = (['met', 'breached', 'running'] as const).map((status, i) => ({
  ...{ name: `respond ${i}`, until: 'acknowledged', status, mark: 0 },
  ...{ startedAt: sampleNow, dueAt: sampleNow, stoppedAt: status === 'met' ? sampleNow : null },
}))

const sampleMissing: Missing[] = [
  { kind: 'question', question: '**What was the impact?**' },
  ...(['impact', 'detection', 'factors', 'lead'] as const).map((kind) => ({ kind })),
  ...(['owner', 'date'] as const).map((kind) => ({ kind, item: 1, action: 'Alert on queue length' })),
]

export function runLookBackBuilders(words: Words, views: IncidentView[]): void {
  for (const view of views) {
    for (const around of [
      { actions: sampleActions, changes: sampleChanges, clocks: [...view.clocks, ...sampleClocks] },
      { actions: [], changes: [], clocks: view.clocks },
    ])
      words.templates.document('postmortems/default', postmortemFacts(words, view, around))
    for (const missing of [[], sampleMissing, sampleMissing.flatMap((one) => [one, one, one])]) {
      const row = { draftedAt: sampleNow }
      postmortemMessage(words, view, { ...row, publishedAt: null, publishedBy: null }, missing)
      postmortemMessage(words, view, { ...row, publishedAt: sampleNow, publishedBy: 'ada' }, missing)
      for (const publishing of [view.incident, null]) checkMessage(words, view.incident.number, missing, publishing)
    }
  }
  for (const by of ['ada', null]) noteLabel(words, by)
  insteadNote(words, 'postmortems/ours.md:3: undefined variable: root_cause')
  sealLine(words, 12, 34, 'f00d')
  runActionBuilders(words, views)
  for (const pair of pairs) burnAnnotations(words.templates, slo, pair)
  unmeasuredAnnotations(words.templates, slo)
  sloMessage(words, [], sampleNow, null)
  sloMessage(words, standings, sampleNow, null)
  for (const facts of weeks(views)) digestMessage(words, facts, null)
  const usual = { name: '', cron: '', zone: 'UTC', channel: null, platforms: [], services: [], email: [] }
  const own = {
    ...usual,
    name: 'payments',
    channel: 'payments',
    platforms: ['slack'],
    services: ['a', 'b'],
    email: ['x'],
  }
  for (const digests of [[], [usual], [usual, own]]) digestsMessage(words, digests, { '': sampleNow }, sampleNow)
}

/** A week without anything, and one with everything. */
function weeks(views: IncidentView[]): (DigestFacts & { slos: typeof standings })[] {
  const week = weekOf(sampleNow, 'Europe/Berlin')
  const none = { ...responseFigures([], week.from, week.until), severity: 'P1' as const }
  const quiet = {
    ...{ week, asOf: sampleNow, opened: {}, before: {}, noisiest: [], slos: [], name: '', services: [] },
    ...{
      goals: { mttr: null, mtbf: null, precision: null, changeFailures: null },
      nights: [],
      flapping: [],
      proposals: [],
    },
    ...{ resolveTimes: { now: null, before: null }, betweenFailures: null, deployments: { deployments: 0, failed: 0 } },
    ...{ precision: { useful: 0, noise: 0, duplicate: 0, unsaid: 0 }, hasty: { times: 0, of: 0 } },
    ...{ actions: { list: [], total: 0 }, checklists: [], staleRunbooks: [] },
  }
  const empty = { ...quiet, figures: [none], open: { list: [], total: 0 }, missing: { list: [], total: 0 } }
  const times = { count: 3, mean: 240_000, median: 180_000 }
  const full = {
    ...none,
    opened: 3,
    inTime: 2,
    late: 1,
    undecided: 1,
    endedUnanswered: 1,
    timeToAcknowledge: times,
    timeToResolve: times,
  }
  const listed = views.map(({ incident }) => ({ ...incident, acknowledgedBy: null, dueAt: sampleNow }))
  const list = [...listed, ...listed.map((one) => ({ ...one, acknowledgedBy: 'ada', dueAt: null }))]
  return [
    empty,
    {
      ...quiet,
      opened: { P1: 1, P2: 2 },
      before: { P1: 4 },
      figures: [full, { ...full, severity: 'P2' }],
      noisiest: [{ alert: 'HighLatency', fired: 12, incidents: 3, unanswered: 2 }],
      open: { list, total: list.length + 3 },
      missing: { list, total: list.length + 3 },
      slos: standings,
    },
    { ...empty, ...everyFigure(times), opened: { P1: 1 } },
    { ...empty, ...everyFigure(times), ...unlucky(times), name: 'payments', services: ['payments'] },
  ]
}

const goals = { mttr: 900_000, mtbf: 30 * 86_400_000, precision: 95, changeFailures: 15 }

function everyFigure(times: Spread) {
  return {
    ...{ goals, resolveTimes: { now: times, before: times }, betweenFailures: { mean: 86_400_000, atLeast: true } },
    ...{ deployments: { deployments: 9, failed: 1 }, precision: { useful: 9, noise: 0, duplicate: 0, unsaid: 0 } },
    ...{ hasty: { times: 1, of: 2 }, nights: [{ person: 'ada', times: 1 }] },
    flapping: [{ alert: 'HighLatency', incident: 12, times: 4 }],
    proposals: [],
    staleRunbooks: Array.from({ length: 6 }, () => ({ title: 'Service down', why: ['its steps are skipped'] })),
    checklists: [
      { list: 'Daily checks', runs: 5, complete: 4 },
      { list: 'Review', runs: 1, complete: 1 },
    ],
    actions: { list: sampleActions.map((one) => ({ ...one, ...ofSample })), total: 9 },
  }
}

const ofSample = { title: 'Sample', severity: 'P1', service: 'payments', openedAt: sampleNow } as const

function unlucky(times: Spread) {
  const demote = { kind: 'demote', alert: 'HighLatency', severity: 'P1', to: 'P2' } as const
  return {
    ...{ resolveTimes: { now: { ...times, mean: 9e6 }, before: null }, betweenFailures: { mean: 9e6, atLeast: false } },
    ...{ deployments: { deployments: 4, failed: 2 }, precision: { useful: 1, noise: 2, duplicate: 1, unsaid: 3 } },
    nights: ['ada', 'grace'].map((person) => ({ person, times: 2 })),
    proposals: [
      { kind: 'raise for', alert: 'HighLatency', times: 4, within: 100_000 } as const,
      ...[
        { noise: 1, ignored: 1 },
        { noise: 2, ignored: 0 },
        { noise: 0, ignored: 3 },
      ].map((n) => ({ ...demote, ...n })),
      { kind: 'group', alerts: ['HighLatency', 'Errors'] as [string, string], times: 3 } as const,
    ],
  }
}
