// A workspace in which no channel may be created: one channel stands in for the rooms of all incidents.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

test('where one channel stands in for several rooms, each message says of which incident it is', async () => {
  w.chat.refuseRooms = new PermanentError('the app lacks the scope channels:manage')
  await w.fire()
  await w.fire({ labels: { alertname: 'SlowSearch', service: 'search', severity: 'critical' }, fingerprint: 'b' })
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident note 2 it was the disk')
  await w.pass(0)
  const titles = w.chat.titles('#incidents')
  expect(titles.filter((title) => title.includes('Paging')).toSorted()).toEqual([
    expect.stringMatching(/^#1 · Paging /),
    expect.stringMatching(/^#2 · Paging /),
  ])
  expect(titles).toContain('#2 · Note by Ada Lovelace')
  expect(titles.filter((title) => !/#[12] · /.test(title))).toEqual([])
})
