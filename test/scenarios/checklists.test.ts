// Work that comes back: on its day, once, with who ticked what, and a word about the rest.
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { occurrenceAt } from '../../src/core/checklist.ts'
import { bringUpChecklists } from '../../src/flow/checklists.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { minute, team, type World, world } from './world.ts'

const lists = `
checklists:
  at: "09:30"
  lists:
    Daily checks: { every: day, items: [Look at the backups, Read the alerts, Check the disks] }
    Weekly review: { every: week, channel: ops, items: [Rotate the keys] }
`
const hour = 60 * minute

let w: World
let stop = async () => {}
afterEach(async () => {
  await stop()
  stop = async () => {}
})

/** The world begins on a Monday at ten in Berlin. */
const start = async (yaml = lists, at?: string) => {
  await stop()
  w = await world({ yaml: `${team}${yaml}`, ...(at && { start: at }) })
  stop = () => w.stop()
}

async function look(passed = 0): Promise<void> {
  await w.pass(passed)
  await bringUpChecklists(w.bot)
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
}
const told = (channel = '#incidents') => w.chat.in(channel).map(({ message }) => message)
const say = async (text: string, account = 'U-ADA') => {
  const reply = await w.chat.say(account, text)
  await look()
  return reply?.message ?? null
}

test('a list comes up on its day, in its channel, with a button for each item, and once', async () => {
  await start()
  await look()
  await look()
  expect(told().map(({ title }) => title)).toEqual(['Daily checks · 2026-03-02'])
  expect(told()[0]?.sections?.map(({ text }) => text)).toEqual([
    '**1.** Look at the backups',
    '**2.** Read the alerts',
    '**3.** Check the disks',
  ])
  expect(told()[0]?.sections?.[1]?.buttons).toMatchObject([{ label: 'Done', command: 'checklist done 1 2' }])
  expect(told('ops').map(({ title }) => title)).toEqual(['Weekly review · 2026-W10'])
  await look(24 * hour)
  expect(told().map(({ title }) => title)).toContain('Daily checks · 2026-03-03')
  expect(told('ops')).toHaveLength(1)
})

test('nothing comes up before its time, or on a day without business', async () => {
  await start(lists, '2026-03-02T08:29:00Z')
  await look()
  expect(told()).toEqual([])
  await look(minute)
  expect(told()).toHaveLength(1)
  await start(lists, '2026-03-07T12:00:00Z')
  await look()
  expect(told()).toEqual([])
})

test('a tick shows who and when in the same message, can be taken back, and says what does not exist', async () => {
  await start()
  await look()
  await say('checklist done 1 1 3')
  await say('checklist done 1 1', 'U-GRACE')
  expect(told()[0]?.sections?.[0]?.text).toMatch(/^✓ \*\*1\.\*\* Look at the backups · Ada Lovelace, /)
  expect(told()[0]?.text).toMatch(/^2 of 3 items done/)
  await say('checklist undo 1 3')
  expect(told()[0]?.text).toMatch(/^1 of 3 items done/)
  expect((await say('checklist done 1 9'))?.title).toContain('has no item 9: it has 1 to 3')
  expect((await say('checklist done 77 1'))?.title).toContain('There is no checklist 77')
  expect((await say('checklist done 1 two'))?.title).toContain('“two” is not the number of an item')
  await say('checklist done 1 2 3')
  expect(told()[0]).toMatchObject({ text: 'All 3 items done.', tone: 'good' })
})

test('at the end of the day the channel is told what is open, once, and not when all is done', async () => {
  await start()
  await look()
  await say('checklist done 1 1')
  await look(7 * hour)
  await look(hour)
  const rest = told().filter(({ title }) => title.includes('still open'))
  expect(rest).toMatchObject([{ title: 'Daily checks · 2026-03-02: 2 of 3 items still open' }])
  expect(rest[0]?.text).toContain('/checklist done 1 2 3')
  await look(16 * hour)
  await say('checklist done 3 1 2 3')
  await look(9 * hour)
  expect(told().filter(({ title }) => title.includes('still open'))).toHaveLength(1)
})

test('two replicas bring the same list up once', async () => {
  await start()
  await Promise.all([bringUpChecklists(w.bot), bringUpChecklists(w.bot)])
  await look()
  expect(told()).toHaveLength(1)
})

test('one that came due while no bot was there comes up as long as its week lasts', async () => {
  await start(lists, '2026-03-05T20:00:00Z')
  await look()
  expect(told('ops').map(({ title }) => title)).toEqual(['Weekly review · 2026-W10'])
})

test('one that comes up after its end is asked about an hour later, not in the same breath', async () => {
  await start(lists, '2026-03-05T20:00:00Z')
  await look()
  await look()
  const asked = () => told().filter(({ title }) => title.includes('still open'))
  expect(told().map(({ title }) => title)).toEqual(['Daily checks · 2026-03-05'])
  await look(hour)
  expect(asked()).toMatchObject([{ title: 'Daily checks · 2026-03-05: 3 of 3 items still open' }])
  expect(asked()[0]?.text).toContain('- **1.** Look at the backups')
})

test('lists of documents come up by themselves, unless they are not to', async () => {
  await start('')
  const folder = `${w.bot.config.folder}/runbooks`
  mkdirSync(folder)
  writeFileSync(
    `${folder}/ops.md`,
    '# Operations\n\n## Daily Checks\n\n- [ ] Look at the backups\n- [ ] Read the alerts\n\n## Monthly Tasks\n\n- [ ] Alert fatigue review\n',
  )
  const { loadRunbooks } = await import('../../src/runbooks/load.ts')
  w.bot.checklists = loadRunbooks([folder]).checklists
  await look()
  expect(
    told()
      .map(({ title }) => title)
      .sort(),
  ).toEqual(['Daily Checks · 2026-03-02', 'Monthly Tasks · 2026-03'])
  w.bot.config.checklists.documents = false
  await look(24 * hour)
  expect(told().filter(({ title }) => title.includes('03-03'))).toEqual([])
})

describe('the day on which a list is due', () => {
  const hours = {
    zone: 'Europe/Berlin',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const,
    from: '09:00',
    until: '17:00',
    holidays: ['2026-06-01', '2026-12-31'],
  }
  const at = (every: 'day' | 'week' | 'month', now: string) => {
    const found = occurrenceAt(every, { ...hours, days: [...hours.days] }, '09:30', new Date(now))
    return found && [found.period, found.due.toISOString(), found.ask.toISOString()]
  }

  test.each([
    ['day', '2026-03-28T12:00:00Z', null],
    ['day', '2026-03-30T12:00:00Z', ['2026-03-30', '2026-03-30T07:30:00.000Z', '2026-03-30T15:00:00.000Z']],
    ['week', '2026-03-29T12:00:00Z', ['2026-W13', '2026-03-23T08:30:00.000Z', '2026-03-27T16:00:00.000Z']],
    // The first business day of June is its second day: the first is a holiday.
    ['month', '2026-06-20T12:00:00Z', ['2026-06', '2026-06-02T07:30:00.000Z', '2026-06-30T15:00:00.000Z']],
    ['month', '2026-12-31T23:30:00Z', ['2027-01', '2027-01-01T08:30:00.000Z', '2027-01-29T16:00:00.000Z']],
    ['week', '2026-12-31T12:00:00Z', ['2026-W53', '2026-12-28T08:30:00.000Z', '2027-01-01T16:00:00.000Z']],
  ] as const)('every %s at %s', (every, now, expected) => {
    expect(at(every, now)).toEqual(expected)
  })
})
