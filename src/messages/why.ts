// Why somebody was paged: a chain of facts from the alert to the page, newest cause last. All of it is read from the
// record, nothing from today's configuration; what an old incident does not have on record is said to be missing.
import { alertTitle, type Labels } from '../core/alert.ts'
import type { SeverityReason } from '../core/classify.ts'
import { bySystem } from '../core/handover.ts'
import type { Message } from '../core/message.ts'
import { isHandedOn, kindOfPage, type Page } from '../core/page.ts'
import { recipientOf, wayName } from '../core/recipient.ts'
import type { CalledBecause, Entry, Fact, FactKind } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { wallClock } from './wall-clock.ts'
import type { Words } from './words.ts'

/** One fact of the chain. `when`: on the wall clock; empty where the record has no instant of its own. */
type Link = { when: string } & (
  | { kind: 'alert'; title: string; source: string; labels: string[] }
  | { kind: 'declared'; by: string }
  | { kind: 'severity'; severity: string; reason: ReasonFact }
  | { kind: 'opened'; number: number; key: string[]; service: string }
  | { kind: 'policy'; name: string; of: 'service' | 'severity' | null; steps: number; rounds: number }
  /** The policy that another severity brought, from its first step. */
  | { kind: 'another policy'; name: string; steps: number; rounds: number }
  /** An entry of the timeline, in its own words. */
  | { kind: 'recorded'; text: string }
  | { kind: 'no answer'; people: string[] /** Milliseconds. */; waited: number }
  | { kind: 'step'; step: number; round: number }
  | { kind: 'last resort'; times: number }
  | { kind: 'asked'; by: string }
  | { kind: 'called'; person: string; because: CalledFact }
  | {
      kind: 'page'
      way: string
      chosen: 'own rules' | 'first' | null
      status: Page['status'] | 'uncertain'
      reason: string
    }
)

type ReasonFact = {
  by: SeverityReason['by'] | 'person' | 'nobody' | null
  rule: number
  match: string[]
  service: string
  label: string
}
type CalledFact = {
  by: CalledBecause['by'] | null
  name: string
  from: string
  until: string
  takenBy: string
  /** The pager was kept for somebody who had not confirmed. */
  isKept: boolean
  takenAt: string
}

/** Milliseconds within which what was decided about a page counts as decided with it. */
const moment = 1_000

/** Labels that say where an alert comes from rather than what it is. */
const shownLabels = 8

/** What may bring a step forward, or begin the policy anew. */
const causes: FactKind[] = [
  'incident_escalated',
  'incident_reopened',
  'severity_changed',
  'page_failed',
  'clock_breached',
]

/** Null: nobody was paged about it, or not that person. `person` null: whoever was paged last. */
export function whyMessage(words: Words, view: IncidentView, person: string | null, now: Date): Message | null {
  const all = view.pages.filter((page) => person === null || page.person === person)
  // Not what may go out later over another way, nor what was taken back, when there is one that they have.
  const out = all.filter((one) => one.dueAt <= now && (one.status !== 'cancelled' || isUncertain(view, one)))
  const pages = out.length > 0 ? out : all
  const page = pages.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()).at(-1)
  if (page === undefined) return null
  const { title, text } = words.templates.message('messages/why', {
    ...incidentFacts(words, view, now),
    person: page.person,
    times: pages.filter(({ person: one }) => one === page.person).length,
    links: chainOf(view, page),
  })
  return { title, text, tone: 'neutral' }
}

/** The chain behind a page, in order. */
function chainOf(view: IncidentView, page: Page): Link[] {
  const { incident, timeline } = view
  const paging = pagingEntry(view, page)
  const clock = wallClock(incident.terms.zone, incident.openedAt, [...timeline.map((one) => one.at), page.dueAt])
  const before = timeline.filter((one) => paging === null || one.id < paging.id)
  const reasons = triggers(before, paging)
  const others = beginnings(before).filter((one) => !reasons.happened.includes(one))
  const told = (one: Entry) => recorded(view, one, clock.show)
  return [
    ...origin(view, clock.show),
    ...others.flatMap(told),
    ...(reasons.silence === null ? [] : [noAnswer(reasons.silence, clock.show)]),
    ...reasons.happened.flatMap(told),
    ...place(paging, clock.show),
    ...called(paging, page, clock.show),
    ...rerouted(view, page, paging, clock.show),
    delivery(view, page, paging, clock.show),
    ...answer(timeline, page, paging, clock.show),
  ]
}

