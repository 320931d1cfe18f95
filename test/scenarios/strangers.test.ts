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

test('what was pasted into a command with control characters is taken without them', async () => {
  await w.fire()
  await w.settle()
  const pasted = 'look\0 at \u001b[31mthe\u001b[0m \u202Eqaue\u2066 queue \ud83d'
  for (const line of [`note ${pasted}`, `action 1 ${pasted}`, `new P2 ${pasted}`])
    await w.chat.say('U-ADA', `incident ${line}`, 'inc-1-checkout')
  await w.settle()
  const clean = 'look at [31mthe[0m qaue queue'
  const { timeline } = await w.view(1)
  const facts = timeline.map(({ fact }) => fact)
  expect(facts.find(({ kind }) => kind === 'note_added')).toMatchObject({ note: clean })
  expect(facts.find(({ kind }) => kind === 'action_added')).toMatchObject({ action: clean })
  expect((await w.view(2)).incident.title).toBe(clean)
})
