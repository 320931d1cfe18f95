// An incident with everything that is shown about it, read in one go: one statement, whatever it shows.
import { eachInTurn } from '../clock.ts'
import type { Alert } from '../core/alert.ts'
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident } from '../core/incident.ts'
import type { Page } from '../core/page.ts'
import type { Override } from '../core/schedule.ts'
import type { Severity } from '../core/severity.ts'
import type { Terms } from '../core/terms.ts'
import { type Entry, ofAlerts } from '../core/timeline.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { type AlertRow, toAlert } from './alerts.ts'
import type { Queryable } from './db.ts'
import { type PromisedRow, promisedColumns, toClock, toIncident } from './incidents.ts'
import type { Ledgered } from './messages.ts'
import { type OverrideRow, selectOverrides, toOverride } from './overrides.ts'
import type { KnownRoom } from './rooms.ts'
import { type StepRow, stepColumns } from './steps.ts'
import { termsOf } from './terms.ts'
import { kindsOfAlerts } from './timeline.ts'

export type RoomRow = { platform: string; channel: string; name: string; url: string | null }
/** `text`: what the picture shows in words, for those who do not see it; null on old ones. */
export type ChartRow = {
  id: number
  moment: string
  title: string
  summary: string
  text: string | null
  drawnAt: Date
}
export type RunbookStep = StepRow
export type PostmortemRow = { markdown: string; draftedAt: Date; publishedAt: Date | null; publishedBy: string | null }

export type IncidentView = {
  incident: Incident
  /** The latest of each name, in the order they fall due. */
  clocks: ResponseClock[]
  alerts: Alert[]
  /** How many alerts there are besides those in `alerts`. */
  unlisted?: { firing: number; clear: number }
  pages: Page[]
  rooms: RoomRow[]
  charts: ChartRow[]
  /** What logs, traces and the like say, the latest of each. */
  evidence: Evidence[]
  runbook: RunbookStep[]
  timeline: Entry[]
  /** Those of schedules that are active at the next decision or come after it: who will be on call then. */
  overrides: Override[]
  postmortem: { draftedAt: Date; publishedAt: Date | null } | null
}

/** What a list shows of an incident. */
export type ListedIncident = Pick<IncidentView, 'incident' | 'alerts' | 'unlisted' | 'rooms'>

export type IncidentFilter = {
  /** Empty or absent: all. */
  statuses?: Incident['status'][] | undefined
  severities?: Severity[] | undefined
  service?: string | undefined
  limit: number
  /** Only incidents with a smaller number: where the page before ended. */
  before?: number | undefined
}

/** With every alert and every entry, also of a storm. Null when there is no incident of that number. */
export async function incidentView(q: Queryable, number: number): Promise<IncidentView | null> {
  const { rows } = await q.query<ViewRow>({
    name: 'incident_view',
    text: `select ${everything} from incidents i where number = $1`,
    values: [number],
  })
  const [view] = await toViews(q, rows)
  if (view === undefined) return null
  const [alerts, timeline] = [view.alerts.length === mostAtOnce, view.timeline.length === mostAtOnce]
  return {
    ...view,
    ...(alerts && { alerts: await inPieces(q, 'alerts', number, datedAlert) }),
    ...(timeline && { timeline: await inPieces(q, 'timeline', number, (entry: Entry) => dated(entry, 'at')) }),
  }
}

/**
 * All rows of one statement, some at a time: those of a storm are megabytes, and reading them in one go would keep everybody else's
 * pages waiting for a third of a second.
 */
async function inPieces<Row extends object, T>(
  q: Queryable,
  of: keyof typeof everyOne,
  number: number,
  read: (row: Row) => T,
): Promise<T[]> {
  const { order, rows: all } = everyOne[of]
  const { rows } = await q.query<{ some: Row[] }>({
    name: `incident_view_${of}`,
    text: `select json_agg(x order by ${order}) as some
             from (select *, (row_number() over (order by ${order}) - 1) / 250 as piece from (${all}) a) x group by piece order by piece`,
    values: [number],
  })
  return eachInTurn(rows, ({ some }) => some.map(read))
}

/** As its card tells it. Null when there is no incident of that number. */
export async function tellingView(q: Queryable, number: number): Promise<IncidentView | null> {
  return (await tellingViews(q, [number]))[0] ?? null
}