/** What the policy began anew with, for every page since: the latest severity that it was given, and how it came back after that. */
function beginnings(before: Entry[]): Entry[] {
  const change = before.findLast(({ fact }) => fact.kind === 'severity_changed')
  const again = before.findLast(({ fact }) => fact.kind === 'incident_reopened')
  const since = again !== undefined && again.id > (change?.id ?? 0) ? [again] : []
  return change === undefined ? since : [change, ...since]
}

type Show = (at: Date) => string

/** From the alert to the policy: the same for every page of the incident. */
function origin({ incident, alerts, timeline }: IncidentView, show: Show): Link[] {
  const opened = timeline.find((one) => one.fact.kind === 'incident_opened')
  const fact = opened?.fact.kind === 'incident_opened' ? opened.fact : null
  const fired = timeline.find((one) => one.fact.kind === 'alert_fired')?.fact
  const alert = alerts.find((one) => fired?.kind === 'alert_fired' && one.fingerprint === fired.fingerprint)
  const by = opened?.by ?? null
  const first: Link[] =
    by !== null
      ? [{ kind: 'declared', when: show(incident.openedAt), by }]
      : alert
        ? [
            {
              kind: 'alert',
              when: show(alert.startsAt),
              title: alertTitle(alert),
              source: alert.source,
              labels: pairs(telling(alert.labels)),
            },
          ]
        : []
  const { policy } = incident.terms.severities[fact?.severity ?? incident.severity]
  return [
    ...first,
    {
      kind: 'severity',
      when: '',
      severity: fact?.severity ?? incident.severity,
      reason: reasonFact(fact?.because, by),
    },
    {
      kind: 'opened',
      when: show(incident.openedAt),
      number: incident.number,
      key: keyOf(incident.groupingKey),
      service: incident.service,
    },
    {
      kind: 'policy',
      when: '',
      name: fact?.policy?.name ?? policy.name,
      of: fact?.policy?.of ?? null,
      steps: policy.steps.length,
      rounds: policy.rounds,
    },
  ]
}

function reasonFact(because: SeverityReason | undefined, by: string | null): ReasonFact {
  const nothing = { by: null, rule: 0, match: [], service: '', label: '' }
  if (because === undefined) return by === null ? nothing : { ...nothing, by: 'person' }
  if (by !== null && because.by === 'default') return { ...nothing, by: 'nobody' }
  return {
    ...{ ...nothing, by: because.by },
    ...('match' in because ? { match: pairs(because.match) } : {}),
    ...('rule' in because ? { rule: because.rule } : {}),
    ...('service' in because ? { service: because.service } : {}),
    ...('name' in because ? { label: `${because.name}=${because.value}` } : {}),
  }
}

type Silence = { since: Entry; until: Date }

/** Why it was due then: what happened since somebody was last called, or that nobody answered (`silence`). */
function triggers(before: Entry[], paging: Entry | null): { silence: Silence | null; happened: Entry[] } {
  if (paging === null || !isOfPolicy(paging)) return { silence: null, happened: lapseOf(before, paging) }
  if ('instead' in paging.fact) return { silence: null, happened: waitOf(before, paging) }
  const index = before.findLastIndex((one) => callsPeople(one) && one.at < paging.at)
  const last = before[index]
  const later = before.slice(index + 1)
  // What happened before the policy began anew is no reason any more.
  const anew = later.findLastIndex(({ fact }) => ['incident_reopened', 'severity_changed'].includes(fact.kind))
  const since = later.slice(Math.max(0, anew))
  const skipped = since.filter((one) => one.fact.kind === 'policy_step_skipped')
  const lapse = since.findLast((one) => one.fact.kind === 'acknowledgement_lapsed') ?? null
  const causes = [...since.filter((one) => isCause(one, paging)), ...lapseOf(before, lapse)]
  const happened = [...new Set([...causes, ...skipped])].sort((a, b) => a.id - b.id)
  return { silence: causes.length > 0 || last === undefined ? null : { since: last, until: paging.at }, happened }
}

/** The call that this one takes the place of, and the quiet hours for which it waited; before it the one that it took the place of. */
function waitOf(before: Entry[], { fact }: Entry): Entry[] {
  if (fact.kind !== 'people_paged' || fact.instead === undefined) return []
  const { instead, round, step } = fact
  const index = before.findLastIndex(
    (one) => isCallTo(one.fact, instead) && one.fact.round === round && one.fact.step === step,
  )
  const call = before[index]
  if (call === undefined) return []
  const waited = before.slice(index).find((one) => one.fact.kind === 'page_postponed' && one.fact.person === instead)
  return [...waitOf(before.slice(0, index), call), call, ...(waited === undefined ? [] : [waited])]
}

