// What a post-mortem draft may say: facts with the timeline entry each comes from, and what is not known, as its absence.
import { type ActionItem, isActionFact } from '../core/action.ts'
import { alertName, alertTitle, beginningOf } from '../core/alert.ts'
import { type ButtonIncident, inButton } from '../core/button-mark.ts'
import { countedClocks, type ResponseClock } from '../core/clocks.ts'
import type { Message } from '../core/message.ts'
import { changesTitle, type ServiceChange } from '../core/service-change.ts'
import { chronological, type Entry, type Fact, type FactKind, withoutRepeats } from '../core/timeline.ts'
import type { Missing } from '../drafts/completeness.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { ChartRow, IncidentView, PostmortemRow } from '../store/views.ts'
import { webAddress } from '../templates/escape.ts'
import { consoleUrl, postmortemUrl } from './addresses.ts'
import { citesOf, Sources } from './citations.ts'
import { evidenceFacts } from './evidence.ts'
import { withoutFlood } from './flood.ts'
import { participants } from './participants.ts'
import { wallClock } from './wall-clock.ts'
import { verdictOf } from './well-and-badly.ts'
import { button, setting, type Words } from './words.ts'

/** More rows than this are not read; the document says how many it leaves out. */
const shownAlerts = 50

/** Lines of a check in chat. */
const shownMissing = 15

/** Questions in chat; the document has them all. */
const shownQuestions = 8

/** Entries about the document itself: a draft that quoted its own making would never be the same twice. */
const aboutItself: FactKind[] = ['postmortem_drafted', 'postmortem_published']

/** `clocks`: all that there ever were, also of the times before it came back. */
type Around = { actions: ActionItem[]; changes: ServiceChange[]; clocks: ResponseClock[] }

/** What the templates of post-mortems are given; postmortem-fields.ts says it in words. No clock: the same timeline always gives the same document. */
export function postmortemFacts(words: Words, view: IncidentView, { actions, changes, clocks: all }: Around) {
  const { incident } = view
  const timeline = view.timeline.filter((entry) => !aboutItself.includes(entry.fact.kind))
  const { zone } = incident.terms
  const sources = new Sources(timeline)
  const wall = wallClock(zone, incident.openedAt, [...timeline.map((e) => e.at), endOf(view) ?? incident.openedAt])
  const comebacks = timeline.flatMap(({ at, fact }) => (fact.kind === 'incident_reopened' ? [at] : []))
  const clocks = countedClocks(all, comebacks).filter((c) => c.until !== 'published')
  const runbook = runbookFacts(view, timeline, wall.show)
  const address = `${words.config.server.publicUrl.replace(/\/+$/, '')}/api/v1/incidents/${incident.number}`
  return uncited({
    people: words.config.people,
    ...{ number: incident.number, title: incident.title, service: incident.service, severity: incident.severity },
    ...{ lead: incident.lead, zone, offset: wall.offset, offsetChanges: wall.offsetChanges, days: wall.days },
    address: consoleUrl(words, incident.number),
    ...courseOf(view, timeline, sources, wall.show),
    clocks: clocks.map((c) => clockFacts(c, sources, wall.show)),
    ...verdictOf(timeline, clocks, sources, runbook),
    actions: actionFacts(actions, timeline),
    changes: changeFacts(changes, beginningOf(incident.openedAt, view.alerts), timeline, wall.show),
    publication: publicationFacts(view.clocks, wall.show),
    ...alertFacts(view, sources, wall.show),
    timeline: byDay(withoutFlood(chronological(withoutRepeats(timeline)), wall.show), wall),
    entries: timeline.length,
    charts: pairs(view.charts).map(({ id, moment, title, summary, text }) => ({
      moment,
      title,
      summary,
      text: text ?? summary,
      sparkline: /[▁-█ ]+$/.exec(text ?? '')?.[0].trim() ?? '',
      url: `${address}/charts/${id}.png`,
      cites: sources.ofChart(id),
    })),
    files: timeline.flatMap(({ id, fact }) => (fact.kind === 'file_kept' ? [fileFacts(address, id, fact)] : [])),
    evidence: view.evidence.filter((one) => isTelling(one, changes)).map(evidenceFacts),
    // What is kept are the latest answers.
    evidenceIds: citesOf(timeline, 'evidence_gathered').slice(-1),
    runbook,
    participants: participants(timeline),
    ...troubles(timeline),
    notes: citesOf(timeline, 'note_added'),
  })
}

