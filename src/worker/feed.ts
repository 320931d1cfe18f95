// News of changed incidents from every replica, over Postgres' LISTEN: wakes the due loop and the open console pages.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { type Loop, loop } from './timer.ts'

/** Null: anything may have changed (the connection was away for a while). */
export type Listener = (incident: number | null) => void

export type Feed = { subscribe(listener: Listener): () => void; stop(): Promise<void> }

export async function startFeed(bot: Bot): Promise<Feed> {
  const listeners = new Set<Listener>()
  const tell = (incident: number | null) => {
    for (const listener of listeners) listener(incident)
  }
  let session: Session | null = null
  let keeper: Loop | null = null
  const connect = async () => {
    session = await bot.db.session({
      lost: () => {
        session = null
        keeper?.wake()
      },
      notified: (_channel, payload) => tell(Number(payload) || null),
    })
    await session.query('listen tocsin_changed')
    tell(null)
  }
  await connect()
  keeper = loop(
    async () => {
      if (session === null) await connect()
      return 5_000
    },
    (error) => bot.log.warn({ reason: reasonOf(error) }, 'the change feed is away; polling goes on'),
  )
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async stop() {
      await keeper.stop()
      await session?.end()
    },
  }
}