/** `unlistedEntries`: how many entries of single alerts there are besides those in `timeline`, and the entry they come after. */
export type RoomView = IncidentView & { unlistedEntries: { count: number; after: number | null } }

/**
 * An incident as people look at it while it goes on: as its card tells it, and of the entries of single alerts the first and the
 * last. A storm has thousands, and everybody who looks fetches them with every change. Null when there is none of that number.
 */
export async function roomView(q: Queryable, number: number): Promise<RoomView | null> {
  const { rows } = await q.query<ViewRow & { entries: number }>({
    name: 'room_view',
    text: `select ${enoughToShow} from incidents i where number = $1`,
    values: [number],
  })
  const [row] = rows
  const [view] = await toViews(q, rows)
  if (row === undefined || view === undefined) return null
  const told = view.timeline.filter(({ fact }) => ofAlerts.includes(fact.kind))
  const after = told[mostTold - 1]?.id ?? null
  return { ...view, unlistedEntries: { count: row.entries - told.length, after } }
}

/**
 * Incidents as their cards and pages tell them, those that there are, in no order: of thousands of alerts the first that
 * fire, and the timeline without each of them. A storm costs no more than a night.
 */
export async function tellingViews(q: Queryable, numbers: number[]): Promise<IncidentView[]> {
  const { rows } = await q.query<ViewRow>({
    name: 'telling_views',
    text: `select ${enoughToTell} from incidents i where number = any($1::bigint[])`,
    values: [numbers],
  })
  return toViews(q, rows)
}

/** An incident as one platform's room needs it: with the room, and all that was ever posted about it there. */
export type DeliveryView = IncidentView & { room: KnownRoom | null; messages: Ledgered[] }

/** As `tellingViews`. */
export async function deliveryViews(q: Queryable, platform: string, numbers: number[]): Promise<DeliveryView[]> {
  const { rows } = await q.query<ViewRow & { room: KnownRoom | null; messages: Ledgered[] }>({
    name: 'delivery_views',
    // '0' comes right after '/'. "Not distinct" is for the planner: no index is to be looked through by the platform alone.
    text: `select ${enoughToTell},
                  (select to_json(r) from (select channel, name, url, topic, own from rooms r
                                            where r.incident = i.number and r.platform is not distinct from $2) r) as room,
                  ${list(
                    'messages',
                    `select key, ref, content, edited_at as "editedAt", refused from messages m where m.platform is not distinct from $2
                        and m.key collate "C" >= 'inc-' || i.number || '/' and m.key collate "C" < 'inc-' || i.number || '0'`,
                  )}
             from incidents i where number = any($1::bigint[])`,
    values: [numbers, platform],
  })
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  return (await toViews(q, rows)).flatMap((view) => {
    const row = byNumber.get(view.incident.number)
    return row ? [{ ...view, room: row.room, messages: row.messages.map((message) => dated(message, 'editedAt')) }] : []
  })
}

async function toViews(q: Queryable, rows: ViewRow[]): Promise<IncidentView[]> {
  const terms = await termsOf(q, rows)
  return rows.flatMap((row) => {
    const promised = terms.get(row.number)
    return promised === undefined ? [] : [toView(row, promised)]
  })
}

function toView(row: ViewRow, terms: Terms): IncidentView {
  return {
    ...toListed(row, terms),
    clocks: row.clocks.map((c) => toClock(dated(c, 'started_at', 'due_at', 'stopped_at'))),
    pages: row.pages.map((p) => toPage(dated(p, 'due_at', 'sent_at'))),
    charts: row.charts.map(({ drawn_at, ...chart }) => ({ ...chart, drawnAt: new Date(drawn_at) })),
    evidence: row.evidence.map((one) => dated(one, 'at')),
    runbook: row.runbook.map((step) => dated(step, 'at', 'timerFrom', 'timerUntil')),
    timeline: row.timeline.map((entry) => dated(entry, 'at')),
    overrides: row.overrides.map((o) => toOverride(dated(o, 'starts_at', 'ends_at', 'made_at'))),
    postmortem: row.postmortem && {
      draftedAt: new Date(row.postmortem.drafted_at),
      publishedAt: row.postmortem.published_at === null ? null : new Date(row.postmortem.published_at),
    },
  }
}

