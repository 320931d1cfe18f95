// Reminds people of what is left to do after an incident: action items that are due, post-mortems that are not published. Each
// reminder is a notice, written in the transaction that says when the next one is: no replica says it twice, no restart skips it.
import type { Bot } from '../bot.ts'
import { localDate, openingAfter } from '../core/action.ts'
import type { About, Notice } from '../core/notice.ts'
import { type ActionName, actionsToRemind, lockActionToRemind, remindOfAction } from '../store/actions.ts'
import type { Queryable } from '../store/db.ts'
import { addNotices } from '../store/notices.ts'
import { isAway } from '../store/problems.ts'
import { type ClockName, clocksToPublish, lockClockToPublish, remindOfClock } from '../store/reminders.ts'
import { type IncidentView, tellingView } from '../store/views.ts'
import { toChannels, toPerson } from './notices.ts'

/** Days between two reminders of an action item that is overdue. */
const aWeek = 7

/** Decided at a time. */
const batch = 50

/** Milliseconds one is left alone whose reminder could not be written. */
const setAside = 10 * 60_000

/**
 * Writes the reminders that are due; true when there may be more. One at a time: a clock that is locked for long keeps whoever
 * decides about its incident waiting, and with that others' pages.
 */
export async function decideReminders(bot: Bot): Promise<boolean> {
  const now = bot.clock.now()
  const actions = await actionsToRemind(bot.db, now, batch)
  for (const action of actions) await decide(bot, action, (q, at) => remindOfAction(q, action, at), remindOwner)
  const clocks = await clocksToPublish(bot.db, now, batch)
  for (const clock of clocks) await decide(bot, clock, (q, at) => remindOfClock(q, clock, at), remindWriter)
  return actions.length === batch || clocks.length === batch
}

/** One that cannot be decided keeps no other waiting. */
async function decide<Name extends { incident: number }>(
  bot: Bot,
  what: Name,
  remindLater: (q: Queryable, at: Date) => Promise<void>,
  remind: (bot: Bot, q: Queryable, what: Name, now: Date) => Promise<void>,
): Promise<void> {
  const now = bot.clock.now()
  try {
    await bot.db.tx((q) => remind(bot, q, what, now))
  } catch (error) {
    if (isAway(error)) throw error
    bot.log.error(
      { err: error, incident: what.incident },
      'nobody could be reminded of what is left to do; trying again',
    )
    await remindLater(bot.db, new Date(now.getTime() + setAside))
  }
}

async function remindOwner(bot: Bot, q: Queryable, name: ActionName, now: Date): Promise<void> {
  const action = await lockActionToRemind(q, name, now)
  if (action === null) return
  const { incident, item, owner } = action
  const view = await tellingView(q, incident)
  if (view === null) return remindOfAction(q, action, null)
  const { hours } = view.incident.terms
  const key = `action/${incident}/${item}/${localDate(now, hours.zone)}`
  await addNotices(q, noticesTo(bot, owner ?? writerOf(view), key, { kind: 'action', incident, item }), now)
  await remindOfAction(q, action, openingAfter(hours, now, aWeek))
}

/** The share of the time after which whoever has to write is told, beside the room. */
const warnedAt = 0.8
const hour = 3_600_000

async function remindWriter(bot: Bot, q: Queryable, name: ClockName, now: Date): Promise<void> {
  const clock = await lockClockToPublish(q, name, now)
  if (clock === null) return
  const { incident, startedAt, dueAt } = clock
  const warning = new Date(startedAt.getTime() + (dueAt.getTime() - startedAt.getTime()) * warnedAt)
  if (clock.remindAt === null && now < warning) return remindOfClock(q, clock, warning)
  const view = await tellingView(q, incident)
  if (view === null) return
  // It came back: nobody can write it up now.
  if (view.incident.status !== 'resolved') return remindOfClock(q, clock, new Date(now.getTime() + hour))
  const { hours } = view.incident.terms
  const key = `postmortem/${incident}/${dueAt.toISOString()}/${now < dueAt ? 'before' : localDate(now, hours.zone)}`
  const about = { kind: 'postmortem', incident, dueAt: dueAt.toISOString() } as const
  await addNotices(q, noticesTo(bot, writerOf(view), key, about), now)
  await remindOfClock(q, clock, now < dueAt ? dueAt : openingAfter(hours, now, 1))
}

/** Whoever led it, else whoever had it. */
function writerOf({ incident, timeline }: IncidentView): string | null {
  const answered = timeline.findLast(({ fact }) => fact.kind === 'incident_acknowledged')
  return incident.lead ?? (incident.status === 'open' ? null : incident.acknowledgedBy) ?? answered?.by ?? null
}

function noticesTo(bot: Bot, person: string | null, key: string, about: About): Notice[] {
  return person !== null && Object.hasOwn(bot.config.people, person)
    ? [toPerson(bot, key, person, about)]
    : toChannels(bot, key, about)
}
