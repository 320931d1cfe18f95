// One tap at the end: was it worth being woken for?
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asTyped } from '../../src/core/button-mark.ts'
import { precisionOf } from '../../src/store/verdicts.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(async () => w.stop())

const room = 'inc-1-checkout'
const week = { from: new Date('2026-03-02T00:00:00Z'), until: new Date('2026-03-09T00:00:00Z'), services: null }
const say = async (text: string, account = 'U-ADA') => {
  const reply = await w.chat.say(account, text, room)
  await w.settle()
  return reply?.message ?? null
}
const given = async () => (await w.view()).timeline.filter(({ fact }) => fact.kind === 'verdict_given')
const asked = () => {
  const message = w.chat.in(room).findLast(({ message: { title } }) => title.startsWith('Resolved after'))
  return message?.message.buttons?.map(({ label, command }) => ({ label, command })) ?? []
}

async function resolved(): Promise<void> {
  await w.fire()
  await w.settle()
  await w.pass(minute)
  await say('incident resolve')
}

test('whoever resolves is asked in one tap, and the tap is on the timeline and counts', async () => {
  await resolved()
  expect(asked()?.map((one) => ({ ...one, command: asTyped(one.command) }))).toEqual([
    { label: 'Reopen', command: 'incident reopen #1' },
    { label: 'Useful', command: 'incident verdict #1 useful' },
    { label: 'Noise', command: 'incident verdict #1 noise' },
    { label: 'Duplicate', command: 'incident verdict #1 duplicate' },
  ])
  expect(await precisionOf(w.bot.db, week)).toEqual({ useful: 0, noise: 0, duplicate: 0, unsaid: 1 })
  expect(await say('incident verdict #1 noise')).toBeNull()
  expect(await given()).toMatchObject([{ by: 'ada', fact: { verdict: 'noise', because: '' } }])
  expect(await precisionOf(w.bot.db, week)).toEqual({ useful: 0, noise: 1, duplicate: 0, unsaid: 0 })
  expect(w.chat.in(room).at(-1)?.message.title).toBe('Noise, says Ada Lovelace')
})

test('a second tap on the same changes nothing; another verdict replaces the first, and both stay on record', async () => {
  await resolved()
  await say('incident verdict noise')
  await say('incident verdict noise', 'U-GRACE')
  expect(await given()).toHaveLength(1)
  await say('incident verdict duplicate of #7', 'U-GRACE')
  expect((await given()).map(({ text }) => text)).toEqual([
    'Ada Lovelace called this noise',
    'Grace Hopper called this a duplicate: of #7',
  ])
  expect(await precisionOf(w.bot.db, week)).toEqual({ useful: 0, noise: 0, duplicate: 1, unsaid: 0 })
})

test('an incident that came back after its verdict is asked about again, and the last counts', async () => {
  await resolved()
  await say('incident verdict #1 noise')
  await w.pass(minute)
  await w.fire()
  await w.settle()
  await say('incident resolve', 'U-GRACE')
  expect(asked().map(({ label }) => label)).toEqual(['Reopen', 'Useful', 'Noise', 'Duplicate'])
  const ends = w.chat.in(room).filter(({ message: { title } }) => title.startsWith('Resolved after'))
  expect(ends.map(({ message: { buttons } }) => buttons?.length)).toEqual([4, 4])
  // Until somebody says, what was said the last time counts.
  expect(await precisionOf(w.bot.db, week)).toEqual({ useful: 0, noise: 1, duplicate: 0, unsaid: 0 })
  // The same words about another end are news, once.
  await say('incident verdict #1 noise', 'U-GRACE')
  await say('incident verdict #1 noise', 'U-GRACE')
  expect((await given()).map(({ by }) => by)).toEqual(['ada', 'grace'])
  await say('incident verdict #1 useful', 'U-GRACE')
  expect(await precisionOf(w.bot.db, week)).toEqual({ useful: 1, noise: 0, duplicate: 0, unsaid: 0 })
})

test('while it lasts nobody can say, and a word that is no verdict is told those that are', async () => {
  await w.fire()
  await w.settle()
  expect((await say('incident verdict noise'))?.text ?? (await say('incident verdict noise'))?.title).toContain(
    'is not resolved',
  )
  await say('incident resolve')
  const answer = await say('incident verdict great')
  expect(`${answer?.title} ${answer?.text}`).toContain('one of useful, noise, duplicate')
  expect(await given()).toEqual([])
})

test('a P3, which has only a card, is asked on its card until somebody says', async () => {
  await w.fire({ severity: 'info' })
  await w.settle()
  await w.chat.say('U-ADA', 'incident resolve 1', '#alerts')
  await w.settle()
  const card = () =>
    w.chat
      .in('#alerts')
      .at(0)
      ?.message.buttons?.map(({ label }) => label)
  expect(card()).toEqual(['Useful', 'Noise', 'Duplicate'])
  await w.chat.say('U-ADA', 'incident verdict #1 useful', '#alerts')
  await w.settle()
  expect(card()).toEqual([])
  await w.pass(minute)
  await w.fire({ severity: 'info' })
  await w.settle()
  await w.chat.say('U-ADA', 'incident resolve 1', '#alerts')
  await w.settle()
  expect(card()).toEqual(['Useful', 'Noise', 'Duplicate'])
  await w.chat.say('U-ADA', 'incident verdict #1 useful', '#alerts')
  await w.settle()
  expect(card()).toEqual([])
})
