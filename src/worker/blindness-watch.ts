// Tries twice a minute whether the database can be written to: a full disk answers every question, and takes no alert.
import type { Bot } from '../bot.ts'
import { Blindness } from '../flow/blindness.ts'
import type { Check } from '../http/deps.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds between two looks. */
const whileWell = 30_000
const whileBlind = 5_000

/** `name`: see `Blindness`. */
export function startBlindnessWatch(bot: Bot, name: () => string | null): Loop & { check(): Check } {
  const blindness = new Blindness(bot, name)
  const look = async () => {
    await blindness.look()
    return blindness.problem === null ? whileWell : whileBlind
  }
  const check = (): Check => {
    const { problem } = blindness
    return problem === null ? { ok: true } : { ok: false, detail: problem }
  }
  return { ...loop(look, (error) => bot.log.error({ err: error }, 'could not look after the database')), check }
}
