// The only owner of the Postgres driver: a pool, transactions, and nothing else.
import type { Socket } from 'node:net'
import pg from 'pg'
import { isCollision, isReadOnly } from './problems.ts'
import { linesAtATime } from './room.ts'
import { beginSession } from './settings.ts'

/** What a statement needs: the pool itself, or one connection inside a transaction. */
export type Queryable = {
  query<R extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<R>>
}

export type Db = Queryable & {
  /** Everything inside is committed together or not at all. No network call belongs in here. */
  tx<T>(work: (q: Queryable) => Promise<T>): Promise<T>
  /**
   * A few connections for what is asked first of all and always the same: alerts coming in, decisions falling due, pages. They plan
   * each statement once: planning costs an alert in a quiet night several times what its own writing does.
   */
  line: Line
  /** Does something on every connection of the line, and on a few of those for named statements: what they plan, they keep. */
  warm(onLine: Work, onNamed: Work): Promise<void>
  /** A connection of one's own, for what lives as long as a connection: advisory locks and LISTEN. */
  session(events: SessionEvents): Promise<Session>
  /** For libraries that speak pg themselves. */
  pool: pg.Pool
  end(): Promise<void>
}

export type Line = Pick<Db, 'query' | 'tx'> & {
  /**
   * When the server began to which the line was connected last, which tells it from others; null before the first connection. After a
   * failover it is another, and of what was committed last it may know nothing. Other connections may lead to it sooner, or later.
   */
  server(): string | null
}

type Work = (q: Queryable) => Promise<void>

export type SessionEvents = {
  /** Called once when the connection, having been there, is gone without having been ended. */
  lost: () => void
  notified?: (channel: string, payload: string) => void
  /**
   * Milliseconds after which the other side is given up, on both sides: when the database owes an answer and says nothing, and
   * when the bot, which is to ask something more often, does not. Its locks go with it. For ever unless set.
   */
  silence?: number
}

export type Session = Queryable & { end(): Promise<void> }

// Numbers of incidents and rows stay far below 2^53; counting them in strings helps nobody.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
// Instants go out in UTC: by the machine's own zone, one that PostgreSQL takes for impossible would let nothing be written.
pg.defaults.parseInputDatesAsUTC = true

/** A machine that vanished says nothing: without these, whoever waits for it waits for hours. */
const liveness = { connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 }

/** Milliseconds after which the database ends a transaction in which it was told nothing. */
const abandoned = 10_000

export type ConnectOptions = {
  /** Connections at a time: so many for statements that have a name, and so many for all others. */
  max?: number
  onError?: (error: Error) => void
  /** Milliseconds after which a connection that owes an answer and says nothing is given up; for ever unless set. */
  patience?: number
  /** Goes on looking for a server that can be written to, instead of keeping connections to one that cannot. */
  mustWrite?: boolean
}

/**
 * For statements that have a name: each is planned once, and finds its rows by an index. A database that has never seen its
 * tables full would read them whole, and go on doing so in the storm that fills them.
 */
const planOnce = ['set plan_cache_mode = force_generic_plan', 'set enable_seqscan = off']

/** `url`: postgres://…. Opens no connection before the first statement. */
export function connect(url: string, options: ConnectOptions = {}): Db {
  const max = options.max ?? 12
  let server: string | null = null
  let isOver = false
  // What is being ended may be ended by a server that stops as well, and then nothing has broken.
  const onError = (error: Error) => void (isOver || options.onError?.(error))
  const pool = openPool(url, { ...options, onError }, { max })
  const named = openPool(url, { ...options, onError }, { max }, planOnce)
  const line = openPool(url, { ...options, onError }, { max: linesAtATime }, planOnce, (began) => {
    server = began
  })
  const asked = (query: string | pg.QueryConfig) => (typeof query === 'object' && query.name ? named : pool)
  return {
    pool,
    line: { ...on(line, () => line), server: () => server },
    ...on(pool, asked),
    warm: async (onLine, onNamed) => {
      await Promise.all([onEach(line, linesAtATime, onLine), onEach(named, Math.min(max, linesAtATime), onNamed)])
    },
    session: (events) => openSession(url, events),
    end: async () => {
      isOver = true
      await Promise.all([pool, named, line].map((one) => one.end()))
    },
  }
}