/** `#picture` in its address: it is one, and is shown as one. */
function fileFacts(address: string, id: number, { kept, name, type }: Extract<Fact, { kind: 'file_kept' }>) {
  return { id, name, url: `${address}/files/${kept}${type.startsWith('image/') ? '#picture' : ''}` }
}

/** Words from outside must not pass for a citation of ours: `[#12]` anywhere in them becomes `(#12)`. No two parts match the same letter, so that it takes no time. */
function uncited<T>(facts: T): T {
  if (typeof facts === 'string') return facts.replace(/\[[^\w\][#]*#+[^\w\][#]*(\d+)[^\w\][]*\]/g, '(#$1)') as T
  if (Array.isArray(facts)) return facts.map(uncited) as T
  if (facts === null || typeof facts !== 'object') return facts
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, uncited(fact)])) as T
}

/** What the note begins with below which people find what is new; `by` null: from the record. */
export function noteLabel(words: Words, by: string | null): string {
  return words.templates.document('postmortems/note', { people: words.config.people, by })
}

/** `why`: what is wrong with the team's own template, and where. */
export function insteadNote(words: Words, why: string): string {
  return words.templates.document('postmortems/instead', { why })
}

/** Where the post-mortem is to be read and what it still asks, for whoever asks in chat: nobody reads pages there. */
export function postmortemMessage(
  words: Words,
  view: IncidentView,
  row: Omit<PostmortemRow, 'markdown'>,
  missing: Missing[],
): Message {
  const { number, title: about, severity, terms } = view.incident
  // Questions are taken from the document itself: a team's own template asks its own.
  const questions = missingLines(words, number, missing)
  const shown = questions.slice(0, shownQuestions)
  const { title, fields, text } = words.templates.message('postmortems/summary', {
    ...setting(words, terms.zone, row.publishedAt ?? row.draftedAt),
    ...{ number, title: about, severity, draftedAt: row.draftedAt },
    ...{ publishedAt: row.publishedAt, publishedBy: row.publishedBy },
    ...{ questions: shown, moreQuestions: questions.length - shown.length },
    url: postmortemUrl(words, number),
  })
  return { title, fields, text, tone: row.publishedAt === null ? 'info' : 'good' }
}

/** Each thing that is missing as a line of Markdown. */
export function missingLines(words: Words, number: number, missing: Missing[]): string[] {
  return missing.map((one) => words.templates.document('messages/parts/missing', { number, ...one }))
}

/** What is missing, for whoever asks; `publishing`: of which incident they wanted to publish it. */
export function checkMessage(
  words: Words,
  number: number,
  missing: Missing[],
  publishing: ButtonIncident | null,
): Message {
  const lines = missingLines(words, number, missing)
  const shown = lines.slice(0, shownMissing)
  const { title, text } = words.templates.message('postmortems/check', {
    ...{
      number,
      publishing: publishing !== null,
      missing: shown,
      total: lines.length,
      more: lines.length - shown.length,
    },
    url: `${postmortemUrl(words, number)}/edit`,
  })
  const anyway = publishing && `postmortem publish ${inButton(publishing)} anyway`
  const buttons = anyway !== null && lines.length > 0 ? [button(words, 'anyway', anyway)] : []
  return { title, text, tone: lines.length > 0 ? 'warning' : 'good', ...(buttons.length > 0 && { buttons }) }
}

type Show = (at: Date) => string

function endOf({ incident }: IncidentView): Date | null {
  return incident.status === 'resolved' ? incident.resolvedAt : null
}

