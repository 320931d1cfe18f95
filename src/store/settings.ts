// What every connection of ours goes by, whatever the server, the database or the role would have it go by: we share them with
// nobody, and what they say was meant for other programs.
import type pg from 'pg'
import type { Queryable } from './db.ts'
import { readOnlyCode } from './problems.ts'

const settings = {
  // The driver reads no dates but these; of others it makes nothing, or the wrong day.
  datestyle: "'ISO, MDY'",
  timezone: "'UTC'",
  // Instants are counted in milliseconds since 1970: with fewer digits they would be seconds off.
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  // What waited for a lock then sees what the other wrote.
  default_transaction_isolation: "'read committed'",
  // Our own patience counts: a connection that rests has planned what a page must not wait for, and a migration takes its time.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // Until PostgreSQL 17 a table that may only be read whole where we forbid it counts as so costly that machine code is made for
  // a handful of rows, each time anew: a second, in the way of a page.
  jit: 'off',
}

/** What not every server has, or what may stay as it is there unless it harms. */
const conditional = [
  // From PostgreSQL 17 on; those before refuse to set what they do not know.
  `select set_config('transaction_timeout', '0', false) where current_setting('server_version_num')::int >= 170000`,
  // An alert that was answered would be lost with the server's power. Nor does it wait for a standby where nothing was to be waited for;
  // whoever asks for more gets it.
  `select set_config('synchronous_commit', 'local', false) where current_setting('synchronous_commit') = 'off'`,
]

const begin = [...Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`), ...conditional].join('; ')

/** Nobody can write there: a standby, or a primary that was fenced off. Another connection may lead to its successor. */
class ReadOnlyDatabase extends Error {
  readonly code = readOnlyCode
  constructor() {
    super(
      'The database can only be read: it is a standby, or default_transaction_read_only is on. Point DATABASE_URL at the primary.',
    )
  }
}

/**
 * `mustWrite`: rejects where nothing can be written. After a failover the old address may still lead to the old server. Answers when
 * the server began, which tells it from others.
 */
export async function beginSession(client: pg.ClientBase, more: string[], mustWrite: boolean): Promise<string> {
  await client.query([begin, ...more].join('; '))
  const { rows } = await client.query<{ began: string; readOnly: string }>(
    `select pg_postmaster_start_time()::text as began, current_setting('transaction_read_only') as "readOnly"`,
  )
  if (mustWrite && rows[0]?.readOnly === 'on') throw new ReadOnlyDatabase()
  return rows[0]?.began ?? ''
}

export async function demandWriting(q: Queryable): Promise<void> {
  const { rows } = await q.query<{ answer: string }>("select current_setting('transaction_read_only') as answer")
  if (rows[0]?.answer === 'on') throw new ReadOnlyDatabase()
}
