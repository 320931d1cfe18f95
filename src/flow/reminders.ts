// Reminds people of what is left to do after an incident: action items that are due, post-mortems that are not published. Each
// reminder is a notice, written in the transaction that says when the next one is: no replica says it twice, no restart skips it.
import type { Bot } from '../bot.ts'
import { type ActionItem, localDate, openingAfter } from '../core/action.ts'
import type { About, Notice } from '../core/notice.ts'
import { lockActionsToRemind, remindOfAction } from '../store/actions.ts'
import type { Queryable } from '../store/db.ts'
import { addNotices } from '../store/notices.ts'
import { lockClocksToPublish, remindOfClock, type WaitingClock } from '../store/reminders.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import { toChannels, toPerson } from './notices.ts'

/** Days between two reminders of an action item that is overdue. */
const aWeek = 7

/** Decided at a time. */
const batch = 50

/** Writes the reminders that are due; true when there may be more. */
export async function decideReminders(bot: Bot): Promise<boolean> {
  const now = bot.clock.now()
  const actions = await bot.db.tx(async (q) => {
    const due = await lockActionsToRemind(q, now, batch)
    for (const action of due) await remindOwner(bot, q, action, now)
    return due.length
  })
  const clocks = await bot.db.tx(async (q) => {
    const due = await lockClocksToPublish(q, now, batch)
    for (const clock of due) await remindWriter(bot, q, clock, now)
    return due.length
  })
  return actions === batch || clocks === batch
}

async function remindOwner(bot: Bot, q: Queryable, action: ActionItem, now: Date): Promise<void> {
  const { incident, item, owner } = action
  const view = await incidentView(q, incident)
  if (view === null) return remindOfAction(q, action, null)
  const { hours } = view.incident.terms
  const key = `action/${incident}/${item}/${localDate(now, hours.zone)}`
  await addNotices(q, noticesTo(bot, owner ?? writerOf(view), key, { kind: 'action', incident, item }), now)
  await remindOfAction(q, action, openingAfter(hours, now, aWeek))
}

/** The share of the time after which whoever has to write is told, beside the room. */
const warnedAt = 0.8
const hour = 3_600_000

async function remindWriter(bot: Bot, q: Queryable, clock: WaitingClock, now: Date): Promise<void> {
  const { incident, startedAt, dueAt } = clock
  const warning = new Date(startedAt.getTime() + (dueAt.getTime() - startedAt.getTime()) * warnedAt)
  if (clock.remindAt === null && now < warning) return remindOfClock(q, clock, warning)
  const view = await incidentView(q, incident)
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