/** Opening, first answer, end: each with its entry and how long after the opening it was. */
function courseOf(view: IncidentView, timeline: Entry[], sources: Sources, show: Show) {
  const { openedAt } = view.incident
  const moment = (entry: Entry | undefined) =>
    entry === undefined
      ? null
      : { at: show(entry.at), by: entry.by, id: entry.id, after: entry.at.getTime() - openedAt.getTime() }
  const ended = endOf(view)
  const resolution = timeline.findLast((e) => e.fact.kind === 'incident_resolved')
  const first = view.alerts.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())[0]
  // An alert that fired again carries its latest start; one after the opening says nothing about the detection.
  const detected = first !== undefined && first.startsAt <= openedAt
  const opening = timeline.find((e) => e.fact.kind === 'incident_opened')
  const firstCites = detected ? sources.ofFirstStart(first) : []
  return {
    began: [...new Set([...sources.opening, ...firstCites])],
    opened: { at: show(openedAt), by: opening?.by ?? null, id: opening?.id ?? null },
    firstAlert: detected
      ? {
          ...{ name: alertName(first.labels), at: show(first.startsAt), cites: firstCites },
          gap: openedAt.getTime() - first.startsAt.getTime(),
        }
      : null,
    acknowledged: moment(timeline.find((e) => e.fact.kind === 'incident_acknowledged')),
    resolved: ended && {
      at: show(ended),
      after: ended.getTime() - openedAt.getTime(),
      by: resolution?.by ?? null,
      id: resolution?.id ?? null,
      stillFiring: resolution?.fact.kind === 'incident_resolved' ? resolution.fact.stillFiring : 0,
    },
    reopened: citesOf(timeline, 'incident_reopened'),
    severityChanges: timeline.flatMap(({ id, by, at, fact }) =>
      fact.kind === 'severity_changed' ? [{ id, by, at: show(at), from: fact.from, to: fact.to }] : [],
    ),
  }
}

function clockFacts(clock: ResponseClock & { comeback: number }, sources: Sources, show: Show) {
  const { name, comeback, status, startedAt, dueAt, stoppedAt } = clock
  return {
    cites: sources.ofClock(clock),
    endedItself: sources.endedItself(clock),
    ...{ name, comeback, status, due: show(dueAt), allowed: dueAt.getTime() - startedAt.getTime() },
    stopped: stoppedAt && show(stoppedAt),
    took: stoppedAt && stoppedAt.getTime() - startedAt.getTime(),
    late: stoppedAt && stoppedAt > dueAt ? stoppedAt.getTime() - dueAt.getTime() : null,
  }
}

/** When this document itself is due; its clock is no part of what is looked back on. */
function publicationFacts(clocks: ResponseClock[], show: Show) {
  const clock = clocks.find((c) => c.until === 'published' && c.status !== 'cancelled')
  return clock === undefined ? null : { due: show(clock.dueAt) }
}

function alertFacts({ alerts }: IncidentView, sources: Sources, show: Show) {
  const rows = alerts.slice(0, shownAlerts).map((alert) => ({
    name: alertName(alert.labels),
    title: alertTitle(alert),
    started: show(alert.startsAt),
    ended: alert.endsAt && show(alert.endsAt),
    lasted: alert.endsAt && Math.max(0, alert.endsAt.getTime() - alert.startsAt.getTime()),
    url: webAddress(alert.generatorUrl),
    cites: sources.ofAlert(alert),
  }))
  const firing = alerts.filter((alert) => alert.status === 'firing').length
  const moreAlertIds = [...new Set(alerts.slice(shownAlerts).flatMap((alert) => sources.ofAlert(alert)))]
  return { moreAlertIds, alerts: rows, alertTotal: alerts.length, moreAlerts: alerts.length - rows.length, firing }
}

function byDay(timeline: Entry[], { dayOf, timeOf }: ReturnType<typeof wallClock>) {
  const groups = new Map<string, { id: number; time: string; text: string }[]>()
  for (const { id, at, text } of timeline) {
    const line = { id, time: timeOf(at), text: text }
    const group = groups.get(dayOf(at))
    if (group === undefined) groups.set(dayOf(at), [line])
    else group.push(line)
  }
  return [...groups].map(([day, entries]) => ({ day, entries }))
}

