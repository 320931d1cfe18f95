// What is due the moment an incident opens, usually the first step of its policy, is decided in the transaction that opens
// it: by the same function as everything that falls due later, without waiting for anybody to find it.
import type { Bot } from '../bot.ts'
import { Draft } from '../core/change.ts'
import { stepDueAt } from '../core/incident.ts'
import type { Override } from '../core/schedule.ts'
import { climb } from './climb.ts'

/** `drafts`: of those that open. One that cannot be decided opens all the same, and stays due: the due loop tells of it. */
export function takeFirstSteps(bot: Bot, drafts: Draft[], overrides: Override[], now: Date): void {
  const due = drafts.filter(({ isNew, incident }) => {
    const at = stepDueAt(incident)
    return isNew && at !== null && at <= now
  })
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
