// The pager changes hands: seen once across all replicas, told to both, confirmed by the incoming person or kept by the
// outgoing one. Whoever the schedule names is paged all the while; nothing here leaves a moment without anybody.
import type { Bot } from '../bot.ts'
import { usable } from '../core/duty.ts'
import { bySystem, confirm, type Handover, type HandoverRefusal } from '../core/handover.ts'
import { turnAt } from '../core/kept-pager.ts'
import { type Change, isGivenTo, samePeople } from '../core/pager.ts'
import { type Override, shiftAt } from '../core/schedule.ts'
import type { Queryable } from '../store/db.ts'
import {
  awaitPager,
  firstSeen,
  handoverById,
  rememberPager,
  type SeenPager,
  seenPagers,
  settleHandover,
  unansweredHandovers,
} from '../store/handovers.ts'
import { addNotices } from '../store/notices.ts'
import { addOverride, endOverride, overridesAt } from '../store/overrides.ts'
import { changeHands, definitionOf, isChanged } from './changeover.ts'
import { about, noticesOf, tellIncidents } from './handover-news.ts'
import { toChannels } from './notices.ts'

/** Looks whether a pager changed hands, and whose time to confirm is over. Cheap when nothing did. */
export async function decideHandovers(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  const [seen, all] = await Promise.all([seenPagers(bot.db), overridesAt(bot.db, now)])
  const overrides = usable(bot.config, sameList(bot, all))
  for (const schedule of Object.values(bot.config.schedules)) {
    const known = seen.find((one) => one.schedule === schedule.name)
    if (known === undefined) {
      const people = shiftAt(schedule, overrides, now)?.people ?? []
      await firstSeen(bot.db, { schedule: schedule.name, people, since: now, definition: definitionOf(schedule) })
    } else if (isChanged(known, schedule, overrides, now)) {
      await apart(bot, schedule.name, changeHands(bot, schedule))
    }
  }
  for (const { id, schedule } of await unansweredHandovers(bot.db, now))
    await apart(bot, schedule, keep(bot, id, schedule))
}

/** A schedule whose change of hands cannot be written keeps no other waiting. */
async function apart(bot: Bot, schedule: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) =>
    bot.log.error({ err: error, schedule }, 'a change of hands could not be written down; trying again'),
  )
}

const lists = new WeakMap<Bot, { text: string; list: Override[] }>()

/** Overrides that are as they were a second ago are the same list, for which everything has been worked out. */
function sameList(bot: Bot, list: Override[]): Override[] {
  const text = JSON.stringify(list)
  const known = lists.get(bot)
  if (known?.text === text) return known.list
  lists.set(bot, { text, list })
  return list
}

/** Nobody confirmed in time: the outgoing person has the pager from now on, until somebody does or the shift ends. */
async function keep(bot: Bot, id: number, schedule: string): Promise<void> {
  await bot.db.tx(async (q) => {
    const known = await awaitPager(q, schedule)
    const now = bot.clock.now()
    const handover = await handoverById(q, id, true)
    if (handover?.status !== 'asked' || handover.answerBy === null || handover.answerBy > now) return
    const { incoming, outgoing, until } = handover
    const configured = bot.config.schedules[schedule]
    const turn = configured && turnAt(configured, usable(bot.config, await overridesAt(q, now)), now)
    if (!turn?.people.includes(incoming) || now >= until) {
      await settleHandover(q, id, { status: 'over' })
    } else if (isGivenTo(incoming, turn)) {
      // Somebody gave it to them meanwhile, or they took it themselves: it is theirs, and has not moved on.
      await settleHandover(q, id, { status: 'informed' })
    } else if (bot.config.people[outgoing] === undefined) {
      // Whoever left the team cannot be paged: the incoming person stays, and the channel is told that nobody confirmed.
      await settleHandover(q, id, { status: 'informed' })
      await addNotices(q, toChannels(bot, `handover-${id}/channel`, about(id, 'channel')), now)
    } else {
      const made = { madeBy: bySystem, madeAt: now }
      const override = await addOverride(q, {
        schedule,
        person: outgoing,
        replaces: incoming,
        from: now,
        until,
        ...made,
      })
      await settleHandover(q, id, { status: 'kept', override })
      await handOn(bot, q, known, { outgoing: incoming, incoming: outgoing })
    }
    await addNotices(q, noticesOf(bot, (await handoverById(q, id)) ?? handover), now)
  })
}

/** “I have the pager.” Ends at once what the outgoing person kept. */
export async function acceptHandover(
  bot: Bot,
  id: number,
  by: string,
): Promise<{ handover: Handover; refused: HandoverRefusal | null } | null> {
  const found = await handoverById(bot.db, id)
  if (found === null) return null
  return bot.db.tx(async (q) => {
    const known = await awaitPager(q, found.schedule)
    const now = bot.clock.now()
    const handover = await handoverById(q, id, true)
    if (handover === null) return null
    const outcome = confirm(handover, by, now)
    if (outcome !== 'accepted') return { handover, refused: outcome.refused }
    if (handover.override !== null) {
      await endOverride(q, handover.override, now)
      await handOn(bot, q, known, handover)
    }
    await settleHandover(q, id, { status: 'accepted', answeredAt: now })
    const accepted = { ...handover, status: 'accepted', answeredAt: now } as const
    await addNotices(q, noticesOf(bot, accepted), now)
    return { handover: accepted, refused: null }
  })
}

/** A change of hands that was made here is none to be found by looking; whatever else changed still is. */
async function handOn(bot: Bot, q: Queryable, known: SeenPager | null, { outgoing, incoming }: Change): Promise<void> {
  if (known === null) return
  const now = bot.clock.now()
  const schedule = bot.config.schedules[known.schedule]
  const shift = schedule && shiftAt(schedule, usable(bot.config, await overridesAt(q, now)), now)
  // Whoever kept it for two may keep it for the other still.
  const instead = shift?.people.includes(outgoing) ? [outgoing, incoming] : [incoming]
  const people = [...new Set(known.people.flatMap((person) => (person === outgoing ? instead : [person])))]
  await rememberPager(q, { ...known, people, since: now })
  if (!samePeople(people, known.people))
    await tellIncidents(bot, q, { schedule: known.schedule, from: known.people, to: people })
}
