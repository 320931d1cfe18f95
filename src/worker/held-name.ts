// A name of this process that others can see is alive: an advisory lock, held for as long as the process is.
import { randomUUID } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { holdName } from '../store/presence.ts'
import { type Loop, loop } from './timer.ts'

export type HeldName = { name: string; stop(): Promise<void> }

/** Resolves once the name is held. When its connection breaks, it is held again on another within a second. */
export async function holdOwnName(bot: Bot, about: string): Promise<HeldName> {
  const name = `${about} ${randomUUID()}`
  let session: Session | null = null
  let keeper: Loop | null = null
  const connect = async () => {
    let isLost = false
    const made = await bot.db.session({
      lost: () => {
        isLost = true
        session = null
        keeper?.wake()
      },
    })
    await holdName(made, name).catch(async (error: unknown) => {
      await made.end().catch(() => {})
      throw error
    })
    if (!isLost) session = made
  }
  await connect()
  keeper = loop(
    async () => {
      if (session === null) await connect()
      return 5_000
    },
    (error) => bot.log.warn({ reason: reasonOf(error), name }, 'could not hold a name again; trying on'),
  )
  return {
    name,
    async stop() {
      await keeper.stop()
      await session?.end().catch(() => {})
    },
  }
}