/** Those that nobody dropped, each with the entries about it. */
function actionFacts(actions: ActionItem[], timeline: Entry[]) {
  return actions
    .filter(({ status }) => status !== 'dropped')
    .map(({ item, text, owner, due, status }) => ({
      ...{ item, text, owner, due, status },
      cites: timeline.flatMap(({ id, fact }) => (isActionFact(fact) && fact.item === item ? [id] : [])).slice(-1),
    }))
}

/** Those of one title one after the other: before, and after. */
function pairs(charts: ChartRow[]): ChartRow[] {
  const titles = [...new Set(charts.map(({ title }) => title))]
  return titles.flatMap((title) => charts.filter((chart) => chart.title === title))
}

/** What changed in its service before it began and while it lasted, the earliest first; `lead` below 0: after it began. */
/** Changes stand among what contributed, all of them, and need not be told twice. */
function isTelling({ provider, status }: Evidence, changes: ServiceChange[]): boolean {
  return status !== 'asking' && (provider !== 'changes' || changes.length === 0)
}

/** Those from before the evidence was gathered rest on its entry. */
function changeFacts(changes: ServiceChange[], startedAt: Date, timeline: Entry[], show: Show) {
  const isAbout = ({ fact }: Entry) =>
    fact.kind === 'evidence_gathered' && fact.found.some(({ title }) => title === changesTitle)
  const gathered = timeline.findLast(isAbout)
  return changes.toReversed().map(({ title, url, by, status, source, startedAt: at }) => ({
    cites: gathered !== undefined && at <= gathered.at ? [gathered.id] : [],
    ...{ title, by, status, source, at: show(at) },
    url: webAddress(url),
    lead: startedAt.getTime() - at.getTime(),
  }))
}

function runbookFacts({ runbook }: IncidentView, timeline: Entry[], show: Show) {
  const matched = timeline.findLast(({ fact }) => fact.kind === 'runbook_matched' || fact.kind === 'runbook_chosen')
  const title =
    matched?.fact.kind === 'runbook_matched' || matched?.fact.kind === 'runbook_chosen' ? matched.fact.title : null
  const steps = runbook.map(({ step, title, status, by, at }) => {
    const record = timeline.findLast(
      ({ id, fact }) =>
        (fact.kind === 'runbook_step_done' || fact.kind === 'runbook_step_skipped') &&
        fact.step === step &&
        // Steps of a runbook that another one took the place of have the same numbers.
        id > (matched?.id ?? 0),
    )
    return { step, title: title, status, by, at: at && show(at), id: record?.id ?? matched?.id ?? null }
  })
  const left = (status: string) => steps.filter((step) => step.status === status).length
  return {
    title,
    id: matched?.id ?? null,
    steps,
    skipped: left('skipped'),
    skippedIds: steps.flatMap(({ status, id }) => (status === 'skipped' && id !== null ? [id] : [])),
    open: left('open'),
  }
}

/** What went wrong with the response itself: each is a question to answer, and cites its entries. */
function troubles(timeline: Entry[]) {
  return {
    breaches: timeline.flatMap(({ id, fact }) => (fact.kind === 'clock_breached' ? [{ id, clock: fact.clock }] : [])),
    failedPages: timeline.flatMap(({ id, fact }) =>
      fact.kind === 'page_failed' ? [{ id, person: fact.person, channel: fact.channel }] : [],
    ),
    // One that was not for this severity or hour is no trouble.
    emptySteps: timeline.flatMap(({ id, fact }) =>
      fact.kind === 'policy_step_skipped' && (fact.because ?? 'nobody') === 'nobody' ? [id] : [],
    ),
    lastResort: citesOf(timeline, 'last_resort_reached'),
    missingCharts: citesOf(timeline, 'chart_missing'),
  }
}
