// The file of a schedule is edited, and the bot restarted, while the pager changes hands.
import { afterEach, expect, test } from 'vitest'
import { weekdays } from '../../src/core/hours.ts'
import { decideHandovers } from '../../src/flow/handover.ts'
import type { Db } from '../../src/store/db.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

// Mondays at 9:00 in Berlin: Ada 2 March, Grace 9 March, Linus 16 March.
const three = team.replace('people: [ada, grace]', 'people: [ada, grace, linus]')
const pager = async () => (await w.chat.say('U-LINUS', 'oncall primary'))?.message.fields?.[0]?.value
const rotation = () => w.bot.config.schedules.primary?.layers[0]

test('what the outgoing person keeps stays kept when the file is edited without touching whose turn it is', async () => {
  w = await night({ yaml: three, start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  await w.at('2026-03-09T08:15:00Z')
  Object.assign(rotation() ?? {}, { name: 'main' })
  await w.turn()
  await w.turn()
  expect(await pager()).toBe('**Ada Lovelace** (kept until Grace Hopper confirms) until Mon 16 Mar, 09:00, then Linus')
  expect(w.told('@U-GRACE')).toEqual(['Ada Lovelace keeps the pager of primary until you confirm'])
  await w.chat.say('U-GRACE', 'oncall have')
  await w.turn()
  expect(await pager()).toBe('**Grace Hopper** until Mon 16 Mar, 09:00, then Linus')
  expect(w.told('@U-ADA').at(-1)).toBe('Grace Hopper has the pager of primary')
})

test('whoever did not confirm a turn that is no longer theirs is asked no more', async () => {
  w = await night({ yaml: three, start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  await w.at('2026-03-09T08:15:00Z')
  // The plan of a schedule is kept by its object: a file that is read again makes a new one.
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  const layers = primary.layers.map((layer) => ({ ...layer, turns: [['linus'], ['ada'], ['grace']] }))
  w.bot.config.schedules.primary = { ...primary, layers }
  await w.turn()
  await w.turn()
  expect(await pager()).toBe('**Ada Lovelace** until Mon 16 Mar, 09:00, then Grace Hopper')
  expect(w.told('@U-GRACE')).toEqual(['The pager of primary has moved on'])
})

test('nobody keeps the pager for whoever did not confirm a turn that is no longer theirs, seen in that same moment', async () => {
  w = await night({ yaml: three, start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  w.clock.set(new Date('2026-03-09T08:15:00Z'))
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  const layers = primary.layers.map((layer) => ({ ...layer, turns: [['grace'], ['linus'], ['ada']] }))
  // Another replica has the schedule just then: this one looks at the hand-over, and not at the change.
  const held = await w.bot.db.session({ lost: () => {} })
  await held.query('begin')
  await held.query('select from pagers for update')
  w.bot.config.schedules.primary = { ...primary, layers }
  const deciding = decideHandovers(w.bot)
  await expect.poll(() => waiting(w.bot.db)).toBe(1)
  await held.query('commit')
  await held.end()
  await deciding
  const { rows } = await w.bot.db.query('select status from handovers')
  expect(rows).toEqual([{ status: 'over' }])
})

const waiting = async (db: Db) =>
  (await db.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
    .rowCount

test('an edit that is taken back is told to whoever has the pager again', async () => {
  w = await night({ yaml: three, start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  await w.chat.say('U-GRACE', 'oncall have')
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  const layers = primary.layers.map((layer) => ({ ...layer, turns: [['grace'], ['linus'], ['ada']] }))
  w.bot.config.schedules.primary = { ...primary, layers }
  await w.at('2026-03-09T10:00:00Z')
  expect(w.told('@U-GRACE').at(-1)).toBe('Linus has the pager of primary')
  w.bot.config.schedules.primary = { ...primary }
  await w.at('2026-03-09T10:05:00Z')
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary')
  expect(w.told('@U-LINUS').at(-1)).toBe('Grace Hopper has the pager of primary')
})

const officeHours = team.replace(
  /primary: .*/,
  'primary: { rotation: { people: [ada, grace], every: week, starts: 2026-03-02, only: { days: mon-fri, from: "09:00", until: "17:00" } } }',
)

test('whoever heard that a shift became nobody’s hears that it is theirs again', async () => {
  w = await night({ yaml: officeHours, start: '2026-03-06T16:00:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  w.bot.config.schedules.primary = { ...primary, layers: [] }
  await w.at('2026-03-09T10:00:00Z')
  expect(w.told('@U-GRACE').at(-1)).toBe('Nobody has the pager of primary')
  w.bot.config.schedules.primary = { ...primary }
  await w.at('2026-03-09T10:05:00Z')
  expect(w.told('@U-GRACE')).toHaveLength(3)
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary')
  await w.turn()
  await w.at('2026-03-09T16:00:00Z')
  await w.at('2026-03-10T08:00:00Z')
  expect(w.told('@U-GRACE')).toHaveLength(3)
})

test('where the nights become nobody’s in the middle of a shift, the one who has it hears that once, and of the next morning', async () => {
  w = await night({ start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  await w.chat.say('U-GRACE', 'oncall have')
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  const only = [{ days: [...weekdays], from: '09:00', until: '17:00', holidays: 'as any day' as const }]
  w.bot.config.schedules.primary = { ...primary, layers: primary.layers.map((layer) => ({ ...layer, only })) }
  await w.at('2026-03-09T12:00:00Z')
  await w.at('2026-03-09T16:00:00Z')
  await w.at('2026-03-10T08:00:00Z')
  expect(w.told('@U-GRACE').slice(1)).toEqual(['Nobody has the pager of primary', 'You have the pager of primary'])
  for (const day of ['10', '11', '12']) {
    await w.at(`2026-03-${day}T16:00:00Z`)
    await w.at(`2026-03-${Number(day) + 1}T08:00:00Z`)
  }
  expect(w.told('@U-GRACE')).toHaveLength(3)
})

test('whoever keeps the pager for somebody whose shift is deleted hears that it is nobody’s', async () => {
  w = await night({ yaml: three, start: '2026-03-09T07:50:00Z' })
  await w.at('2026-03-09T08:00:00Z')
  await w.at('2026-03-09T08:15:00Z')
  expect(w.told('@U-ADA').at(-1)).toBe('You still have the pager of primary')
  const { primary } = w.bot.config.schedules
  if (!primary) throw new Error('there is no primary')
  w.bot.config.schedules.primary = { ...primary, layers: [] }
  await w.at('2026-03-09T10:00:00Z')
  await w.at('2026-03-09T10:00:01Z')
  expect(await pager()).toMatch(/nobody/i)
  expect(w.told('@U-ADA').at(-1)).toBe('Nobody has the pager of primary')
})
