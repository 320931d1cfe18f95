// What runs before the first incident, so that it has nothing to wait for: connections made ready, messages rehearsed.
import { expect, it } from 'vitest'
import { rehearseOpening } from '../../src/flow/rehearse.ts'
import { warmConnections } from '../../src/store/warm.ts'
import { startRehearsal } from '../../src/worker/rehearsal.ts'
import { world } from './world.ts'

it('connections are made ready without anything being written', async () => {
  const w = await world()
  const rows = async () =>
    (
      await w.bot.db.query(`select (select count(*) from incidents) as incidents, (select count(*) from messages) as messages,
                                   (select count(*) from timeline) as entries, (select last_value from incident_numbers) as number`)
    ).rows[0]
  const before = await rows()
  await warmConnections(w.bot.db, w.clock.now())
  expect(await rows()).toEqual(before)
  const { rows: planned } = await w.bot.db.line.query<{ name: string }>('select name from pg_prepared_statements')
  const onLine = ['known_alerts', 'write_changes', 'lock_due', 'claim_pages', 'telling_views']
  expect(planned.map(({ name }) => name)).toEqual(expect.arrayContaining(onLine))
  await w.fire()
  await w.pass(0)
  expect((await w.view()).pages.map(({ status }) => status)).toEqual(['sent'])
  await w.stop()
})

it('the rehearsal opens incidents and draws every kind of message, keeps none and sends none', async () => {
  const w = await world()
  const drawn: string[] = []
  Object.assign(w.chat, { rehearse: ({ title }: { title: string }) => drawn.push(title) })
  const { stop } = startRehearsal(w.bot, async () => {})
  await expect.poll(() => drawn.length).toBeGreaterThanOrEqual(8)
  await stop()
  const kept = await w.bot.db.query(
    'select from incidents union all select from pages union all select from deliveries',
  )
  expect(kept.rowCount).toBe(0)
  expect(drawn.filter((title) => title.includes('Rehearsal')).length).toBeGreaterThan(0)
  expect(w.chat.sent).toEqual([])
  await w.stop()
})

it('a template that a made-up incident cannot fill ends the rehearsal, and nothing else', async () => {
  const w = await world()
  const templates = {
    ...w.bot.templates,
    message: () => {
      throw new Error('unknown field')
    },
  }
  let asked = 0
  const calm = async () => void asked++
  const { stop } = startRehearsal({ ...w.bot, templates }, calm)
  await expect.poll(() => asked).toBe(1)
  await stop()
  await w.stop()
})

it('the first incident after a rehearsal has number 1', async () => {
  const w = await world()
  await rehearseOpening(w.bot)
  await w.fire()
  expect((await w.view(1)).incident.title).toBeTruthy()
  await w.stop()
})