function isCallTo(fact: Fact, person: string): fact is Extract<Fact, { kind: 'people_paged' }> {
  return fact.kind === 'people_paged' && fact.because === 'policy' && fact.people.includes(person)
}

/** What an acknowledgement that is asked about, or has ended, began with, and the question that nobody answered. */
function lapseOf(before: Entry[], lapse: Entry | null): Entry[] {
  if (lapse === null || !/^acknowledgement_(lapsed|questioned)$/.test(lapse.fact.kind)) return []
  const past = before.filter((one) => one.id < lapse.id)
  const taken: FactKind[] = ['incident_acknowledged', 'acknowledgement_taken_over']
  const held = past.findLast((one) => taken.includes(one.fact.kind))
  const asked = past.findLast((one) => one.fact.kind === 'acknowledgement_questioned')
  const question = lapse.fact.kind === 'acknowledgement_lapsed' ? asked : undefined
  return [held, question].filter((one) => one !== undefined)
}

/** An entry in its own words; another severity brings another policy, or the same anew. */
function recorded({ incident }: IncidentView, { at, fact, text }: Entry, show: Show): Link[] {
  const link: Link = { kind: 'recorded', when: show(at), text }
  if (fact.kind !== 'severity_changed') return [link]
  const { policy, paging } = incident.terms.severities[fact.to]
  if (paging === 'never') return [link]
  const { name, rounds } = policy
  return [link, { kind: 'another policy', when: '', name, steps: policy.steps.length, rounds }]
}

function noAnswer({ since, until }: Silence, show: Show): Link {
  const waited = until.getTime() - since.at.getTime()
  return { kind: 'no answer', when: show(since.at), people: peopleOf(since), waited }
}

/** A clock that ran out is a cause of what is decided in the same moment. */
function isCause({ fact, at }: Entry, paging: Entry): boolean {
  if (fact.kind === 'acknowledgement_lapsed') return true
  return causes.includes(fact.kind) && (fact.kind !== 'clock_breached' || at.getTime() === paging.at.getTime())
}

/** What else calls somebody says why in its own words. */
function isOfPolicy({ fact }: Entry): boolean {
  return fact.kind === 'last_resort_reached' || (fact.kind === 'people_paged' && fact.because === 'policy')
}

function callsPeople({ fact }: Entry): boolean {
  return fact.kind === 'last_resort_reached' || (fact.kind === 'people_paged' && fact.because !== 'person')
}

function peopleOf({ fact }: Entry): string[] {
  return 'people' in fact ? fact.people : []
}

function place(paging: Entry | null, show: Show): Link[] {
  if (paging === null) return []
  const { fact, by, text } = paging
  const when = show(paging.at)
  if (fact.kind === 'last_resort_reached') return [{ kind: 'last resort', when, times: fact.times }]
  if (fact.kind !== 'people_paged') return [{ kind: 'recorded', when, text }]
  if (fact.instead !== undefined) return [{ kind: 'recorded', when, text }]
  if (fact.because === 'policy') return [{ kind: 'step', when, step: fact.step + 1, round: fact.anew ?? fact.round }]
  return fact.because === 'person' ? [{ kind: 'asked', when, by: by ?? '' }] : [{ kind: 'recorded', when, text }]
}

/** Who they are to the step: on call, named, one of a group. */
function called(paging: Entry | null, { person }: Page, show: Show): Link[] {
  if (paging?.fact.kind !== 'people_paged' || paging.fact.because !== 'policy') return []
  // A channel or a webhook is called because a step names it, and by nothing else.
  const named = recipientOf(person).kind === 'person' ? undefined : ({ by: 'person' } as const)
  return [{ kind: 'called', when: '', person, because: calledFact(paging.fact.whys?.[person] ?? named, show) }]
}

function calledFact(because: CalledBecause | undefined, show: Show): CalledFact {
  const nothing = { by: null, name: '', from: '', until: '', takenBy: '', isKept: false, takenAt: '' }
  if (because === undefined) return nothing
  switch (because.by) {
    case 'schedule': {
      const { schedule: name, from, until, override } = because
      const shift = { name, from: show(new Date(from)), until: show(new Date(until)) }
      const isKept = override?.by === bySystem
      const taken = override && { takenBy: override.by, isKept, takenAt: show(new Date(override.at)) }
      return { ...nothing, by: 'schedule', ...shift, ...taken }
    }
    case 'group':
      return { ...nothing, by: 'group', name: because.group }
    case 'person':
      return { ...nothing, by: 'person' }
    default:
      return because satisfies never
  }
}

