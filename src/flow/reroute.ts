// When one way to a person does not do: the next one is taken. At once when it failed for good; besides it when it hangs.
import type { Bot } from '../bot.ts'
import type { Page } from '../core/page.ts'
import type { Severity } from '../core/severity.ts'
import { rerouteAt } from '../core/terms.ts'
import { entry, type Fact } from '../core/timeline.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import { isAway } from '../store/problems.ts'
import { hangingPages, hastenPage, postponeReroute, takeReroute, waysTaken } from '../store/ways.ts'
import { nextWayFrom } from './asleep.ts'
import { record } from './record.ts'
import { heldUntil, isWanted } from './wanted.ts'
import { pageOver, placeOfPage, postponed, wayAfter } from './ways.ts'

const batchSize = 100

/** Milliseconds a page is left alone whose next way could not be decided. */
const setAside = 30_000

/** A batch of pages that hang goes over the next way as well; call again while there is `more`. */
export async function reroutePages(bot: Bot): Promise<{ rerouted: number; more: boolean }> {
  const now = bot.clock.now()
  const hanging = await hangingPages(bot.db, now, batchSize)
  let rerouted = 0
  for (const page of hanging) if (await rerouteAlone(bot, page, now)) rerouted++
  // What is being written down at this moment is left alone, and is no reason to look again at once.
  return { rerouted, more: rerouted > 0 && hanging.length === batchSize }
}

/** One that cannot be decided must not keep the others waiting. */
async function rerouteAlone(bot: Bot, page: Page, now: Date): Promise<boolean> {
  try {
    return await bot.db.tx((q) => reroute(bot, q, page, now))
  } catch (error) {
    if (isAway(error)) throw error
    const { incident, key } = page
    bot.log.error({ err: error, incident, page: key }, 'a page hangs and cannot take the next way; trying again')
    await postponeReroute(bot.db, key, new Date(now.getTime() + setAside))
    return false
  }
}

async function reroute(bot: Bot, q: Queryable, page: Page, now: Date): Promise<boolean> {
  const locked = await lockIncident(q, page.incident)
  if (locked === null) return false
  const { incident } = locked
  const { terms, severity } = incident
  const until = heldUntil(incident, page)
  if (until !== null && until > now) {
    // When an alert comes back, it has its own way to itself for as long as any page.
    await postponeReroute(q, page.key, rerouteAt(terms.severities[severity], severity, now) ?? until)
    return false
  }
  const awake = await nextWayFrom(bot, q, page, severity)
  if (awake !== null) {
    await postponeReroute(q, page.key, rerouteAt(terms.severities[severity], severity, awake) ?? awake)
    return false
  }
  if (!(await takeReroute(q, page.key, now))) return false
  if (!isWanted(incident, page)) return false
  const next = await nextWay(bot, q, page, severity)
  if (next === null) return false
  const { person, channel } = page
  const minutes = Math.round((now.getTime() - page.dueAt.getTime()) / 60_000)
  const why = { kind: 'page_rerouted', person, channel, other: next.channel, minutes } as const
  await takeWay(bot, q, page, { next, why, until: null })
  bot.log.warn(
    { incident: page.incident, page: page.key, other: next.channel },
    'a page hangs; it takes the next way too',
  )
  return true
}

/** `waiting`: the key of the page that would have gone over it later. */
export type NextWay = { channel: string; waiting: string | null }

/** The way after those that this call of a person has taken; null when there is none. The incident is to be locked. */
export async function nextWay(bot: Bot, q: Queryable, page: Page, severity: Severity): Promise<NextWay | null> {
  const taken = await waysTaken(q, page, bot.clock.now())
  const tried = taken.filter(({ waiting }) => !waiting).map(({ channel }) => channel)
  const channel = wayAfter(bot, page.person, severity, tried)
  if (channel === null) return null
  return { channel, waiting: taken.find((one) => one.waiting && one.channel === channel)?.key ?? null }
}

/**
 * Takes it, with the reason on the timeline: at once, or when the quiet hours of the person end (`until`). `next` null: there is only the
 * reason to tell.
 */
export async function takeWay(
  bot: Bot,
  q: Queryable,
  page: Page,
  { next, why, until }: { next: NextWay | null; why: Fact; until: Date | null },
): Promise<void> {
  const { incident, person } = page
  const dueAt = until ?? bot.clock.now()
  const isEarlier = next !== null && (next.waiting === null || (await hastenPage(q, next.waiting, dueAt)))
  await record(bot, q, incident, [why], null, (draft) => {
    if (next === null) return
    const { zone } = draft.incident.terms
    if (until !== null && isEarlier)
      draft.entries.push(entry(postponed(person, until, zone, next.channel), bot.clock.now()))
    if (next.waiting === null) draft.pages.push(pageOver(incident, placeOfPage(page), person, next.channel, dueAt))
  })
}
