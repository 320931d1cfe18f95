// Seals the timelines in calm moments. Every replica runs one; the database lets one at a time do it.
import type { Bot } from '../bot.ts'
import { type Sealing, Settlement, sealTimeline } from '../flow/seal.ts'
import { loop } from './timer.ts'

/** Milliseconds between two looks while nothing is left over. */
const every = 2_000

/** Rests so many times as long as the last batch took: a storm has four fifths of the time for itself. */
const restShare = 4

/** Milliseconds it gives way to alerts that come in without a pause. */
const patience = 60_000

/** Milliseconds between two lines in the log that keep the head of the chain somewhere else. */
const toldEvery = 3_600_000

/** `calm`: see DueLoop. `isBusy`: alerts are being written just now. */
export function startSealer(bot: Bot, calm: () => Promise<void>, isBusy = () => false): { stop(): Promise<void> } {
  const settlement = new Settlement()
  let sealedAt = performance.now()
  let toldAt = Number.NEGATIVE_INFINITY
  let told = 0
  const tell = (sealing: NonNullable<Sealing>) => {
    const now = bot.clock.now().getTime()
    if (sealing.seal === told || now - toldAt < toldEvery) return
    toldAt = now
    told = sealing.seal
    bot.log.info({ seal: sealing.seal, head: sealing.head }, 'timelines sealed')
  }
  return loop(
    async () => {
      await calm()
      const begun = performance.now()
      if (isBusy() && begun - sealedAt < patience) return every
      const sealing = await sealTimeline(bot, settlement)
      if (sealing === null) {
        sealedAt = begun
        return every
      }
      if (sealing.more) return (performance.now() - begun) * restShare
      sealedAt = begun
      tell(sealing)
      return every
    },
    (error) => bot.log.error({ err: error }, 'could not seal the timelines; trying again'),
  )
}