/** Quiet hours that held this page back, a way that did not take it: not what became of others to the same person. */
function rerouted({ timeline }: IncidentView, page: Page, paging: Entry | null, show: Show): Link[] {
  const detours = detoursTo(timeline, page, paging)
  const its = timeline.filter((one) => isWait(one, page, paging) || detours.includes(one) || isHandedOn(one, page))
  return its.map(({ at, text }) => ({ kind: 'recorded', when: show(at), text }))
}

/** Quiet hours in which it was called, or that had begun by the time it could go out. */
function isWait({ fact, at }: Entry, { person, channel, dueAt }: Page, paging: Entry | null): boolean {
  if (fact.kind !== 'page_postponed' || fact.person !== person || (fact.channel ?? channel) !== channel) return false
  const until = Date.parse(fact.until)
  const isTogether = at.getTime() === paging?.at.getTime() && until <= dueAt.getTime()
  return isTogether || (fact.channel !== undefined && until === dueAt.getTime())
}

/** Another way hung or refused, and so it went over this one, then or when quiet hours end. */
function detoursTo(timeline: Entry[], page: Page, paging: Entry | null): Entry[] {
  const taken = [page.dueAt, ...timeline.filter((one) => isWait(one, page, paging)).map(({ at }) => at)]
  return timeline.filter(({ fact, at }) => {
    if (fact.kind !== 'page_rerouted' && fact.kind !== 'page_failed') return false
    const isIts = fact.kind === 'page_rerouted' ? fact.other === page.channel : fact.channel !== page.channel
    const isThen = taken.some((one) => Math.abs(at.getTime() - one.getTime()) < moment)
    return isIts && fact.person === page.person && isThen
  })
}

function isUncertain({ timeline }: IncidentView, { key, status }: Page): boolean {
  return status === 'cancelled' && timeline.some(({ fact }) => fact.kind === 'page_uncertain' && fact.key === key)
}

function delivery(view: IncidentView, page: Page, paging: Entry | null, show: Show): Link {
  const { timeline } = view
  const failed = timeline.findLast(({ fact }) => fact.kind === 'page_failed' && fact.key === page.key)?.fact
  const reason = failed?.kind === 'page_failed' ? failed.reason : ''
  const why = paging?.fact.kind === 'people_paged' ? paging.fact.whys?.[page.person] : undefined
  const when = show(page.sentAt ?? page.dueAt)
  const chosen = detoursTo(timeline, page, paging).length > 0 ? null : (why?.way ?? null)
  return {
    kind: 'page',
    when,
    way: wayName(page.channel),
    chosen,
    status: isUncertain(view, page) ? 'uncertain' : page.status,
    reason,
  }
}

/** What came of it: the next answer, or the end. */
function answer(timeline: Entry[], page: Page, paging: Entry | null, show: Show): Link[] {
  const kinds: FactKind[] = ['incident_acknowledged', 'incident_resolved']
  const after = timeline.filter((one) => one.at >= page.dueAt && one.id > (paging?.id ?? 0))
  const next = after.find((one) => kinds.includes(one.fact.kind))
  return next === undefined ? [] : [{ kind: 'recorded', when: show(next.at), text: next.text }]
}

/** The entry that announced the page. */
function pagingEntry({ timeline }: IncidentView, page: Page): Entry | null {
  const kind = kindOfPage(page.key)
  const found = timeline.findLast(({ fact, at }) => {
    if (at > page.dueAt) return false
    if (fact.kind === 'last_resort_reached') return kind === 'l' && fact.times === page.step
    if (fact.kind === 'people_paged') {
      if (!fact.people.includes(page.person)) return false
      return kind === 's'
        ? fact.because === 'policy' && fact.round === page.round && fact.step === page.step
        : fact.because !== 'policy'
    }
    return kind !== 's' && kind !== 'l' && kind !== 'm' && /^acknowledgement_/.test(fact.kind)
  })
  return found ?? null
}

/** What decides most comes first. */
function telling(labels: Labels): Labels {
  const first = ['alertname', 'severity', 'service'].filter((name) => name in labels)
  return { ...Object.fromEntries(first.map((name) => [name, labels[name] ?? ''])), ...labels }
}

function pairs(labels: Record<string, string>): string[] {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return all.length > shownLabels ? [...all.slice(0, shownLabels), '…'] : all
}

/** The grouping key as labels; a long one was cut, and is shown as it is. */
function keyOf(key: string | null): string[] {
  if (key === null) return []
  try {
    return pairs(JSON.parse(key) as Record<string, string>)
  } catch {
    return [key]
  }
}
