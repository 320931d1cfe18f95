// Puts something that happened on an incident's timeline, from wherever it happened.
import type { Bot } from '../bot.ts'
import { Draft } from '../core/change.ts'
import { entry, type Fact } from '../core/timeline.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'

/** Writes facts inside the transaction `q`, with the jobs that follow from them. `adjust` may change the draft further. */
export async function record(
  bot: Bot,
  q: Queryable,
  incident: number,
  facts: Fact[],
  by: string | null = null,
  adjust: (draft: Draft) => void = () => {},
): Promise<void> {
  const locked = await lockIncident(q, incident)
  if (locked === null) return
  const draft = new Draft(locked)
  const at = bot.clock.now()
  draft.apply({ incident: draft.incident, clocks: [], entries: facts.map((fact) => entry(fact, at, by)) })
  adjust(draft)
  const change = withEffects(bot, draft)
  if (change !== null) await writeChanges(q, [change], writing(bot))
}
