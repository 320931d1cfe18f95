// What is told of a change of hands: to those it concerns, and to the incidents whose policy would reach somebody else now.
import { type Bot, nameOf } from '../bot.ts'
import type { Handover } from '../core/handover.ts'
import type { Notice } from '../core/notice.ts'
import { sentence } from '../core/timeline.ts'
import type { Queryable } from '../store/db.ts'
import { latestHandover, latestKept } from '../store/handovers.ts'
import { openIncidents } from '../store/incidents.ts'
import { noteEntry } from '../store/timeline.ts'
import { toChannels, toPerson } from './notices.ts'

/**
 * Everything that is said about a hand-over as it is now. The incoming person's message and the channel's are edited; that the
 * pager is kept, and that it is kept no longer, are messages of their own to the outgoing one, because an edit wakes nobody.
 */
export function noticesOf(
  bot: Bot,
  { id, incoming, outgoing, status, override }: Handover,
  people: string[] = [],
): Notice[] {
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

/** Whom the policy of a running incident would reach has changed: that is part of what happened. Locks none of them. */
export async function tellIncidents(
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

/** People before and after, and the hand-overs that this ended and began. */
type Passing = { schedule: string; begun: Handover[]; ended: Handover[]; before: string[]; after: string[] }

/** Whoever leaves and is not asked to keep it hears of it, too: where more leave than come, or nobody comes for them. */
export async function farewells(
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

export function about(handover: number, to: 'incoming' | 'outgoing' | 'leaving' | 'alone' | 'channel') {
  return { kind: 'handover', handover, to } as const
}
