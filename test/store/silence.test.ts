// A database that vanishes without a word, as in a failover, after a quiet while: whoever asks it then must not wait for ever.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/store/db.ts'
import { freshDatabase } from '../database.ts'
import { wireTo } from '../processes/wire.ts'

/** Milliseconds; a busy machine may need two thousand for a new connection. */
const patience = 3_000

it('a connection on which nothing was said for long is given up all the same when no answer comes', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const wire = await wireTo(database.url)
  const db = connect(wire.url, { patience })
  await db.query('select 1')
  // Longer than its patience: it is idle, and nothing is wrong with that.
  await pause(1.5 * patience)
  await db.query('select 2')
  wire.freeze()
  await expect(db.query('select 3')).rejects.toThrow('said nothing')
  // Over another connection.
  expect((await db.query<{ four: number }>('select 4 as four')).rows).toEqual([{ four: 4 }])
  await db.end()
})
