// What is due the moment an incident opens, usually the first step of its policy, is decided in the transaction that opens
// it: by the same function as everything that falls due later, without waiting for anybody to find it.
import type { Bot } from '../bot.ts'
import { Draft } from '../core/change.ts'
import { stepDueAt } from '../core/incident.ts'
import type { Queryable } from '../store/db.ts'
import { overridesAt } from '../store/overrides.ts'
import { climb } from './climb.ts'

/** `drafts`: of those that open. One that cannot be decided opens all the same, and stays due: the due loop tells of it. */
export async function takeFirstSteps(bot: Bot, q: Queryable, drafts: Draft[], now: Date): Promise<void> {
  const due = drafts.filter(({ isNew, incident }) => {
    const at = stepDueAt(incident)
    return isNew && at !== null && at <= now
  })
  if (due.length === 0) return
  const overrides = await overridesAt(q, now)
  for (const draft of due) {
    // Half a decision must not be written.
    const decided = new Draft(draft)
    try {
      climb(bot, decided, overrides, now)
    } catch (error) {
      bot.log.error(
        { err: error, incident: draft.incident.number },
        'the first step could not be decided at the opening',
      )
      continue
    }
    draft.apply({ incident: decided.incident, clocks: [], entries: decided.entries })
    draft.pages.push(...decided.pages)
  }
}