/** Newest first, with as many alerts of each as are told. `next`: the `before` of the following page, null on the last. */
export async function listIncidents(
  q: Queryable,
  filter: IncidentFilter,
): Promise<{ incidents: ListedIncident[]; next: number | null }> {
  const { limit } = filter
  // Only what is asked for stands in the statement: the database then knows which index answers it.
  const values: unknown[] = [limit + 1]
  const asked = (condition: (parameter: string) => string, value: unknown) =>
    value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [condition(`$${values.push(value)}`)]
  const isOpen = filter.statuses && filter.statuses.length > 0 && !filter.statuses.includes('resolved')
  const conditions = [
    ...(isOpen ? [`status <> 'resolved'`] : []),
    ...asked((p) => `status = any(${p})`, filter.statuses),
    ...asked((p) => `severity = any(${p})`, filter.severities),
    ...asked((p) => `service = ${p}`, filter.service),
    ...asked((p) => `number < ${p}`, filter.before),
  ]
  const { rows } = await q.query<ListedRow>(
    `select ${promisedColumns}, ${toldAlertsOf}, ${countedAlertsOf}, ${roomsOf}
       from incidents i ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
      order by number desc limit $1`,
    values,
  )
  const terms = await termsOf(q, rows)
  const incidents = rows.slice(0, limit).flatMap((row) => {
    const promised = terms.get(row.number)
    return promised === undefined ? [] : [toListed(row, promised)]
  })
  const last = incidents.at(-1)
  return { incidents, next: rows.length > limit && last !== undefined ? last.incident.number : null }
}

/** The incident whose room a channel is; null when it is nobody's room. */
export async function roomByChannel(q: Queryable, platform: string, channel: string): Promise<number | null> {
  const { rows } = await q.query<{ incident: number }>(
    'select incident from rooms where platform = $1 and channel = $2 order by incident desc limit 1',
    [platform, channel],
  )
  return rows[0]?.incident ?? null
}

/** Null when none was drafted, or there is no such incident. */
export async function postmortem(q: Queryable, number: number): Promise<PostmortemRow | null> {
  const { rows } = await q.query<PostmortemRow>(
    `select coalesce((select v.markdown from postmortem_versions v where v.incident = p.incident order by v.version desc limit 1),
                     p.markdown) as markdown,
            drafted_at as "draftedAt", published_at as "publishedAt", published_by as "publishedBy"
       from postmortems p where incident = $1`,
    [number],
  )
  return rows[0] ?? null
}

/** The picture of a chart, of that incident when one is named; null when there is none of that id. */
export async function chartPng(q: Queryable, id: number, incident: number | null = null): Promise<Buffer | null> {
  const { rows } = await q.query<{ png: Buffer }>(
    'select png from charts where id = $1 and ($2::bigint is null or incident = $2)',
    [id, incident],
  )
  return rows[0]?.png ?? null
}

/** Rows of a kind that are read in one go. */
const mostAtOnce = 500
const entryColumns = 'id, at, by, text, fact'
const everyOne = {
  alerts: { rows: 'select * from alerts where incident = $1', order: 'starts_at, fingerprint' },
  timeline: { rows: `select ${entryColumns} from timeline where incident = $1`, order: 'id' },
}
const alertsOf = list(
  'alerts',
  `select * from alerts a where a.incident = i.number order by starts_at, fingerprint limit ${mostAtOnce}`,
)
/** Alerts that are told of one incident; the rest is counted. */
const mostTold = 100
const toldAlertsOf = list(
  'alerts',
  `select * from (select * from alerts a where a.incident = i.number
                   order by status = 'resolved', starts_at, fingerprint limit ${mostTold}) a order by starts_at, fingerprint`,
)
const countedAlertsOf = `(select to_json(c) from (
  select count(*) filter (where status = 'firing') as firing, count(*) filter (where status = 'resolved') as clear
    from alerts a where a.incident = i.number) c) as counted`
