// The pager is taken up where nobody had it: at the beginning of the office hours of a schedule that has no others.
import { afterEach, expect, test } from 'vitest'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

const office = (every: string) =>
  team.replace(
    /primary: .*/,
    `primary: { rotation: { people: [ada, grace], every: ${every}, starts: 2026-03-02, only: { days: mon-fri, from: "09:00", until: "17:00" } } }`,
  )

/** An evening that was nobody's: five seconds after it is given to somebody, it is nobody's again. */
async function givenAndTakenBack(person: string): Promise<void> {
  await w.at('2026-03-02T16:00:00Z')
  await w.chat.say('U-GRACE', `oncall override primary ${person} 2h`)
  await w.at('2026-03-02T16:00:05Z')
  await w.chat.say('U-GRACE', 'oncall cancel 1')
  await w.at('2026-03-02T16:00:10Z')
}

test('after a weekend without anybody both are told, and nothing is asked', async () => {
  w = await night({ yaml: office('week') })
  await w.at('2026-03-06T16:00:00Z')
  await w.at('2026-03-09T08:00:00Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary'])
  expect(w.chat.in('@U-GRACE')[0]?.message.text).toContain(
    'It is yours from 09:00 to 17:00 Europe/Berlin; Ada Lovelace had it before. Nothing is to be confirmed.',
  )
  expect(w.told('@U-ADA')).toEqual(['Grace Hopper has the pager of primary'])
  await w.at('2026-03-09T09:00:00Z')
  expect(w.told('#incidents')).toEqual([])
})

test('whoever goes on in the morning is not told every day', async () => {
  w = await night({ yaml: office('week') })
  await w.at('2026-03-02T16:00:00Z')
  await w.at('2026-03-03T08:00:00Z')
  expect(w.told('@U-ADA')).toEqual([])
})

test('whoever is given the pager for a night that was nobody’s is told, also when they had it last', async () => {
  w = await night({ yaml: office('week') })
  await w.at('2026-03-02T16:00:00Z')
  await w.chat.say('U-GRACE', 'oncall override primary linus 2h')
  await w.at('2026-03-02T16:00:05Z')
  expect(w.told('@U-LINUS')).toEqual(['You have the pager of primary'])
  await w.at('2026-03-02T20:00:00Z')
  await w.chat.say('U-GRACE', 'oncall override primary linus 2h')
  await w.at('2026-03-02T20:00:05Z')
  expect(w.told('@U-LINUS')).toHaveLength(2)
  expect(w.chat.in('@U-LINUS')[1]?.message.text).toContain('Europe/Berlin. Nothing is to be confirmed.')
})

test('whoever was given a night that is taken back hears that it is nobody’s, and of an end that was known nobody does', async () => {
  w = await night({ yaml: office('week') })
  await givenAndTakenBack('linus')
  expect(w.told('@U-LINUS')).toEqual(['You have the pager of primary', 'Nobody has the pager of primary'])
  expect(w.chat.in('@U-LINUS')[1]?.message.text).toContain(
    'It was yours to 19:00 Europe/Berlin, and that was changed: pages skip primary now. You are on call in secondary.',
  )
  await w.chat.say('U-GRACE', 'oncall override primary grace 2h')
  await w.at('2026-03-02T16:00:15Z')
  await w.at('2026-03-02T18:01:00Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary'])
})

test('whoever was told that it is nobody’s is told when it is theirs again', async () => {
  w = await night({ yaml: office('week') })
  await givenAndTakenBack('ada')
  await w.at('2026-03-03T08:00:00Z')
  expect(w.told('@U-ADA')).toEqual([
    'You have the pager of primary',
    'Nobody has the pager of primary',
    'You have the pager of primary',
  ])
})

test('whoever had an evening by an override, to its end, is told of the shift of the next morning', async () => {
  w = await night({ yaml: office('week') })
  await w.at('2026-03-02T16:00:00Z')
  await w.chat.say('U-GRACE', 'oncall override primary ada 2h')
  await w.at('2026-03-02T16:00:05Z')
  await w.at('2026-03-02T18:00:05Z')
  await w.at('2026-03-03T08:00:00Z')
  expect(w.told('@U-ADA')).toEqual(['You have the pager of primary', 'You have the pager of primary'])
})

test('after a clock was set back over the beginning of a shift, whoever heard that it was nobody’s hears that it is theirs', async () => {
  w = await night({ yaml: office('week') })
  await w.at('2026-03-06T16:00:00Z')
  await w.at('2026-03-09T08:00:00Z')
  await w.at('2026-03-09T06:00:00Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary', 'Nobody has the pager of primary'])
  await w.at('2026-03-09T08:00:01Z')
  expect(w.told('@U-GRACE').slice(2)).toEqual(['You have the pager of primary'])
  await w.turn()
  expect(w.told('@U-GRACE')).toHaveLength(3)
})
