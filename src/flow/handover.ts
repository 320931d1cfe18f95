// The pager changes hands: seen once across all replicas, told to both, confirmed by the incoming person or kept by the
// outgoing one. Whoever the schedule names is paged all the while; nothing here leaves a moment without anybody.
import { createHash } from 'node:crypto'
import { type Bot, nameOf } from '../bot.ts'
import { usable } from '../core/duty.ts'
import { bySystem, confirm, type Handover, type HandoverRefusal, isSettled } from '../core/handover.ts'
import type { Notice } from '../core/notice.ts'
import { type Change, changesAfterGap, changesOf, isDeliberate } from '../core/pager.ts'
import {
  type Override,
  type PersonalOverride,
  type Schedule,
  type Shift,
  shiftAt,
  shiftsBetween,
} from '../core/schedule.ts'
import { sentence } from '../core/timeline.ts'
import type { Queryable } from '../store/db.ts'
import {
  addHandover,
  awaitPager,
  endHandovers,
  firstSeen,
  handoverById,
  latestHandover,
  latestKept,
  lockPager,
  rememberPager,
  type SeenPager,
  seenPagers,
  settleHandover,
  unansweredHandovers,
} from '../store/handovers.ts'
import { openIncidents } from '../store/incidents.ts'
import { addNotices } from '../store/notices.ts'
import { addOverride, endOverride, overridesAt, overridesBetween } from '../store/overrides.ts'
import { noteEntry } from '../store/timeline.ts'
import { toChannels, toPerson } from './notices.ts'

/** Milliseconds by which the clock of another replica may be ahead: more is a clock that was set back. */
const apartAtMost = 60_000

/** Milliseconds before a gap for which it is looked who had the pager last. */
const longestGap = 31 * 86_400_000

