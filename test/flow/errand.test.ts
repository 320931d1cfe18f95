// What a turn posts, when it knows less than was written down: looked for before, and not posted a second time.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Errand } from '../../src/flow/errand.ts'
import { beginPosts } from '../../src/store/messages.ts'
import { deliveryViews } from '../../src/store/views.ts'
import { type World, world } from '../scenarios/world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

it('a message that another turn began since this one read its room is looked for, and adopted where it is', async () => {
  await w.fire()
  const [view] = await deliveryViews(w.bot.db, 'slack', [1])
  if (view === undefined) throw new Error('no view')
  const begin = (keys: string[]) => beginPosts(w.bot.db, 'slack', keys)
  const errand = () =>
    new Errand(w.bot, w.chat, view, { begin, remember: () => Promise.reject(new Error('no room is opened')) })
  const post = (one: Errand) =>
    one.post(one.key('card'), { channel: 'somewhere' }, { title: 'A card', tone: 'neutral' })
  const first = await post(errand())
  expect(await post(errand())).toEqual(first)
  expect(w.chat.in('somewhere')).toHaveLength(1)
})
