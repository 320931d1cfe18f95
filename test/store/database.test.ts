// The harness itself: every test that touches the database stands on these.
import { expect, test } from 'vitest'
import { freshDatabase } from '../database.ts'

test('two tests each have a migrated database of their own', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()])
  try {
    await one.db.query("insert into messages (platform, key, status) values ('console', 'a', 'sending')")
    const count = 'select count(*) as n from messages'
    expect((await one.db.query(count)).rows).toEqual([{ n: 1 }])
    expect((await two.db.query(count)).rows).toEqual([{ n: 0 }])
  } finally {
    await Promise.all([one.drop(), two.drop()])
  }
})

test('a dropped database is gone, even when somebody is still connected', async () => {
  const { url, db, drop } = await freshDatabase()
  const { connect } = await import('../../src/store/db.ts')
  const other = connect(url)
  await other.query('select 1')
  await drop()
  await expect(other.query('select 1')).rejects.toThrow()
  await expect(db.query('select 1')).rejects.toThrow()
  await other.end()
})
