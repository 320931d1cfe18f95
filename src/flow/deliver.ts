// The stage that reaches people: what the timeline says into the rooms, pages to the persons.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { Incident } from '../core/incident.ts'
import type { Message } from '../core/message.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import type { Severity } from '../core/severity.ts'
import { type Entry, loud, unsaid } from '../core/timeline.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { chartMessage } from '../messages/chart.ts'
import { pageMessage } from '../messages/page.ts'
import { saidMessage } from '../messages/said.ts'
import { pageLateness, pages } from '../metrics.ts'
import { addJobs } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { keysPosted, postedMessage } from '../store/messages.ts'
import { finishPage, hasWayOn, lockRescue, strandedPages, takePage } from '../store/pages.ts'
import type { KnownRoom } from '../store/rooms.ts'
import { chartPng, type IncidentView, incidentView } from '../store/views.ts'
import { postOnce } from './ledger.ts'
import { newPage, reach } from './paging.ts'
import { record } from './record.ts'
import { callEverybody, ensureRoom, invite } from './rooms.ts'

/** Tells a timeline entry in the incident's room, and to everybody when nobody has it. */
export async function say(bot: Bot, platform: ChatPlatform, incident: number, entryId: number): Promise<void> {
  const view = await incidentView(bot.db, incident)
  const entry = view?.timeline.find((one) => one.id === entryId)
  if (!view || !entry) return
  if (loud.includes(entry.fact.kind)) {
    await callEverybody(bot, platform, view, entryId)
    if (view.incident.terms.severities[view.incident.severity].presence !== 'room') return
  }
  const room = await ensureRoom(bot, platform, view)
  for (const one of untold(view, entryId, await keysPosted(bot.db, platform.name, `inc-${incident}/e`))) {
    try {
      await tell(bot, platform, view, room, one)
    } catch (error) {
      // One that is refused for good was given up by its own job; it does not silence what came after it.
      if (one.id === entryId || !(error instanceof PermanentError)) throw error
    }
  }
}

async function tell(
  bot: Bot,
  platform: ChatPlatform,
  view: IncidentView,
  room: KnownRoom,
  entry: Entry,
): Promise<void> {
  const { number } = view.incident
  const message = await messageFor(bot, platform, view, entry)
  if (message === null) return
  await postOnce(bot, platform, keyOf(number, entry.id), { channel: room.channel }, message)
  if (entry.fact.kind !== 'people_paged') return
  for (const person of entry.fact.people) await invite(bot, platform, number, room, person)
}

/**
 * What the room has not heard up to an entry, in the order it happened: jobs that had to be put back come in any order. An
 * incident that was a card for a while has its room told what came after that.
 */
function untold({ timeline, incident }: IncidentView, upTo: number, told: Set<string>): Entry[] {
  const presence = (severity: Severity) => incident.terms.severities[severity].presence
  const since = timeline.findLast(
    ({ id, fact }) => id <= upTo && fact.kind === 'severity_changed' && presence(fact.from) !== 'room',
  )
  return timeline.filter(
    ({ id, fact }) =>
      id <= upTo &&
      id >= (since?.id ?? 0) &&
      !unsaid.includes(fact.kind) &&
      (id === upTo || !told.has(keyOf(incident.number, id))),
  )
}

function keyOf(incident: number, entry: number): string {
  return `inc-${incident}/e${entry}`
}

async function messageFor(bot: Bot, platform: ChatPlatform, view: IncidentView, entry: Entry): Promise<Message | null> {
  const { fact } = entry
  if (fact.kind !== 'chart_drawn') return saidMessage(bot, view, entry, bot.clock.now(), platform.name)
  const chart = view.charts.find((one) => one.id === fact.chart)
  const png = await chartPng(bot.db, fact.chart, view.incident.number)
  return chart && png ? chartMessage(bot, view, chart, new Uint8Array(png)) : null
}

