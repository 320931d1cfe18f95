// What sealing asks the database, when years of sealed entries are there.
import { expect, it, onTestFinished } from 'vitest'
import { unsealed } from '../../src/store/chain.ts'
import { freshDatabase } from '../database.ts'

it('looks for entries without a seal among the new ones only, however many were sealed before', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  const write = (count: number) =>
    db.query(
      `insert into timeline (incident, at, kind, text, fact)
       select 1, '2026-03-02T09:00:00Z', 'alert_fired', 'x', '{}' from generate_series(1, $1::integer)`,
      [count],
    )
  await write(20_000)
  await db.query(
    `insert into timeline_links (entry, incident, position, hash, seal)
     select id, incident, row_number() over (order by id), sha256(id::text::bytea), 1 from timeline`,
  )
  await db.query('vacuum analyze timeline, timeline_links')
  const { rows } = await db.query<{ last: number }>('select max(id) as last from timeline')
  const last = rows[0]?.last ?? 0
  await write(3)
  const read = await db.tx(async (q) => {
    // As on the connections for statements with a name.
    await q.query('set local plan_cache_mode = force_generic_plan')
    await q.query('set local enable_seqscan = off')
    expect((await unsealed(q, last, 1_000)).map(({ id }) => id - last)).toEqual([1, 2, 3])
    const { rows: figures } = await q.query<{ read: number }>(
      `select pg_stat_get_xact_tuples_returned('timeline_links_pkey'::regclass) as read`,
    )
    return figures[0]?.read
  })
  expect(read).toBeLessThan(10)
})
