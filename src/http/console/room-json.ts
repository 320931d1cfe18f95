// An incident as the console's room shows it.
import { type Bot, nameOf } from '../../bot.ts'
import { alertTitle } from '../../core/alert.ts'
import type { ResponseClock } from '../../core/clocks.ts'
import { kindOfPage, type Page, type PageKind } from '../../core/page.ts'
import { latestUpdate, rolesOf } from '../../core/response.ts'
import { chronological, type Entry, type Fact } from '../../core/timeline.ts'
import { linksOf } from '../../messages/addresses.ts'
import { cardButtons } from '../../messages/card.ts'
import { endedItself } from '../../messages/citations.ts'
import { incidentFacts, roundOf } from '../../messages/facts.ts'
import { runbookMessage } from '../../messages/runbook.ts'
import type { BoardIncident } from '../../store/console.ts'
import type { IncidentView, RoomView } from '../../store/views.ts'
import { webAddress } from '../../templates/escape.ts'
import { messageJson } from './message-json.ts'

function clockJson({ name, until, status, startedAt, dueAt, stoppedAt }: ResponseClock) {
  return { name, until, status, startedAt, dueAt, stoppedAt }
}

/** One line of the board. */
export function boardJson(bot: Bot, row: BoardIncident) {
  const name = (person: string | null) => person && nameOf(bot, person)
  const { acknowledgedBy, resolvedBy, lead, clocks } = row
  return {
    ...row,
    acknowledgedBy: name(acknowledgedBy),
    resolvedBy: name(resolvedBy),
    lead: name(lead),
    clocks: shown(clocks),
  }
}

export function incidentRoomJson(bot: Bot, view: IncidentView & Partial<RoomView>) {
  const { incident } = view
  const name = (person: string | null) => person && nameOf(bot, person)
  const answered = incident.status === 'open' ? null : incident
  const resolved = incident.status === 'resolved' ? incident : null
  return {
    number: incident.number,
    title: incident.title,
    status: incident.status,
    severity: incident.severity,
    service: incident.service,
    openedAt: incident.openedAt,
    acknowledgedAt: answered?.acknowledgedAt ?? null,
    acknowledgedBy: name(answered?.acknowledgedBy ?? null),
    leaseUntil: incident.status === 'acknowledged' ? (incident.lease?.until ?? null) : null,
    resolvedAt: resolved?.resolvedAt ?? null,
    resolvedBy: name(resolved?.resolvedBy ?? null),
    lead: name(incident.lead),
    roles: rolesOf(view.timeline).map(({ role, person }) => ({ role, person: nameOf(bot, person) })),
    update: updateJson(bot, view),
    trace: incident.trace,
    quietUntil: incident.quietUntil,
    description: incidentFacts(bot, view, bot.clock.now()).description,
    policy: policyJson(bot, view),
    clocks: shown(view.clocks).map((clock) => ({
      ...clock,
      endedItself: resolved !== null && endedItself(view.timeline, clock),
    })),
    alerts: view.alerts.map(alertJson),
    unlistedAlerts: view.unlisted ?? { firing: 0, clear: 0 },
    pages: view.pages.map((page) => ({ ...page, person: nameOf(bot, page.person), called: calledFor(view, page) })),
    timeline: chronological(view.timeline).map((entry) => entryJson(bot, incident.number, entry)),
    unlistedEntries: view.unlistedEntries ?? { count: 0, after: null },
    links: links(bot, view),
    buttons: cardButtons(bot, view),
    runbook: runbookJson(bot, view),
    postmortem: view.postmortem,
  }
}

/** What a page is for. Only those of the policy's steps have a number that anybody counts by. */
function calledFor(view: IncidentView, page: Page): string {
  const kind = kindOfPage(page.key)
  if (kind !== 's') return otherwise[kind]
  const round = roundOf(view, page)
  return `step ${page.step + 1}${round > 1 ? `, round ${round}` : ''}`
}

const otherwise: Record<Exclude<PageKind, 's'>, string> = {
  l: 'last resort',
  m: 'asked for',
  h: 'to help',
  a: 'still on it?',
  r: 'did not say so',
}

function entryJson(bot: Bot, incident: number, { id, at, by, fact, text }: Entry) {
  const file = fact.kind === 'file_kept' ? { file: fileJson(incident, fact) } : {}
  const pinned = fact.kind === 'message_pinned' ? { said: fact.text } : {}
  return { id, at, kind: fact.kind, by: by && nameOf(bot, by), text, ...file, ...pinned }
}

function fileJson(incident: number, { kept, name, type, size }: Extract<Fact, { kind: 'file_kept' }>) {
  const url = `/api/v1/incidents/${incident}/files/${kept}`
  return { url, name, size, isPicture: type.startsWith('image/') }
}

/** The latest status update; null: there was none. */
function updateJson(bot: Bot, view: IncidentView) {
  const update = latestUpdate(view.timeline)
  return update && { ...update, by: update.by && nameOf(bot, update.by) }
}

/** Where the policy stands: who was paged, who would come next and when; everybody by name. */
function policyJson(bot: Bot, view: IncidentView) {
  const { next, paged, lastResort } = incidentFacts(bot, view, bot.clock.now(), 'console')
  const { policy } = view.incident.terms.severities[view.incident.severity]
  return {
    name: policy.name,
    lastResort,
    paged: paged.map((person) => nameOf(bot, person)),
    next: next && { kind: next.kind, at: next.at, people: next.people.map((person) => nameOf(bot, person)) },
  }
}

/** The same steps, words and buttons as in every other chat; null when no runbook matched. */
function runbookJson(bot: Bot, view: IncidentView) {
  if (view.runbook.length === 0) return null
  const { title, html, sections } = messageJson(bot, runbookMessage(bot, view, { whole: true }), null)
  const statuses = view.runbook.map((step) => step.status)
  return { title, html, steps: sections.map((section, i) => ({ ...section, status: statuses[i] })) }
}

function alertJson(alert: IncidentView['alerts'][number]) {
  const { fingerprint, status, labels, annotations, startsAt, endsAt, generatorUrl } = alert
  const description = annotations.description ?? null
  const title = alertTitle(alert)
  return { fingerprint, status, title, description, labels, startsAt, endsAt, url: webAddress(generatorUrl) }
}

const titles: Record<string, string> = { runbook: 'Runbook', prometheus: 'Prometheus', dashboard: 'Dashboard' }

/** Where else to look: what the alerts and the service point to, then the other platforms' rooms. */
function links(bot: Bot, view: IncidentView): { title: string; url: string }[] {
  const pointed = linksOf(bot, view).filter((link) => link.kind !== 'console' && link.kind !== 'postmortem')
  const elsewhere = view.rooms.filter((room) => room.platform !== 'console')
  return [
    ...pointed.map(({ kind, title, url }) => ({ title: title || (titles[kind] ?? kind), url })),
    ...elsewhere.flatMap((room) => {
      const url = webAddress(room.url)
      const platform = room.platform.charAt(0).toUpperCase() + room.platform.slice(1)
      return url === null ? [] : [{ title: `${room.name} in ${platform}`, url }]
    }),
  ]
}

/** A clock that was cancelled asks for nothing any more. */
function shown(clocks: ResponseClock[]) {
  return clocks.filter((clock) => clock.status !== 'cancelled').map(clockJson)
}
