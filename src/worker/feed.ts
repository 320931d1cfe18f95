// News of changed incidents from every replica, over Postgres' LISTEN: wakes the due loop and the open console pages.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { type Loop, loop } from './timer.ts'

/**
 * `incident` null: anything may have changed (the connection was away for a while). `due`: something may have to be decided;
 * `paged`: somebody is to be paged; `told`: rooms are to hear of it, all within the next two seconds.
 */
export type News = { incident: number | null; due: boolean; paged: boolean; told: boolean }
type Listener = (news: News) => void

export type Feed = { subscribe(listener: Listener): () => void; stop(): Promise<void> }

/** Milliseconds between two looks whether the database is still there, and of silence after which it is not. */
const usually = { every: 5_000, silence: 20_000 }

/** Resolves once it listens; rejects when the database is away just then. Afterwards it connects again by itself. */
export async function startFeed(bot: Pick<Bot, 'db' | 'log'>, { every, silence } = usually): Promise<Feed> {
  const listeners = new Set<Listener>()
  const tell = (news: News) => {
    for (const listener of listeners) listener(news)
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
      notified: (_channel, payload) => newsOf(payload).forEach(tell),
      silence,
    })
    await made.query('listen tocsin_changed').catch(async (error: unknown) => {
      await made.end().catch(() => {})
      throw error
    })
    if (isLost) return
    session = made
    tell({ incident: null, due: true, paged: true, told: true })
  }
  await connect()
  keeper = loop(
    async () => {
      if (session === null) await connect()
      // Nobody says that a connection is dead on which nothing is asked.
      else await session.query('select')
      return every
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

/** As the writer of changes says it: `12,13 told paged due`, or `12,13,14` where there is nothing to wake anybody for. */
function newsOf(payload: string): News[] {
  const [numbers = '', ...words] = payload.split(' ')
  const says = (word: string) => words.includes(word)
  const calls = { due: says('due'), paged: says('paged'), told: says('told') }
  return numbers.split(',').map((number) => ({ incident: Number.parseInt(number, 10) || null, ...calls }))
}
