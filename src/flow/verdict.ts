// Takes down what people say of an incident once it is over.
import type { Bot } from '../bot.ts'
import type { AlertVerdict } from '../core/verdict.ts'
import { UserError } from '../errors.ts'
import { keepVerdict } from '../store/verdicts.ts'
import { lockNamed } from './named.ts'
import { record } from './record.ts'

/** Saying the same again changes nothing, unless it came back meanwhile. Throws UserError when there is no such incident, or it is not over. */
export async function giveVerdict(
  bot: Bot,
  number: number,
  given: { verdict: AlertVerdict; because: string; by: string },
): Promise<void> {
  await bot.db.tx(async (q) => {
    const locked = await lockNamed(q, number)
    if (locked.incident.status !== 'resolved')
      throw new UserError(`Incident ${number} is not resolved: whether it was worth being woken for shows at its end.`)
    const { resolvedAt } = locked.incident
    const isNew = await keepVerdict(q, { incident: number, at: bot.clock.now(), ...given }, resolvedAt)
    const { verdict, because, by } = given
    if (isNew) await record(bot, q, number, [{ kind: 'verdict_given', verdict, because }], by)
  })
}
