// Status updates: given by people, and asked for when they promised the next one. A reminder is an instant on a row of its
// own, decided under the incident's lock: it survives every restart, and two replicas give it once.
import type { Bot } from '../bot.ts'
import { Draft } from '../core/change.ts'
import { type Refusal, type Step, transition } from '../core/incident.ts'
import { nextUpdate, reminderPace, type StatusUpdate } from '../core/status-update.ts'
import { writeChanges } from '../store/changes.ts'
import { lockIncident } from '../store/incidents.ts'
import { isAway } from '../store/problems.ts'
import { dueReminders, postponeReminder, putReminder, removeReminder, takeReminder } from '../store/updates.ts'
import { withEffects } from './effects.ts'
import { lockNamed } from './named.ts'
import { writing } from './opening.ts'
import { record } from './record.ts'

const batchSize = 100

/** Milliseconds an incident is left alone whose reminder could not be given. */
const setAside = 30_000

/** Puts an update on the timeline, and on the clock for the next. Throws UserError when there is no such incident. */
export async function giveUpdate(bot: Bot, number: number, by: string, update: StatusUpdate): Promise<Step | Refusal> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const locked = await lockNamed(q, number)
    const draft = new Draft(locked)
    const isOver = draft.incident.status === 'resolved'
    // Nobody is asked for more about what is over; a last word is welcome.
    const next = isOver ? null : nextUpdate(update, draft.incident)
    const step = transition(draft, { kind: 'update', by, update: { ...update, next } }, now)
    if ('refused' in step) return step
    const change = withEffects(bot, draft.apply(step))
    if (change !== null) await writeChanges(q, [change], writing(bot))
    if (next === null) await removeReminder(q, number)
    else {
      const remindAt = new Date(now.getTime() + next)
      await putReminder(q, number, { person: by, givenAt: now, remindAt, againEvery: reminderPace(next) })
    }
    return step
  })
}

/** Reminds whoever owes an update now; call again while there is `more`. */
export async function remindUpdates(bot: Bot): Promise<{ reminded: number; more: boolean }> {
  const now = bot.clock.now()
  const due = await dueReminders(bot.db, now, batchSize)
  let reminded = 0
  for (const incident of due) {
    try {
      if (await remind(bot, incident, now)) reminded++
    } catch (error) {
      if (isAway(error)) throw error
      bot.log.error({ err: error, incident }, 'nobody could be reminded of a status update; trying again')
      await postponeReminder(bot.db, incident, new Date(now.getTime() + setAside))
    }
  }
  return { reminded, more: reminded > 0 && due.length === batchSize }
}

async function remind(bot: Bot, number: number, now: Date): Promise<boolean> {
  return bot.db.tx(async (q) => {
    const locked = await lockIncident(q, number)
    if (locked === null || locked.incident.status === 'resolved') {
      await removeReminder(q, number)
      return false
    }
    const { quietUntil, lead } = locked.incident
    const due = await takeReminder(q, number, now)
    if (due === null) return false
    if (quietUntil !== null && quietUntil > now) {
      // About to end by itself; if it does not, there is time then.
      await postponeReminder(q, number, quietUntil)
      return false
    }
    const people = [...new Set([due.person, ...(lead === null ? [] : [lead])])]
    const minutes = Math.round((now.getTime() - due.givenAt.getTime()) / 60_000)
    await record(bot, q, number, [{ kind: 'update_due', people, minutes }])
    return true
  })
}