function on(pool: pg.Pool, asked: (query: string | pg.QueryConfig) => pg.Pool): Pick<Db, 'query' | 'tx'> {
  return { query: (text, values) => ask(asked(text), text, values), tx: (work) => transaction(pool, work) }
}

/** As the pool itself, which gives up a connection with every statement that fails: one that somebody was faster than will be asked again. */
async function ask<R extends pg.QueryResultRow>(pool: pg.Pool, text: string | pg.QueryConfig, values?: unknown[]) {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    return await client.query<R>(text as string, values)
  } catch (error) {
    if (!isCollision(error)) broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** All of them are given back whatever happens: one that is not would be missing for as long as the process lives. */
async function onEach(pool: pg.Pool, count: number, work: Work): Promise<void> {
  const asked = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()))
  const clients = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const done = await Promise.allSettled(clients.map((client) => work(client)))
  for (const client of clients) client.release()
  const failed = [...asked, ...done].find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function openPool(
  url: string,
  { onError = () => {}, patience, mustWrite = false }: ConnectOptions,
  how: pg.PoolConfig,
  planning: string[] = [],
  answered: (began: string) => void = () => {},
) {
  // A bot that vanishes without a word must not keep its incidents locked: nothing of ours waits inside a transaction.
  const giveUp = patience === undefined ? [] : [`set idle_in_transaction_session_timeout = ${abandoned}`]
  const pool = new pg.Pool({
    connectionString: url,
    // What a connection has planned goes with it.
    idleTimeoutMillis: 0,
    ...liveness,
    ...how,
    async onConnect(client) {
      if (patience !== undefined) giveUpAfter(patience, client)
      answered(await beginSession(client, [...planning, ...giveUp], mustWrite))
    },
  })
  // An idle connection that breaks must not bring the process down; the next query opens another.
  pool.on('error', onError)
  // The same for one that breaks while it is lent out, between two statements: pg would throw it at nobody.
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/**
 * The machine of a database may vanish without a word, as in a failover: without this, whoever asked it waits for a quarter
 * of an hour. A connection that is broken here fails its query and leaves the pool, whoever holds it.
 */
function giveUpAfter(milliseconds: number, client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: Socket } }
  const state = client as unknown as { readyForQuery: boolean }
  // Not as the second argument, which hears of the first silence only, and that is a quiet night.
  connection.stream.setTimeout(milliseconds)
  connection.stream.on('timeout', () => {
    if (!state.readyForQuery) connection.stream.destroy(new Error(`the database said nothing for ${milliseconds} ms`))
  })
}

async function openSession(url: string, events: SessionEvents): Promise<Session> {
  const client = new pg.Client({ connectionString: url, ...liveness })
  // A connection that was never there rejects, and is not lost as well.
  let over = true
  const lost = () => {
    if (over) return
    over = true
    events.lost()
  }
  client.on('error', lost)
  client.on('end', lost)
  client.on('notification', ({ channel, payload }) => events.notified?.(channel, payload ?? ''))
  await client.connect()
  if (events.silence !== undefined) giveUpAfter(events.silence, client)
  const silence = events.silence === undefined ? [] : [`set idle_session_timeout = ${Math.round(events.silence)}`]
  try {
    // What it holds and hears must be where the others hold and say it.
    await beginSession(client, silence, true)
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  over = false
  // One after the other: pg is giving up its own queue, and a session is asked by several at once.
  let before: Promise<unknown> = Promise.resolve()
  return {
    query<R extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]) {
      const asked = before.then(() => client.query<R>(text as string, values))
      before = asked.catch(() => undefined)
      return asked
    },
    async end() {
      over = true
      await client.end()
    },
  }
}

async function transaction<T>(pool: pg.Pool, work: (q: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause
    })
    // Kept, it would be asked again and again, long after another server has taken over.
    if (isReadOnly(error) && error instanceof Error) broken = error
    throw error
  } finally {
    client.release(broken)
  }
}
