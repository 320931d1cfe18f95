// A rolling upgrade: processes of the version before work beside this one on the same database, and leave things behind.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeOverFormerJobs } from '../../src/store/former-jobs.ts'
import { minute, type World, world } from './world.ts'

describe('beside the version before', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
    await w.fire()
  })
  afterEach(() => w.stop())

  /** As the version before writes it: a page without `try_at`, and a job for each effect. */
  async function asBefore(): Promise<void> {
    const { db } = w.bot
    await db.query('delete from deliveries')
    await w.decide()
    await db.query('update pages set try_at = null')
    await db.query('delete from deliveries')
    for (const [task, more] of [
      ['open_room', {}],
      ['page_person', { page: 'inc-1/r1s0/ada/slack' }],
    ] as const) {
      const payload = JSON.stringify({ task, platform: 'slack', incident: 1, ...more })
      await db.query(`select graphile_worker.add_job($1, $2::json, queue_name := $3, job_key := $4)`, [
        ...[`slack:${task}`, payload, task === 'open_room' ? 'slack:1' : null],
        task === 'open_room' ? 'slack:open_room:1' : 'slack:page_person:inc-1/r1s0/ada/slack',
      ])
    }
  }

  const takeOver = () => takeOverFormerJobs(w.bot.db, w.clock.now())

  it('what that left in the job queue is done, once', async () => {
    await asBefore()
    await w.attemptJobs()
    expect(w.chat.sent).toEqual([])
    expect(await takeOver()).toBe(2)
    expect(await takeOver()).toBe(0)
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(w.chat.in('inc-1-checkout').length).toBeGreaterThan(1)
  })

  it('a job that it runs at the moment is left to it, and its room with it', async () => {
    await asBefore()
    await w.bot.db.query(
      `update graphile_worker._private_jobs set locked_by = 'worker-of-the-version-before', locked_at = '2026-03-02'`,
    )
    expect(await takeOver()).toBe(0)
    await w.chat.say('U-ADA', 'incident note something')
    await w.decide()
    await w.attemptJobs()
    expect(w.chat.sent).toEqual([])
  })

  it('it cannot take a page that is being sent here, and may take one that is not', async () => {
    await w.decide()
    // What the version before does first when it has a job for a page.
    const take = () =>
      w.bot.db.query(
        `with before as (select * from pages where key = $1 and status in ('due', 'sending') for update)
         update pages p set status = 'sending' from before where p.key = before.key returning before.*`,
        ['inc-1/r1s0/ada/slack'],
      )
    await w.bot.db.query(`update pages set status = 'sending', holder = 'somebody'`)
    expect((await take()).rowCount).toBe(0)
    await w.bot.db.query(`update pages set status = 'sending', holder = null`)
    expect((await take()).rowCount).toBe(1)
  })

  it('a page whose job it lost is sent all the same, and one that waits its turn is left alone', async () => {
    await asBefore()
    w.clock.advance(2 * minute)
    expect(await w.audit()).toBe(0)
    await w.bot.db.query('delete from graphile_worker._private_jobs')
    expect(await w.audit()).toBe(1)
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await w.audit()).toBe(0)
  })
})
