// Names are chosen by whoever bears them: in a chat, somebody who calls themselves like one of the team is not taken for them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(async () => w.stop())

// The stand-in's accounts are called like their ids.
test.each(['ada', 'ADA', 'ａｄａ', 'a\u{200B}da'])(
  'a stranger who is called %j acknowledges as a stranger',
  async (account) => {
    await w.fire()
    await w.settle()
    await w.chat.say(account, 'incident ack', 'inc-1-checkout')
    await w.settle()
    const { incident } = await w.view()
    expect(incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: `${account} (${account})` })
  },
)
