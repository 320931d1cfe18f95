// The stage that reaches people: what the timeline says into the rooms, pages to the persons.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import type { Entry } from '../core/timeline.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { chartMessage } from '../messages/chart.ts'
import { pageMessage } from '../messages/page.ts'
import { saidMessage } from '../messages/said.ts'
import { pageLateness, pages } from '../metrics.ts'
import type { Queryable } from '../store/db.ts'
import { anyoneReached, finishPage, takePage } from '../store/pages.ts'
import { chartPng, type IncidentView, incidentView } from '../store/views.ts'
import { postOnce } from './ledger.ts'
import { newPage, reach } from './paging.ts'
import { record } from './record.ts'
import { ensureRoom, invite } from './rooms.ts'

/** Tells a timeline entry in the incident's room. */
export async function say(bot: Bot, platform: ChatPlatform, incident: number, entryId: number): Promise<void> {
  const view = await incidentView(bot.db, incident)
  const entry = view?.timeline.find((one) => one.id === entryId)
  if (!view || !entry) return
  const room = await ensureRoom(bot, platform, view)
  const message = await messageFor(bot, platform, view, entry)
  if (message === null) return
  if (entry.fact.kind === 'people_paged') {
    for (const person of entry.fact.people) await invite(bot, platform, incident, room, person)
  }
  await postOnce(bot, platform, `inc-${incident}/e${entryId}`, { channel: room.channel }, message)
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
  if (page.status === 'due' && view.incident.status === 'resolved')
    return finishPage(bot.db, key, { status: 'cancelled' })
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
    if (other !== channel && bot.platforms.some((p) => p.name === other)) {
      const place = { kind: kindOfPage(key), round: page.round, step: page.step }
      draft.pages.push(newPage(bot, page.incident, place, person, bot.clock.now(), other))
    }
  })
  await finishPage(q, key, { status: 'failed', reason })
  // The last resort repeats by itself, and a page by hand has nothing after it.
  if (kindOfPage(key) !== 's' || (await anyoneReached(q, page))) return
  await record(bot, q, page.incident, [], null, (draft) => {
    const { incident } = draft
    if (incident.status !== 'open' || incident.position === null) return
    draft.apply({
      incident: { ...incident, position: { ...incident.position, dueAt: bot.clock.now() } },
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
