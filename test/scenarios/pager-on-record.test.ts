// Who has the pager while an incident runs is part of what happened.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { decideHandovers } from '../../src/flow/handover.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
  await decideHandovers(w.bot)
})
afterEach(() => w.stop())

const changes = async (incident = 1) =>
  (await w.view(incident)).timeline.filter(({ fact }) => fact.kind === 'pager_changed').map(({ text }) => text)

it('a change of hands is on the timeline of running incidents that its schedule is called for, once', async () => {
  await w.fire({ title: 'Over already', key: 'over', service: 'cart' })
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.fire()
  await w.pass(minute)
  await w.chat.say('U-GRACE', 'oncall take primary 2h')
  await Promise.all([1, 2, 3].map(() => decideHandovers(w.bot)))
  await decideHandovers(w.bot)
  expect(await changes(2)).toEqual(['The pager of primary passed from Ada Lovelace to Grace Hopper'])
  expect(await changes(1)).toEqual([])
  await w.pass(130 * minute)
  await decideHandovers(w.bot)
  expect((await changes(2)).at(-1)).toBe('The pager of primary passed from Grace Hopper to Ada Lovelace')
})

it('a schedule that is edited without touching whose turn it is changes nothing on record', async () => {
  await w.fire()
  Object.assign(w.bot.config.schedules.primary?.layers[0] ?? {}, { name: 'main' })
  await decideHandovers(w.bot)
  expect(await changes()).toEqual([])
})