/** Looks whether a pager changed hands, and whose time to confirm is over. Cheap when nothing did. */
export async function decideHandovers(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  const [seen, all] = await Promise.all([seenPagers(bot.db), overridesAt(bot.db, now)])
  const overrides = usable(bot.config, sameList(bot, all))
  for (const schedule of Object.values(bot.config.schedules)) {
    const known = seen.find((one) => one.schedule === schedule.name)
    const people = shiftAt(schedule, overrides, now)?.people ?? []
    const definition = definitionOf(schedule)
    if (known === undefined) await firstSeen(bot.db, { schedule: schedule.name, people, since: now, definition })
    else if (definition !== known.definition || !same(people, known.people) || isStale(schedule, overrides, now))
      await apart(bot, schedule.name, changeHands(bot, schedule))
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

/** Whose turn it is, whoever keeps the pager meanwhile. */
function turnAt(schedule: Schedule, overrides: readonly Override[], now: Date): Shift | null {
  if (!overrides.some(isKept)) return shiftAt(schedule, overrides, now)
  return shiftAt(
    schedule,
    overrides.filter((one) => !isKept(one)),
    now,
  )
}

function isKept(override: Override): override is PersonalOverride {
  return override.kind === 'override' && override.madeBy === bySystem
}

/** Whether the pager is kept for somebody whose turn it is not: others were given it meanwhile. */
function isStale(schedule: Schedule, overrides: readonly Override[], now: Date): boolean {
  const kept = overrides.filter((one) => isKept(one) && one.schedule === schedule.name && one.from <= now)
  if (kept.length === 0) return false
  const due = turnAt(schedule, overrides, now)?.people ?? []
  return kept.some((one) => isKept(one) && one.replaces !== null && !due.includes(one.replaces))
}

/** Decided again under the lock: another replica may have seen the change in the same moment. */
async function changeHands(bot: Bot, schedule: Schedule): Promise<void> {
  await bot.db.tx(async (q) => {
    const now = bot.clock.now()
    const known = await lockPager(q, schedule.name)
    if (known === null) return
    // Another replica has seen what comes here in a moment: by this clock the pager would go back, and be confirmed by nobody.
    const ahead = known.since.getTime() - now.getTime()
    if (ahead > 0 && ahead < apartAtMost) return
    const overrides = usable(bot.config, await overridesAt(q, now))
    const shift = shiftAt(schedule, overrides, now)
    const turn = turnAt(schedule, overrides, now)
    const definition = definitionOf(schedule)
    const people = shift?.people ?? []
    const isSame = same(people, known.people)
    if (isSame && definition === known.definition && !isStale(schedule, overrides, now)) return
    // What began earlier was interrupted until now, by an override that is over.
    const isBack = turn !== null && turn.from <= known.since
    const at = turn === null || isBack ? now : turn.from
    await rememberPager(q, { schedule: schedule.name, people, since: isSame ? known.since : at, definition })
    if (!isSame) await tellIncidents(bot, q, { schedule: schedule.name, from: known.people, to: people })
    const staying = people.filter((person) => known.people.includes(person))
    const ended = await endHandovers(q, schedule.name, { staying, people, due: turn?.people ?? [], now })
    // What was kept is kept no longer: after whoever has it now, the schedule counts again.
    for (const { override } of ended) if (override !== null) await endOverride(q, override, now)
    const begun: Handover[] = []
    // A file that was edited says who has it now; two replicas with different files must tell it once, not for ever.
    const edited = definition !== known.definition
    // An edit that is made, or taken back, later than that is another one, of which nobody has heard; so is a change that comes twice
    // because the clock was set back over it.
    const isAnother = now.getTime() - known.since.getTime() >= apartAtMost
    const within = turn === null || isDeliberate(turn) || edited ? null : bot.config.handover.acceptWithin
    const changes = changesOf(known.people, people)
    const isAfterGap = known.people.length === 0 && turn !== null
    const others = isAfterGap ? await afterGap(bot, q, schedule, turn, known.since) : besides(known.people, people)
    for (const change of changes.length > 0 ? changes : others) {
      // An override ends when somebody said it would: whoever confirmed the shift before it is not asked once more.
      const before = isBack ? await latestHandover(q, schedule.name, change.incoming) : null
      const isSettledBefore = isBack && before !== null && isSettled(before, turn?.from ?? now)
      const isAsked =
        within !== null &&
        changes.includes(change) &&
        turn?.people.includes(change.incoming) === true &&
        !isSettledBefore
      const answerBy = isAsked ? new Date(now.getTime() + within) : null
      const status = isAsked ? 'asked' : 'informed'
      const moment = edited ? (turn?.from ?? now) : at
      const until = turn?.until ?? now
      const add = (at: Date) => addHandover(q, { schedule: schedule.name, at, ...change, until, status, answerBy })
      const added = (await add(moment)) ?? (isAnother ? await add(now) : null)
      if (added !== null) begun.push(added)
    }
    const notices = [...ended, ...begun].flatMap((one) => noticesOf(bot, one, people))
    const isNews = begun.length > 0 || !edited || isAnother
    const about = { schedule: schedule.name, begun, ended, before: known.people, after: people }
    await addNotices(q, [...notices, ...(isNews ? await farewells(bot, q, about) : [])], now)
  })
}

/** Whom the policy of a running incident would reach has changed: that is part of what happened. Locks none of them. */
async function tellIncidents(
  bot: Bot,
  q: Queryable,
  changed: { schedule: string; from: string[]; to: string[] },
): Promise<void> {
  const fact = { kind: 'pager_changed', ...changed } as const
  const text = sentence(fact, null, (person) => nameOf(bot, person))
  for (const { number, terms, severity } of await openIncidents(q)) {
    const { steps } = terms.severities[severity].policy
    const isAsked = steps.some(({ targets }) =>
      targets.some((one) => 'schedule' in one && one.schedule === fact.schedule),
    )
    if (isAsked) await noteEntry(q, number, { at: bot.clock.now(), fact, text })
  }
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
    if (!turn || isDeliberate(turn) || !turn.people.includes(incoming) || now >= until) {
      await settleHandover(q, id, { status: 'over' })
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
  if (!same(people, known.people))
    await tellIncidents(bot, q, { schedule: known.schedule, from: known.people, to: people })
}

/**
 * Everything that is said about a hand-over as it is now. The incoming person's message and the channel's are edited; that the
 * pager is kept, and that it is kept no longer, are messages of their own to the outgoing one, because an edit wakes nobody.
 */
function noticesOf(bot: Bot, { id, incoming, outgoing, status, override }: Handover, people: string[] = []): Notice[] {
  const key = `handover-${id}`
  const tell = (person: string, suffix: string, to: 'incoming' | 'outgoing') =>
    bot.config.people[person] ? [toPerson(bot, `${key}/${suffix}`, person, about(id, to))] : []
  // Whoever goes on has given it to nobody.
  if (status === 'informed' && people.includes(outgoing)) return tell(incoming, 'incoming', 'incoming')
  const wasKept = status === 'kept' || override !== null
  if (!wasKept) return [...tell(incoming, 'incoming', 'incoming'), ...tell(outgoing, 'outgoing', 'outgoing')]
  return [
    ...tell(incoming, 'incoming', 'incoming'),
    ...(status === 'kept' ? tell(outgoing, 'kept', 'outgoing') : []),
    ...(status === 'accepted' ? tell(outgoing, 'relieved', 'outgoing') : []),
    ...toChannels(bot, `${key}/channel`, about(id, 'channel')),
  ]
}

/** Whoever comes on beside somebody who goes on takes it from nobody, and has to know all the same. */
function besides(before: string[], after: string[]): Change[] {
  const [outgoing] = after.filter((person) => before.includes(person))
  if (outgoing === undefined) return []
  return after.filter((person) => !before.includes(person)).map((incoming) => ({ outgoing, incoming }))
}

/** Whoever comes on where nobody had it `since` has to know, too, and whoever had it last; nothing is to be confirmed. */
async function afterGap(bot: Bot, q: Queryable, schedule: Schedule, turn: Shift, since: Date): Promise<Change[]> {
  const again = await theirsAgain(q, schedule.name, turn.people, since)
  if (turn.from < since) return again
  const from = new Date(turn.from.getTime() - longestGap)
  const overrides = usable(bot.config, await overridesBetween(q, from, turn.from))
  const last = shiftsBetween(schedule, overrides, from, turn.from).findLast(({ until }) => until <= turn.from)
  // Whoever had it by an override was told its end, and what comes after it is another thing.
  const isGiven = [turn, ...(last === undefined ? [] : [last])].some(isDeliberate)
  const changes = changesAfterGap(last?.people ?? [], turn.people, isGiven)
  return [...changes, ...again.filter(({ incoming }) => changes.every((one) => one.incoming !== incoming))]
}

/** Whoever heard that it was nobody's, before its time: they go on, and believe that they do not. */
async function theirsAgain(q: Queryable, schedule: string, people: string[], since: Date): Promise<Change[]> {
  const again: Change[] = []
  for (const person of people) {
    const last = await latestHandover(q, schedule, person)
    if (last !== null && last.until > since) again.push({ outgoing: person, incoming: person })
  }
  return again
}

/** People before and after, and the hand-overs that this ended and began. */
type Passing = { schedule: string; begun: Handover[]; ended: Handover[]; before: string[]; after: string[] }

/** Whoever leaves and is not asked to keep it hears of it, too: where more leave than come, or nobody comes for them. */
async function farewells(
  bot: Bot,
  q: Queryable,
  { schedule, begun, ended, before, after }: Passing,
): Promise<Notice[]> {
  const left = before.filter((person) => !after.includes(person) && !begun.some(({ outgoing }) => outgoing === person))
  if (after.length === 0) return toNobody(bot, q, schedule, left)
  const [staying] = after.every((person) => before.includes(person)) ? after : []
  if (left.length === 0 || (begun.length === 0 && staying === undefined)) return []
  // Whoever stays came to it by one; where that was before anybody looked, what ends now says that it moved on.
  const to = begun[0] ?? (await latestHandover(q, schedule, staying ?? '')) ?? ended[0]
  if (to === undefined) return []
  const key = `handover-${to.id}/leaving/${bot.clock.now().getTime()}`
  return left
    .filter((person) => bot.config.people[person] !== undefined)
    .map((person) => toPerson(bot, `${key}/${person}`, person, about(to.id, 'leaving')))
}

/** An override that was taken back, an event that is gone from the calendar: whoever believes that it is still theirs. */
async function toNobody(bot: Bot, q: Queryable, schedule: string, left: string[]): Promise<Notice[]> {
  const now = bot.clock.now()
  const notices: Notice[] = []
  for (const person of left) {
    const had = [await latestHandover(q, schedule, person), await latestKept(q, schedule, person)]
    const last = had.find((one) => one !== null && one.until > now) ?? null
    if (last === null || bot.config.people[person] === undefined) continue
    notices.push(toPerson(bot, `handover-${last.id}/alone/${now.getTime()}`, person, about(last.id, 'alone')))
  }
  return notices
}

function about(handover: number, to: 'incoming' | 'outgoing' | 'leaving' | 'alone' | 'channel') {
  return { kind: 'handover', handover, to } as const
}

function definitionOf(schedule: Schedule): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('base64url').slice(0, 22)
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((person) => b.includes(person))
}
