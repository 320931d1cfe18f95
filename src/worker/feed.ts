// News of changed incidents from every replica, over Postgres' LISTEN: wakes the due loop and the open console pages.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { type Loop, loop } from './timer.ts'

/** Null: anything may have changed (the connection was away for a while). `due`: something may have to be decided. */
export type Listener = (incident: number | null, due: boolean) => void

export type Feed = { subscribe(listener: Listener): () => void; stop(): Promise<void> }

export async function startFeed(bot: Bot): Promise<Feed> {
  const listeners = new Set<Listener>()
  const tell = (incident: number | null, due: boolean) => {
    for (const listener of listeners) listener(incident, due)
  }
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
      notified: (_channel, payload) => tell(Number.parseInt(payload, 10) || null, payload.endsWith(' due')),
    })
    await made.query('listen tocsin_changed').catch(async (error: unknown) => {
      await made.end().catch(() => {})
      throw error
    })
    if (isLost) return
    session = made
    tell(null, true)
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