// The platform people live in comes before the built-in console.
const roomsOf = list(
  'rooms',
  `select platform, channel, name, url from rooms r where r.incident = i.number order by platform = 'console', platform`,
)
// A change of severity cancels clocks and begins others of the same name; what still counts is the latest.
export const clocksOf = list(
  'clocks',
  `select * from (select distinct on (name) * from clocks c where c.incident = i.number
                   order by name, status = 'cancelled', started_at desc, stopped_at desc nulls first, due_at desc) latest order by due_at`,
)
const pagesOf = list('pages', 'select * from pages p where p.incident = i.number order by due_at, key')
const chartsOf = list(
  'charts',
  'select id, moment, title, summary, text, drawn_at from charts c where c.incident = i.number order by id',
)
const evidenceOf = list(
  'evidence',
  `select provider, place, title, at, status, section, reason from evidence e where e.incident = i.number order by place, provider`,
)
const runbookOf = list(
  'runbook',
  `select ${stepColumns} from runbook_steps s where s.incident = i.number order by step`,
)
const timelineOf = list(
  'timeline',
  `select ${entryColumns} from timeline t where t.incident = i.number order by id limit ${mostAtOnce}`,
)
const toldEntries = `select ${entryColumns} from timeline t where t.incident = i.number and t.kind not in ${kindsOfAlerts}`
/** As many entries as alerts are left out: no message is about a single one of them. An index has just the others. */
const toldTimelineOf = list('timeline', `${toldEntries} order by id`)
const someOfAlerts = (order: string) =>
  `select id from timeline t where t.incident = i.number and t.kind in ${kindsOfAlerts} order by id ${order} limit ${mostTold}`
const shownTimelineOf = list(
  'timeline',
  `${toldEntries} union all
   select ${entryColumns} from timeline t
    where t.incident = i.number and t.id = any(array(${someOfAlerts('asc')}) || array(${someOfAlerts('desc')})) order by id`,
)
const countedEntriesOf = `(select count(*) from timeline t where t.incident = i.number and t.kind in ${kindsOfAlerts})::int as entries`
// A business day is at most so far away from what is due.
const overridesOf = list('overrides', selectOverrides('i.due_at', "i.due_at + interval '14 days'"))
const postmortemOf = `(select to_json(p) from (select drafted_at, published_at from postmortems p where p.incident = i.number) p) as postmortem`

function list(name: string, rows: string): string {
  return `(select coalesce(json_agg(x), '[]') from (${rows}) x) as ${name}`
}

const aroundIt = `${roomsOf}, ${clocksOf}, ${pagesOf}, ${chartsOf}, ${evidenceOf}, ${runbookOf}, ${overridesOf}, ${postmortemOf}`
const everything = `${promisedColumns}, ${alertsOf}, ${timelineOf}, ${aroundIt}`
const enoughToShow = `${promisedColumns}, ${toldAlertsOf}, ${countedAlertsOf}, ${shownTimelineOf}, ${countedEntriesOf}, ${aroundIt}`
const enoughToTell = `${promisedColumns}, ${toldAlertsOf}, ${countedAlertsOf}, ${toldTimelineOf}, ${aroundIt}`

type ClockRow = Parameters<typeof toClock>[0]
type ListedRow = PromisedRow & {
  alerts: AlertRow[]
  counted?: { firing: number; clear: number }
  rooms: RoomRow[]
}
type PageRow = Omit<Page, 'dueAt' | 'sentAt'> & { due_at: Date; sent_at: Date | null }
type ViewRow = ListedRow & {
  clocks: ClockRow[]
  pages: PageRow[]
  charts: (Omit<ChartRow, 'drawnAt'> & { drawn_at: string })[]
  evidence: Evidence[]
  runbook: RunbookStep[]
  timeline: Entry[]
  overrides: OverrideRow[]
  postmortem: { drafted_at: string; published_at: string | null } | null
}

function toListed(row: ListedRow, terms: Terms): ListedIncident {
  const alerts = row.alerts.map(datedAlert)
  const firing = alerts.filter((alert) => alert.status === 'firing').length
  const unlisted = row.counted && {
    firing: row.counted.firing - firing,
    clear: row.counted.clear - (alerts.length - firing),
  }
  return { incident: toIncident({ ...row, terms }), alerts, ...(unlisted && { unlisted }), rooms: row.rooms }
}

function datedAlert(row: AlertRow): Alert {
  return toAlert(dated(row, 'starts_at', 'ends_at'))
}

function toPage({ due_at, sent_at, key, incident, person, channel, step, round, status }: PageRow): Page {
  return { key, incident, person, channel, step, round, status, dueAt: due_at, sentAt: sent_at }
}

/** A row that came as JSON, where instants are text, with its instants as instants again. */
export function dated<T extends object>(row: T, ...columns: (keyof T)[]): T {
  const copy = { ...row }
  for (const column of columns) {
    const value = row[column] as unknown
    if (typeof value === 'string') copy[column] = new Date(value) as T[keyof T]
  }
  return copy
}
