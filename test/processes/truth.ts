// What must hold afterwards, whatever happened: nothing that was accepted is lost, nothing is said twice, the record agrees
// with itself and with what people got. Looks at the database and at the chat only, never at how the bot works.
import type { FreshDatabase } from '../database.ts'
import type { SlackStandIn } from '../slack/stand-in.ts'

type Entry = {
  id: number
  incident: number
  at: Date
  kind: string
  by: string | null
  fact: Record<string, unknown>
}
type Page = {
  key: string
  incident: number
  person: string
  channel: string
  status: string
  due_at: Date
  sent_at: Date | null
}
type Row = { number: number; service: string; status: string; severity: string; due_at: Date | null }

/** Account of a person, as in the team of setting.ts. */
const accountOf = (person: string) => `U0${person.toUpperCase()}`

/** A sentence for each lie; none when all is well. `accepted`: services whose alert was answered with 2xx. */
export async function lies(slack: SlackStandIn, { db }: FreshDatabase, accepted: Iterable<string>): Promise<string[]> {
  const incidents = (await db.query<Row>('select * from incidents order by number')).rows
  const pages = (await db.query<Page>('select * from pages order by due_at, key')).rows
  const timeline = (await db.query<Entry>('select * from timeline order by id')).rows
  const alerts = (await db.query<{ service: string }>(`select distinct labels->>'service' as service from alerts`)).rows
  const known = new Set(alerts.map(({ service }) => service))
  return [
    ...[...accepted].filter((service) => !known.has(service)).map((service) => `the alert of ${service} is lost`),
    ...incidents.flatMap((one) =>
      incidentLies(
        one,
        timeline.filter((e) => e.incident === one.number),
      ),
    ),
    ...pages.flatMap((page) => pageLies(slack, page, timeline)),
    ...pagesNobodyWrote(timeline, pages),
    ...saidTwice(slack),
    ...outOfOrder(slack),
  ]
}

function pageLies(slack: SlackStandIn, page: Page, timeline: Entry[]): string[] {
  const { key, person, channel, status, sent_at, due_at } = page
  const got = slack.messages(accountOf(person)).filter((message) => keyOf(message.metadata) === key).length
  const told = timeline.filter((e) => e.kind === 'page_sent' && e.fact.key === key).length
  const wanted = status === 'sent' ? 1 : 0
  return [
    ...(status === 'due' || status === 'sending' ? [`the page ${key} is ${status} for ever`] : []),
    ...(got === wanted || channel !== 'slack' ? [] : [`the page ${key} is ${status} and was got ${got} times`]),
    ...(told === wanted ? [] : [`the page ${key} is ${status} and the timeline tells ${told} times that it was sent`]),
    ...(sent_at !== null && sent_at < due_at ? [`the page ${key} was sent before it was due`] : []),
  ]
}

/** Whoever the timeline says was called has a page for each time. */
function pagesNobodyWrote(timeline: Entry[], pages: Page[]): string[] {
  const called = new Map<string, number>()
  for (const { incident, fact } of timeline.filter(({ kind }) =>
    ['people_paged', 'last_resort_reached'].includes(kind),
  ))
    for (const person of fact.people as string[])
      called.set(`${incident} ${person}`, (called.get(`${incident} ${person}`) ?? 0) + 1)
  return [...called].flatMap(([who, times]) => {
    const written = pages.filter(({ incident, person }) => who === `${incident} ${person}`).length
    return written >= times ? [] : [`incident and person ${who} were called ${times} times, with ${written} pages`]
  })
}

/** Told again from its timeline, an incident is what its row says; and while it is open it waits for something. */
function incidentLies(row: Row, timeline: Entry[]): string[] {
  const places = timeline.flatMap(({ kind, fact }) =>
    kind === 'people_paged' && fact.because === 'policy' ? [`${fact.round}.${fact.step}`] : [],
  )
  const status = timeline.reduce((before, { kind, by }) => {
    if (kind === 'incident_acknowledged') return 'acknowledged'
    if (kind === 'incident_resolved') return 'resolved'
    // Raised by an alert: whoever had it has not heard of that.
    const raised = kind === 'severity_changed' && by === null
    return raised || ['incident_reopened', 'incident_escalated', 'acknowledgement_lapsed'].includes(kind)
      ? 'open'
      : before
  }, 'open')
  const opened = timeline.filter(({ kind }) => kind === 'incident_opened').length
  return [
    ...(opened === 1 ? [] : [`incident ${row.number} was opened ${opened} times`]),
    ...(status === row.status ? [] : [`incident ${row.number} is ${row.status}, and by its timeline ${status}`]),
    ...(new Set(places).size === places.length
      ? []
      : [`incident ${row.number} took a step twice: ${places.join(' ')}`]),
    ...(row.status === 'open' && row.severity < 'P3' && row.due_at === null
      ? [`incident ${row.number} is open and waits for nothing`]
      : []),
  ]
}

/** While nobody has an incident somebody is called again and again: where that took longer than `longest` milliseconds. */
export async function gaps({ db }: FreshDatabase, longest: number): Promise<string[]> {
  const { rows } = await db.query<Entry>('select * from timeline order by id')
  const calls = ['people_paged', 'last_resort_reached', 'incident_reopened', 'incident_opened', 'alerts_fire_again']
  return [...new Set(rows.map((row) => row.incident))].flatMap((incident) => {
    const timeline = rows.filter((row) => row.incident === incident)
    let waiting: Date | null = null
    return timeline.flatMap(({ kind, at }) => {
      const since: Date | null = waiting
      const rests = ['incident_acknowledged', 'incident_resolved', 'alerts_all_clear'].includes(kind)
      const begins = calls.includes(kind) || ['incident_escalated', 'acknowledgement_lapsed'].includes(kind)
      if (rests) waiting = null
      else if (begins) waiting = at
      const late = since === null || !(rests || begins) ? 0 : at.getTime() - since.getTime()
      return late > longest ? [`incident ${incident} called nobody for ${late} ms before it was ${kind}`] : []
    })
  })
}

/** Every message carries a key of its own; every room is one channel. */
function saidTwice(slack: SlackStandIn): string[] {
  const { messages, channels } = slack.workspace
  const twice = (values: string[]) => [...new Set(values.filter((value, i) => values.indexOf(value) !== i))]
  const keys = messages.map((m) => keyOf(m.metadata)).filter((key) => key !== null)
  const rooms = [...channels.values()].flatMap(({ name }) => /^inc-(\d+)-/.exec(name)?.[1] ?? [])
  return [
    ...twice(keys).map((key) => `the message ${key} was posted twice`),
    ...twice(rooms).map((room) => `incident ${room} has two rooms`),
  ]
}

/** What a room is told of the timeline comes in its order. */
function outOfOrder(slack: SlackStandIn): string[] {
  return [...slack.workspace.channels.values()].flatMap(({ id, name }) => {
    const told = slack.messages(id).flatMap(({ metadata }) => {
      const [, entry] = /^inc-\d+\/e(\d+)$/.exec(keyOf(metadata) ?? '') ?? []
      return entry === undefined ? [] : [Number(entry)]
    })
    const inOrder = told.every((entry, i) => i === 0 || (told[i - 1] ?? 0) < entry)
    return inOrder || !name.startsWith('inc-') ? [] : [`#${name} was told out of order: ${told.join(' ')}`]
  })
}

function keyOf(metadata: Record<string, unknown> | null): string | null {
  const { key } = (metadata?.event_payload ?? {}) as { key?: string }
  return key ?? null
}
