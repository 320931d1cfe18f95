// The stage that keeps promises about time: it takes what is due, decides it with pure functions, and writes rows and
// jobs in the same transaction. There is no I/O between, so a dead process rolls back and any other takes the rows over.
import type { Bot } from '../bot.ts'
import { nextDecisionAt } from '../core/change.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { dueNumbers, type Locked, lockDueIncidents, lockIncident, postponeDecision } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import { isAway, isInTheWay, isOutOfOrder } from '../store/problems.ts'
import { advance } from './advance.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'

const batchSize = 250

/** The first batch only finds out whether there is more: what waits behind it is decided side by side. */
const scouts = 40

/** Milliseconds an incident is left alone that could not be decided: it must not keep the others waiting. */
const setAside = 30_000

/** Decides what is due now, a batch at a time; call again while there is `more`. `first`: nobody knows yet how much is due. */
export async function decideDue(bot: Bot, first = false): Promise<{ decided: number; more: boolean }> {
  const now = bot.clock.now()
  const most = first ? scouts : batchSize
  try {
    const decided = await bot.db.line.tx(async (q) => decide(bot, q, await lockDueIncidents(q, now, most), now))
    return { decided, more: decided === most }
  } catch (error) {
    const numbers = await dueNumbers(bot.db, now, most)
    if (numbers.length === 0) throw error
    // Each by itself would fare no better; set aside, all of them would be late when the database is back.
    if (isOutOfOrder(error)) throw error
    bot.log.error({ err: error }, 'a batch of due incidents could not be decided; trying each by itself')
    await decideSingly(bot, numbers, now)
    return { decided: numbers.length, more: false }
  }
}

/** Throws at the end where somebody was in the way: those are decided next time, and the ones behind them now. */
async function decideSingly(bot: Bot, numbers: number[], now: Date): Promise<void> {
  let obstacle: unknown = null
  for (const number of numbers) {
    try {
      await decideAlone(bot, number, now)
    } catch (error) {
      if (!isInTheWay(error)) throw error
      obstacle = error
    }
  }
  if (obstacle !== null) throw obstacle
}

async function decideAlone(bot: Bot, number: number, now: Date): Promise<void> {
  try {
    await bot.db.tx(async (q) => {
      const locked = await lockIncident(q, number)
      if (locked) await decide(bot, q, [locked], now)
    })
  } catch (error) {
    // Set aside for a connection that broke, its pages would be half a minute late.
    if (isAway(error) || isInTheWay(error)) throw error
    bot.log.fatal(
      { err: error, incident: number },
      'an incident cannot be decided: its policy stands still; escalate by hand',
    )
    await postponeDecision(bot.db, number, new Date(now.getTime() + setAside))
  }
}

async function decide(bot: Bot, q: Queryable, due: Locked[], now: Date): Promise<number> {
  if (due.length === 0) return 0
  const overrides = await overridesAt(q, now)
  const drafts = due.map((locked) => advance(bot, locked, overrides, now))
  const changes = drafts.map((draft) => withEffects(bot, draft))
  await writeChanges(
    q,
    changes.filter((change) => change !== null),
    writing(bot),
  )
  // Due, and nothing to decide: a version that knows less wrote its instant. Left there, it would be taken up without end.
  for (const [i, draft] of drafts.entries())
    if (changes[i] === null) await postponeDecision(q, draft.incident.number, nextDecisionAt(draft))
  return due.length
}
