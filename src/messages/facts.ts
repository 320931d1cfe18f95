// What templates may say about an incident: plain values, no words. One shape for the card, the announcement and the pages.
import { type Alert, alertName, type Labels } from '../core/alert.ts'
import type { ResponseClock } from '../core/clocks.ts'
import { peopleBehind } from '../core/duty.ts'
import type { Incident } from '../core/incident.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import { comingStep, type Rung, type Target } from '../core/policy.ts'
import { type LatestUpdate, latestUpdate, rolesOf } from '../core/response.ts'
import type { Override } from '../core/schedule.ts'
import { stepTime } from '../core/terms.ts'
import type { IncidentView } from '../store/views.ts'
import { consoleUrl, type Link, linksOf, postmortemUrl, roomOf } from './addresses.ts'
import { endedItself } from './citations.ts'
import type { Setting, Words } from './words.ts'

/** Whom the policy really reaches next: steps that page nobody at that instant are passed over. `step` counts from 1. */
export type NextStep = {
  kind: 'step' | 'last resort'
  at: Date
  step: number
  round: number
  /** By key; whoever is on call then. */
  people: string[]
}

/** A clock as people see it: `late` once it has run out, answered or not. */
type ClockFact = {
  name: string
  startedAt: Date
  dueAt: Date
  stoppedAt: Date | null
  took: number | null
  late: boolean
  /** Over by itself before anybody did what it waited for: nobody kept it. */
  endedItself: boolean
}

/** Alerts of one name, and where they fire: pods, instances, as far as they can be told apart. */
type AlertLine = { name: string; where: string[]; more: number }

export type IncidentFacts = Setting & {
  number: number
  title: string
  service: string
  severity: string
  status: Incident['status']
  openedAt: Date
  acknowledgedAt: Date | null
  acknowledgedBy: string | null
  /** Until when the acknowledgement holds without being renewed; null: until the end. */
  leaseUntil: Date | null
  /** Whoever has it was asked whether that is still so, and did not say yet. */
  renewalAsked: boolean
  resolvedAt: Date | null
  /** Null while not resolved, and when it resolved itself. */
  resolvedBy: string | null
  /** Milliseconds from opening to the end; null while it lasts. */
  duration: number | null
  lead: string | null
  /** Besides the lead. */
  roles: { role: string; person: string }[]
  /** The latest status update; null: there was none. */
  update: LatestUpdate | null
  /** Every step was tried and nobody answered. */
  lastResort: boolean
  next: NextStep | null
  /** People of the latest step that was paged, while nobody has the incident. */
  paged: string[]
  /** All alerts are clear; resolves itself then. */
  quietUntil: Date | null
  /** Clocks still to be stopped that ran out, the oldest first; and the next to run out. */
  overdue: ClockFact[]
  nextClock: ClockFact | null
  stopped: ClockFact[]
  firing: number
  alerts: number
  alertLines: AlertLine[]
  moreAlerts: number
  description: string
  steps: number
  stepsLeft: number
  links: Link[]
  room: { name: string; url: string }
  consoleUrl: string
  postmortemUrl: string
}

const shownAlerts = 4
const shownPlaces = 3

/** `platform`: where the message goes, for the link to the room there. */
export function incidentFacts(
  words: Words,
  view: IncidentView,
  now: Date,
  platform: string | null = null,
): IncidentFacts {
  const { incident } = view
  const status = statusFacts(incident)
  const policy = policyFacts(words, view, now)
  const clocks = clockFacts(view, now)
  const alerts = alertFacts(view)
  // Field by field: an object put together out of others takes several times as long, and each message needs one.
  return {
    now,
    zone: incident.terms.zone,
    people: words.config.people,
    team: words.config.team,
    number: incident.number,
    title: incident.title,
    service: incident.service,
    severity: incident.severity,
    openedAt: incident.openedAt,
    quietUntil: incident.quietUntil,
    lead: incident.lead,
    status: incident.status,
    leaseUntil: status.leaseUntil,
    renewalAsked: status.renewalAsked,
    acknowledgedAt: status.acknowledgedAt,
    acknowledgedBy: status.acknowledgedBy,
    resolvedAt: status.resolvedAt,
    resolvedBy: status.resolvedBy,
    duration: status.duration,
    lastResort: policy.lastResort,
    next: policy.next,
    paged: policy.paged,
    overdue: clocks.overdue,
    nextClock: clocks.nextClock,
    stopped: clocks.stopped,
    firing: alerts.firing,
    alerts: alerts.alerts,
    alertLines: alerts.alertLines,
    moreAlerts: alerts.moreAlerts,
    description: alerts.description,
    roles: rolesOf(view.timeline),
    update: latestUpdate(view.timeline),
    steps: view.runbook.length,
    stepsLeft: view.runbook.filter((step) => step.status === 'open').length,
    links: linksOf(words, view),
    room: roomOf(words, view, platform),
    consoleUrl: consoleUrl(words, incident.number),
    postmortemUrl: postmortemUrl(words, incident.number),
  }
}