/** Sends one page of the ledger: looked up first when an earlier attempt may have gone out, given up with a reason. */
export async function pagePerson(bot: Bot, platform: ChatPlatform, key: string): Promise<void> {
  const page = await takePage(bot.db, key)
  if (page === null) return
  const view = await incidentView(bot.db, page.incident)
  if (view === null) return
  if (!isWanted(view.incident, page)) return drop(bot, platform, page)
  try {
    const account = bot.config.people[page.person]?.accounts[platform.name]
    if (account === undefined) throw new PermanentError(`${page.person} has no ${platform.name} account in people:`)
    await postOnce(bot, platform, key, { account }, pageMessage(bot, view, page, bot.clock.now()))
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    bot.log.error(
      { incident: page.incident, trace: view.incident.trace, page: key, reason: error.message },
      'a page could not be delivered',
    )
    pages.inc({ channel: page.channel, status: 'failed' })
    await bot.db.tx((q) => fallBack(bot, q, page, reasonOf(error)))
    return
  }
  await bot.db.tx((q) => markSent(bot, q, page))
  bot.log.info({ incident: page.incident, trace: view.incident.trace, page: key }, 'page sent')
}

/** Milliseconds after which a page is not simply about to go out. */
const overdue = 60_000

/**
 * Pages that nobody is about to send: over a platform that is no longer configured they take the next way to the person, and
 * where the job was lost, they get another.
 */
export async function rescuePages(bot: Bot): Promise<number> {
  const now = bot.clock.now()
  const platforms = bot.platforms.map((platform) => platform.name)
  return bot.db.tx(async (q) => {
    if (!(await lockRescue(q))) return 0
    const stranded = await strandedPages(q, platforms, new Date(now.getTime() - overdue))
    for (const page of stranded) {
      const { key, incident, channel } = page
      bot.log.error({ incident, page: key }, 'nobody was about to send a page; it is taken up again')
      if (platforms.includes(channel))
        await addJobs(q, [{ task: 'page_person', platform: channel, incident, page: key }], now)
      else await fallBack(bot, q, page, `${channel} is no longer configured`)
    }
    return stranded.length
  })
}

/** A page of the policy is for whoever has it, which nobody does while it is open; one asked for by hand is for the person. */
function isWanted(incident: Incident, { key }: Page): boolean {
  return kindOfPage(key) === 'm' ? incident.status !== 'resolved' : incident.status === 'open'
}

/** Nobody needs it any more. One that is known to have gone out is still told as sent. */
async function drop(bot: Bot, platform: ChatPlatform, page: Page): Promise<void> {
  const gone = await postedMessage(bot.db, platform.name, page.key)
  if (gone !== null) await bot.db.tx((q) => markSent(bot, q, page))
  else await finishPage(bot.db, page.key, { status: 'cancelled' })
}

async function markSent(bot: Bot, q: Queryable, page: Page): Promise<void> {
  const { key, person, channel } = page
  const at = bot.clock.now()
  await record(bot, q, page.incident, [{ kind: 'page_sent', person, channel, key }])
  await finishPage(q, key, { status: 'sent', at })
  pages.inc({ channel, status: 'sent' })
  pageLateness.observe({ channel }, Math.max(0, at.getTime() - page.dueAt.getTime()) / 1000)
}

/** The person is tried on the next platform; when nobody of the step can be reached at all, the next step is due now. */
async function fallBack(bot: Bot, q: Queryable, page: Page, reason: string): Promise<void> {
  const { key, person, channel } = page
  await record(bot, q, page.incident, [{ kind: 'page_failed', person, channel, key, reason }], null, (draft) => {
    const other = reach(bot, person, triedBefore(bot, channel))
    if (other !== channel && isWanted(draft.incident, page) && bot.platforms.some((p) => p.name === other)) {
      const place = { kind: kindOfPage(key), round: page.round, step: page.step }
      draft.pages.push(newPage(bot, page.incident, place, person, bot.clock.now(), other))
    }
  })
  await finishPage(q, key, { status: 'failed', reason })
  // The last resort repeats by itself, and a page by hand has nothing after it.
  if (kindOfPage(key) !== 's' || (await hasWayOn(q, page))) return
  await record(bot, q, page.incident, [], null, (draft) => {
    const { incident } = draft
    const { position } = incident
    if (incident.status !== 'open' || position === null || position.at === 'rest') return
    draft.apply({
      incident: { ...incident, position: { ...position, dueAt: bot.clock.now() } },
      clocks: [],
      entries: [],
    })
  })
}

/** Platforms come in order; those up to the one that failed have had their turn. */
function triedBefore(bot: Bot, channel: string): string[] {
  const names = bot.platforms.map((platform) => platform.name)
  return names.slice(0, names.indexOf(channel) + 1)
}
