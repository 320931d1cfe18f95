// The news of changed incidents, when the machine of the database vanishes without a word, as in a failover.
import { expect, it, onTestFinished } from 'vitest'
import { makeLog } from '../../src/log.ts'
import { connect } from '../../src/store/db.ts'
import { type News, startFeed } from '../../src/worker/feed.ts'
import { freshDatabase } from '../database.ts'
import { wireTo } from '../processes/wire.ts'

it('listens anew where nothing comes any more, and says that anything may have changed', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const wire = await wireTo(database.url)
  const db = connect(wire.url)
  const log = makeLog({ level: 'silent', file: null })
  const feed = await startFeed({ db, log }, { every: 50, silence: 500 })
  const news: News[] = []
  feed.subscribe((one) => news.push(one))
  wire.freeze()
  await expect.poll(() => news[0]).toEqual({ incident: null, due: true, paged: true, told: true })
  // Again, for whoever was late may have to listen anew once more.
  await expect
    .poll(async () => {
      await database.db.query("select pg_notify('tocsin_changed', '7 told')")
      return news.some(({ incident }) => incident === 7)
    })
    .toBe(true)
  await feed.stop()
  await db.end()
})
