// Several people are on call together: each of them confirms for themselves, and is stood in for by themselves.
import { afterEach, expect, test } from 'vitest'
import { usable } from '../../src/core/duty.ts'
import { shiftAt } from '../../src/core/schedule.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

const pairs = (turns: string) =>
  team
    .replace(
      /primary: .*/,
      `primary: { zone: Europe/Berlin, rotation: { people: ${turns}, every: day, starts: 2026-03-02 } }`,
    )
    .replace('schedules:', '  alan: { name: Alan Turing, slack: U-ALAN }\nschedules:')
/** Nine in the morning in Berlin, when the shifts change, and some minutes later. */
const at = (minutes: number) => w.at(new Date(Date.parse('2026-03-03T08:00:00Z') + minutes * 60_000).toISOString())

async function onCall(): Promise<string[]> {
  const { primary } = w.bot.config.schedules
  const now = w.clock.now()
  const overrides = usable(w.bot.config, await overridesAt(w.bot.db, now))
  return (primary && shiftAt(primary, overrides, now)?.people) ?? []
}

test('of two who do not confirm, both are kept by those who had it', async () => {
  w = await night({ yaml: pairs('[[ada, grace], [linus, alan]]') })
  await at(0)
  expect(await onCall()).toEqual(['linus', 'alan'])
  await at(15)
  expect(await onCall()).toEqual(['ada', 'grace'])
  expect(w.told('@U-GRACE').at(-1)).toBe('You still have the pager of primary')
  expect(w.told('#incidents')).toEqual([
    'Linus has not confirmed the pager of primary: Ada Lovelace keeps it',
    'Alan Turing has not confirmed the pager of primary: Grace Hopper keeps it',
  ])
  await w.chat.say('U-ALAN', 'oncall have')
  await at(16)
  expect(await onCall()).toEqual(['ada', 'alan'])
  await at(24 * 60 - 1)
  expect(await onCall()).toEqual(['ada', 'alan'])
})

test('one who keeps it for two keeps it for the other when one confirms', async () => {
  w = await night({ yaml: pairs('[ada, [linus, alan]]') })
  await at(0)
  await at(15)
  expect(await onCall()).toEqual(['ada'])
  await w.chat.say('U-ALAN', 'oncall have')
  // As it is seen from then on: else it would be told on the timeline that it went from Alan to both.
  const { rows } = await w.bot.db.query("select people from pagers where schedule = 'primary'")
  expect(rows).toEqual([{ people: ['ada', 'alan'] }])
  await at(16)
  await at(17)
  expect(new Set(await onCall())).toEqual(new Set(['ada', 'alan']))
  expect(w.told('@U-LINUS')).toEqual(['Ada Lovelace keeps the pager of primary until you confirm'])
  await w.chat.say('U-LINUS', 'oncall have')
  await at(18)
  expect(await onCall()).toEqual(['linus', 'alan'])
})

test('what is kept for one stays kept when the other is replaced by somebody', async () => {
  w = await night({ yaml: pairs('[ada, [linus, alan]]') })
  await at(0)
  await w.chat.say('U-ALAN', 'oncall have')
  await at(15)
  expect(new Set(await onCall())).toEqual(new Set(['ada', 'alan']))
  await w.chat.say('U-GRACE', 'oncall replace primary alan grace 2h')
  await at(16)
  await at(17)
  expect(new Set(await onCall())).toEqual(new Set(['ada', 'grace']))
  expect(w.told('@U-LINUS')).toEqual(['Ada Lovelace keeps the pager of primary until you confirm'])
  await at(136)
  await at(137)
  expect(new Set(await onCall())).toEqual(new Set(['ada', 'alan']))
})

test('of two who leave the pager to one, both hear of it, and only one is said to keep it', async () => {
  w = await night({ yaml: pairs('[[ada, grace], [linus]]') })
  await at(0)
  expect(w.told('@U-GRACE')).toEqual(['Linus has the pager of primary'])
  const [heard] = w.chat.in('@U-GRACE')
  expect(heard?.message.text).toContain(
    'Pages go to Linus since 09:00, and to Ada Lovelace again should no confirmation come by 09:15. You are free.',
  )
  expect(heard?.message.buttons).toBeUndefined()
  await at(15)
  expect(await onCall()).toEqual(['ada'])
  expect(w.told('@U-GRACE')).toHaveLength(1)
})

test('whoever still keeps it for one of two is not told that they are free when the other confirms', async () => {
  w = await night({ yaml: pairs('[ada, [linus, alan]]') })
  await at(0)
  await at(15)
  await w.chat.say('U-LINUS', 'oncall have')
  await at(16)
  const text = w.chat.in('@U-ADA').at(-1)?.message.text
  expect(text).toContain('Linus confirmed it. You are on call in primary.')
  expect(text).not.toContain('free')
  await w.chat.say('U-ALAN', 'oncall have')
  await at(17)
  expect(w.chat.in('@U-ADA').at(-1)?.message.text).toContain('Alan Turing confirmed it. You are free.')
})

test('whoever is relieved of a pair by an override hears of it, and again when they are back', async () => {
  w = await night({ yaml: pairs('[ada, [linus, alan]]') })
  await at(0)
  await w.chat.say('U-LINUS', 'oncall have')
  await w.chat.say('U-ALAN', 'oncall have')
  await w.chat.say('U-ADA', 'oncall override primary linus 2h')
  await at(1)
  expect(await onCall()).toEqual(['linus'])
  expect(w.told('@U-ALAN')).toEqual(['You have the pager of primary', 'Linus has the pager of primary'])
  expect(w.chat.in('@U-ALAN').at(-1)?.message.text).toContain('You are free.')
  const toLinus = w.told('@U-LINUS').length
  await at(121)
  await at(140)
  expect(await onCall()).toEqual(['linus', 'alan'])
  expect(w.told('@U-ALAN').at(-1)).toBe('You have the pager of primary')
  expect(w.told('@U-ALAN')).toHaveLength(3)
  expect(w.told('@U-LINUS')).toHaveLength(toLinus)
})

test.each([-1, 1])(
  'what one of two does not confirm is kept, though somebody stands in for the other (from minute %i)',
  async (from) => {
    w = await night({ yaml: pairs('[ada, [linus, alan]]') })
    await at(Math.min(0, from))
    await at(from)
    await w.chat.say('U-GRACE', 'oncall replace primary alan grace 2h')
    for (const minute of [1, 2, 16, 17]) await at(minute)
    expect(new Set(await onCall())).toEqual(new Set(['ada', 'grace']))
    expect(w.told('@U-LINUS')).toEqual(['Ada Lovelace keeps the pager of primary until you confirm'])
  },
)
