// What a sender posted and could not write down any more, where nobody would post it now: it is found, and kept true like the rest.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world({ yaml })
})
afterEach(() => w.stop())

const yaml = `
people:
  ada: { name: Ada Lovelace, slack: U-ADA }
  linus: { name: Linus Torvalds, slack: U-LINUS }
policies:
  default: { rounds: 1, steps: [{ page: "person:ada", wait: 5m }], last_resort: { every: 10m } }
severities:
  P2: { policy: default }
  P3: { policy: default }
sources:
  generic: { token: secret }
`

/** Posted, and its sender is gone before it knows. */
const lose = (to: string) => w.chat.failures.push({ when: 'after', error: new TransientError('connection reset'), to })
const card = (channel: string) => w.chat.in(channel).map(({ message }) => message.title)

it.each([true, false])(
  'a card in a room, once the incident is a P3 (the room itself is known: %s)',
  async (isKnown) => {
    lose('inc-1-checkout')
    await w.fire({ severity: 'warning' })
    await w.decide()
    await w.attemptJobs()
    expect(card('inc-1-checkout')).toEqual([expect.stringContaining('P2')])
    if (!isKnown) await w.bot.db.query('delete from rooms')
    await w.chat.say('U-ADA', 'incident sev 1 P3 it can wait')
    await w.pass(minute)
    expect(card('inc-1-checkout')).toEqual([expect.stringContaining('P3')])
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(minute)
    const [left] = w.chat.in('inc-1-checkout')
    expect(JSON.stringify(left?.message)).toContain('Resolved')
    expect(w.chat.topics.get('inc-1-checkout')).toContain('P3')
  },
)

it('an announcement, once the incident is a P3', async () => {
  lose('#incidents')
  await w.fire({ severity: 'warning' })
  await w.decide()
  await w.attemptJobs()
  expect(card('#incidents')).toEqual([expect.stringContaining('P2')])
  await w.chat.say('U-ADA', 'incident sev 1 P3 it can wait')
  await w.pass(minute)
  expect(card('#incidents')).toEqual([expect.stringContaining('P3')])
})

it('a card among the alerts, once the incident has a room', async () => {
  lose('#alerts')
  await w.fire({ severity: 'info' })
  await w.decide()
  await w.attemptJobs()
  expect(card('#alerts')).toEqual([expect.stringContaining('P3')])
  await w.chat.say('U-ADA', 'incident sev 1 P2 worse than it looked')
  await w.pass(minute)
  expect(card('#alerts')).toEqual([expect.stringContaining('P2')])
})

it('a call for everybody, once somebody has answered it', async () => {
  await w.fire({ severity: 'warning' })
  await w.pass(5 * minute - 1)
  lose('#incidents')
  w.clock.advance(1)
  await w.decide()
  await w.attemptJobs()
  const calls = () => w.chat.in('#incidents').filter(({ key }) => key.endsWith('/everybody'))
  expect(calls()).toHaveLength(1)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(minute)
  expect(calls()).toHaveLength(1)
  expect(JSON.stringify(calls()[0]?.message)).toContain('Ada Lovelace')
})

it('what never got there is not looked for at every turn', async () => {
  w.chat.failures.push({ when: 'before', error: new TransientError('connection reset'), to: '#incidents' })
  await w.fire({ severity: 'warning' })
  await w.decide()
  await w.attemptJobs()
  await w.chat.say('U-ADA', 'incident sev 1 P3 it can wait')
  await w.pass(minute)
  expect(card('#incidents')).toEqual([])
  const { rows } = await w.bot.db.query("select key from messages where status = 'sending'")
  expect(rows).toEqual([])
})

it('a card that stands among the incidents because the alerts’ channel takes nothing is not posted there once more', async () => {
  w.chat.refused.set('#alerts', new PermanentError('no such channel'))
  lose('#incidents')
  await w.fire({ severity: 'info' })
  await w.decide()
  await w.attemptJobs()
  await w.pass(minute)
  expect(card('#incidents')).toEqual([expect.stringContaining('P3')])
})