function statusFacts(incident: Incident) {
  const { status } = incident
  const resolved = status === 'resolved'
  const lease = status === 'acknowledged' ? incident.lease : null
  return {
    leaseUntil: lease?.until ?? null,
    renewalAsked: lease !== null && lease.askAt === null,
    acknowledgedAt: status === 'open' ? null : incident.acknowledgedAt,
    acknowledgedBy: status === 'open' ? null : incident.acknowledgedBy,
    resolvedAt: resolved ? incident.resolvedAt : null,
    resolvedBy: resolved ? incident.resolvedBy : null,
    duration: resolved ? incident.resolvedAt.getTime() - incident.openedAt.getTime() : null,
  }
}

function policyFacts(
  words: Words,
  { incident, pages, overrides }: IncidentView,
  now: Date,
): Pick<IncidentFacts, 'lastResort' | 'next' | 'paged'> {
  const position = incident.status === 'open' ? incident.position : null
  if (position === null || position.at === 'rest') return { lastResort: false, next: null, paged: [] }
  const lastResort = position.at === 'last resort' && position.times > 0
  return { lastResort, next: nextStep(words, incident, position, overrides, now), paged: latestPaged(pages) }
}

/** The round of a page as people count it: since the policy began anew. */
export function roundOf({ timeline }: Pick<IncidentView, 'timeline'>, { round, step }: Page): number {
  for (const { fact } of timeline)
    if (fact.kind === 'people_paged' && fact.because === 'policy' && fact.round === round && fact.step === step)
      return fact.anew ?? round
  return round
}

function nextStep(
  { config }: Words,
  { terms, severity }: Incident,
  position: Rung,
  overrides: Override[],
  now: Date,
): NextStep | null {
  try {
    const at = stepTime({ terms, severity }, position, position.dueAt > now ? position.dueAt : now)
    const onCall = (target: Target) => peopleBehind(config, overrides, target, at)
    const { policy } = terms.severities[severity]
    const { outcome } = comingStep(policy, position, { severity, hours: terms.hours, onCall }, at)
    const { round, people } = outcome
    return outcome.kind === 'paged'
      ? { kind: 'step', at, step: outcome.step + 1, round: outcome.anew ?? round, people }
      : { kind: 'last resort', at, step: 0, round, people }
  } catch {
    // The due loop cries that it cannot decide this one. What is said of it must go out all the same.
    return null
  }
}

/** Everybody of the latest call that went out. */
function latestPaged(pages: Page[]): string[] {
  const callOf = (page: Page) => page.key.split('/').slice(0, 2).join('/')
  const calls = pages
    .filter(({ status, key }) => (status === 'sending' || status === 'sent') && kindOfPage(key) !== 'a')
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
  const latest = calls.at(-1)
  if (latest === undefined) return []
  return [...new Set(calls.filter((page) => callOf(page) === callOf(latest)).map((page) => page.person))]
}

function clockFacts(
  { incident, clocks, timeline }: IncidentView,
  now: Date,
): Pick<IncidentFacts, 'overdue' | 'nextClock' | 'stopped'> {
  // Of two that end at one instant, somebody has to answer first.
  const rank = ({ until }: ResponseClock) => (until === 'acknowledged' ? 0 : 1)
  const asked = clocks
    .filter((clock) => clock.status !== 'cancelled')
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || rank(a) - rank(b))
  const facts = asked.map(
    ({ name, until, startedAt, dueAt, stoppedAt, status }): ClockFact => ({
      name,
      startedAt,
      dueAt,
      stoppedAt,
      took: stoppedAt && stoppedAt.getTime() - startedAt.getTime(),
      // The clock's own tick may be a moment behind.
      late: status === 'breached' || (stoppedAt === null && dueAt <= now),
      endedItself: incident.status === 'resolved' && endedItself(timeline, { until, stoppedAt }),
    }),
  )
  const running = facts.filter((clock) => clock.stoppedAt === null)
  return {
    overdue: running.filter((clock) => clock.late),
    nextClock: running.find((clock) => !clock.late) ?? null,
    stopped: facts.filter((clock) => clock.stoppedAt !== null),
  }
}

function alertFacts({ alerts, unlisted = { firing: 0, clear: 0 } }: IncidentView) {
  const firing = alerts.filter((alert) => alert.status === 'firing')
  const telling = firing[0] ?? alerts[0]
  const lines = alertLines(firing)
  return {
    firing: firing.length + unlisted.firing,
    alerts: alerts.length + unlisted.firing + unlisted.clear,
    alertLines: lines.slice(0, shownAlerts),
    moreAlerts: Math.max(0, lines.length - shownAlerts) + unlisted.firing,
    description: telling?.annotations.description ?? telling?.annotations.message ?? '',
  }
}

function alertLines(firing: Alert[]): AlertLine[] {
  const places = new Map<string, Set<string>>()
  for (const { labels } of firing) {
    const name = alertName(labels)
    const where = whereOf(labels)
    const known = places.get(name) ?? new Set()
    places.set(name, where === '' ? known : known.add(where))
  }
  return [...places].map(([name, where]) => ({
    name,
    where: [...where].slice(0, shownPlaces),
    more: Math.max(0, where.size - shownPlaces),
  }))
}

/** The label that tells one instance of an alert from the others. */
function whereOf(labels: Labels): string {
  for (const label of ['pod', 'instance', 'node', 'host', 'container', 'device', 'topic', 'handler']) {
    const value = labels[label]
    if (value) return value
  }
  return ''
}
