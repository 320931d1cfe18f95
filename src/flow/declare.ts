// An incident opened by a person, when no alert has seen it.
import { randomUUID } from 'node:crypto'
import type { Bot } from '../bot.ts'
import type { Severity } from '../core/severity.ts'
import { incidentNumbers, writeChanges } from '../store/changes.ts'
import { overridesAt } from '../store/overrides.ts'
import { withEffects } from './effects.ts'
import { takeFirstSteps } from './first-step.ts'
import { openIncident, writing } from './opening.ts'

/** Bad enough for a room and a page, not as bad as can be. */
const unnamed: Severity = 'P2'

/** Opens it and answers its number. `severity` null: nobody named one. It never resolves itself: nothing tells the bot when it is over. */
export async function declareIncident(
  bot: Bot,
  about: { title: string; severity: Severity | null; service: string; by: string },
): Promise<number> {
  return bot.db.tx(async (q) => {
    const [number] = await incidentNumbers(q, 1)
    if (number === undefined) throw new Error('the database gave no incident number')
    const { severity, ...rest } = about
    const named = severity === null ? ({ severity: unnamed, because: { by: 'default' } } as const) : { severity }
    const opening = { ...rest, ...named, number, groupingKey: null, trace: randomUUID(), alert: null }
    const now = bot.clock.now()
    const draft = openIncident(bot, opening, now)
    takeFirstSteps(bot, [draft], await overridesAt(q, now), now)
    const change = withEffects(bot, draft)
    if (change !== null) await writeChanges(q, [change], writing(bot))
    return number
  })
}
