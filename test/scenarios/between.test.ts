// What happens where two parts meet: ways and requests, hours and people, quiet nights and rounds of a policy.
import { expect, it, onTestFinished } from 'vitest'
import { minute, team, type World, world } from './world.ts'

async function begin(yaml: string, start?: string): Promise<World> {
  const w = await world({ yaml, ...(start && { start }) })
  onTestFinished(() => w.stop())
  return w
}

const ada = (more: string) => team.replace('slack: U-ADA }', `slack: U-ADA, ${more} }`)

it('pages again whom somebody asks for again, although one of their ways still waits for its time', async () => {
  const mail = 'email: { smtp: "smtp://127.0.0.1:9", from: "Tocsin <tocsin@example.org>" }\n'
  const w = await begin(mail + ada('email: ada@example.org, reach: { P1: [slack, email after 15m] }'))
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.chat.say('U-LINUS', 'incident page 1 ada')
  await w.pass(minute)
  const before = w.chat.in('@U-ADA').length
  await w.chat.say('U-LINUS', 'incident page 1 ada')
  await w.pass(minute)
  expect(w.chat.in('@U-ADA')).toHaveLength(before + 1)
})
