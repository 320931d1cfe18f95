// What time does to one incident: its quiet period, whoever has it, its clocks, its policy. Pure decisions, for whoever decides what is
// due, what will be, and what would be.
import type { Rules } from '../bot.ts'
import { afterBreach } from '../core/breach.ts'
import { Draft } from '../core/change.ts'
import { tickClock } from '../core/clocks.ts'
import { type Incident, transition } from '../core/incident.ts'
import type { Override } from '../core/schedule.ts'
import { entry } from '../core/timeline.ts'
import type { Locked } from '../store/incidents.ts'
import { climb, whoHelps } from './climb.ts'
import { keepHold } from './hold.ts'

/**
 * Brings one incident up to `now`: the quiet period first (it may make the rest needless), then whether somebody still has
 * it, then the clocks, which may call for more people, then the policy.
 */
export function advance(bot: Rules, locked: Locked, overrides: Override[], now: Date): Draft {
  const draft = new Draft(locked)
  const { quietUntil } = draft.incident
  if (quietUntil !== null && quietUntil <= now) {
    endQuiet(draft, locked.firing, now)
  }
  keepHold(bot, draft, now)
  tickClocks(bot, draft, overrides, now)
  climb(bot, draft, overrides, now)
  return draft
}

/** It was quiet long enough; unless, against all expectation, something fires: then it goes on until that clears. */
function endQuiet(draft: Draft, stillFiring: number, now: Date): void {
  if (stillFiring > 0) {
    draft.apply({ incident: { ...draft.incident, quietUntil: null }, clocks: [], entries: [] })
    return
  }
  const step = transition(draft, { kind: 'resolve', by: null, stillFiring }, now)
  if (!('refused' in step)) draft.apply(step)
}

function tickClocks(bot: Rules, draft: Draft, overrides: Override[], now: Date): void {
  for (const clock of draft.clocks) {
    const mark = tickClock(clock, now)
    if (mark === null) continue
    const about = { clock: clock.name, dueAt: clock.dueAt.toISOString() }
    if (mark.share === 100) {
      const { incident, effect } = afterBreach(draft.incident, clock, now)
      const comes = effect !== 'help' || isHelpThere(bot, incident, overrides, now)
      const fact = { kind: 'clock_breached', ...about, ...(effect && comes && { effect }) } as const
      draft.apply({ incident, clocks: [mark.clock], entries: [entry(fact, now)] })
    } else {
      const fact = { kind: 'clock_warned', share: mark.share, ...about } as const
      draft.apply({ incident: draft.incident, clocks: [mark.clock], entries: [entry(fact, now)] })
    }
  }
}

/** Help is promised only where there is anybody besides whoever has it. */
function isHelpThere(bot: Rules, incident: Incident, overrides: Override[], now: Date): boolean {
  const { position } = incident
  if (incident.status !== 'acknowledged' || position === null || position.at === 'rest') return false
  return whoHelps(bot, incident, position, overrides, now).people.length > 0
}
