// Action items: said in a room, changed from anywhere, remembered long after the incident.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decideReminders } from '../../src/flow/reminders.ts'
import { listActions, openActions } from '../../src/store/actions.ts'
import { postmortem } from '../../src/store/views.ts'
import { type Night, night } from '../pager/night.ts'
import { minute } from './world.ts'

let w: Night

beforeEach(async () => {
  w = await night()
})
afterEach(() => w.stop())

const say = (text: string, channel = 'elsewhere') =>
  w.chat.say('U-ADA', text, channel).then((reply) => (reply === null ? null : reply.message))
const list = async () => (await listActions(w.bot.db, { statuses: [], limit: 100 })).list
const texts = async () => (await w.view()).timeline.map(({ text }) => text)

/** Looks for reminders as the program does, every so often, and tells them. */
async function days(count: number): Promise<void> {
  for (let hour = 0; hour < count * 24; hour++) {
    w.clock.advance(60 * minute)
    await decideReminders(w.bot)
    await w.turn()
  }
}

async function over(): Promise<void> {
  await w.fire()
  await w.settle()
  await say('incident ack 1')
  await say('incident resolve 1')
  await w.settle()
}

describe('an action item', () => {
  it('is said with its owner and its day in either order, is on the timeline, and the room hears of it', async () => {
    await w.fire()
    await w.settle()
    const room = (await w.view()).rooms[0]?.channel ?? ''
    expect(await say('incident action Alert on queue length @Grace by friday', room)).toBeNull()
    await say('incident action 1 Buy a second cache by 2026-04-01 <@U-LINUS>')
    await say('incident action 1 Stand by me, by all means')
    await w.settle()
    expect(await list()).toMatchObject([
      { item: 1, text: 'Alert on queue length', owner: 'grace', due: '2026-03-06', status: 'open', madeBy: 'ada' },
      { item: 2, text: 'Buy a second cache', owner: 'linus', due: '2026-04-01' },
      { item: 3, text: 'Stand by me, by all means', owner: null, due: null },
    ])
    expect(await texts()).toContain(
      'Ada Lovelace added action item 1: Alert on queue length (Grace Hopper, by 2026-03-06)',
    )
    expect(w.chat.titles(room)).toContain('Action item 1: Alert on queue length')
  })

  it('is changed in its room as our own hints say it, with the number of the incident', async () => {
    await w.fire()
    await w.settle()
    const room = (await w.view()).rooms[0]?.channel ?? ''
    await say('incident action 1 Alert on queue length', room)
    await say('incident action 2 caches are not enough', room)
    await say('incident action 1 assign 1 @Grace', room)
    await say('incident action done 2', room)
    expect((await say('incident action 9 done 1', room))?.title).toContain('9')
    expect(await list()).toMatchObject([
      { item: 1, text: 'Alert on queue length', owner: 'grace', status: 'open' },
      { item: 2, text: '2 caches are not enough', status: 'done' },
    ])
  })

  it('with a date that is none is not taken without it', async () => {
    await over()
    const asked = ['2026-02-31', '31.12.2026', '2026/12/31'].map((day) => `incident action 1 Alert on it by ${day}`)
    for (const text of asked) expect((await say(text))?.title).toMatch(/is not a day\. Write 2026-03-20, friday/)
    expect(await list()).toEqual([])
  })

  it('with a day that is none, or over, does not lose whose it is', async () => {
    await over()
    expect((await say('incident action 1 Alert on it @grace by yesterday'))?.title).toBe(
      '“yesterday” is over. Write 2026-03-20, friday, tomorrow or 2w, e.g. … by friday.',
    )
    expect((await say('incident action 1 Alert on it by last friday'))?.title).toMatch(/^“last friday” is over\./)
    expect((await say('incident action 1 Alert on it @grace by next sprint'))?.title).toMatch(
      /^“next sprint” is not a day/,
    )
    expect(await list()).toEqual([])
    await say('incident action 1 Start it by systemd, stand by @grace')
    await say('incident action 1 Replace what we start by hand by systemd')
    await say('incident action 1 Bring back the index dropped by last migration')
    expect(await list()).toMatchObject([
      { text: 'Start it by systemd, stand by', owner: 'grace' },
      { text: 'Replace what we start by hand by systemd', owner: null },
      { text: 'Bring back the index dropped by last migration', owner: null },
    ])
  })

  it('is done, opened again, given to somebody else, dated, reworded and dropped, also after the end', async () => {
    await over()
    await say('incident action 1 Alert on queue length')
    await say('incident action 1 assign 1 linus')
    await say('incident action 1 due 1 in 2 weeks')
    expect(await list()).toMatchObject([{ owner: 'linus', due: '2026-03-16', status: 'open' }])
    await say('incident action 1 done 1')
    expect(await list()).toMatchObject([{ status: 'done', closedBy: 'ada' }])
    expect((await openActions(w.bot.db, 10)).total).toBe(0)
    expect((await say('incident action 1 done 1'))?.title).toBe('Action item 1 of incident 1 is so already.')
    await say('incident action 1 reopen 1')
    await say('incident action 1 reword 1 Alert on queue age')
    await say('incident action 1 due 1 never')
    await say('incident action 1 drop #1')
    expect(await list()).toMatchObject([{ text: 'Alert on queue age', due: null, status: 'dropped' }])
    expect((await texts()).filter((text) => /action item/.test(text))).toEqual([
      'Ada Lovelace added action item 1: Alert on queue length',
      'Ada Lovelace changed action item 1: Alert on queue length (Linus)',
      'Ada Lovelace changed action item 1: Alert on queue length (Linus, by 2026-03-16)',
      'Ada Lovelace did action item 1: Alert on queue length',
      'Ada Lovelace reopened action item 1: Alert on queue length (Linus, by 2026-03-16)',
      'Ada Lovelace changed action item 1: Alert on queue age (Linus, by 2026-03-16)',
      'Ada Lovelace changed action item 1: Alert on queue age (Linus)',
      'Ada Lovelace dropped action item 1: Alert on queue age',
    ])
  })

  it('says what is wrong with what was typed, and loses nothing', async () => {
    await over()
    await say('incident action 1 Test')
    expect((await say('incident action 1 Ask @nobody-here'))?.title).toContain('I know nobody called “@nobody-here”')
    expect((await say('incident action 1 assign 1 bob'))?.title).toContain('I know nobody called “bob”')
    expect((await say('incident action 1 due 1 someday'))?.title).toContain('“someday” is not a day')
    expect((await say('incident action 1 done 7'))?.title).toContain('no action item 7')
    expect((await say('incident action 1 @ada by friday'))?.title).toContain('What is to be done?')
    expect((await say('incident action 99 Test'))?.title).toContain('There is no incident 99')
    expect(await list()).toHaveLength(1)
  })

  it('is listed with buttons in its room, and with all that are open elsewhere', async () => {
    await over()
    await say('incident action 1 Alert on queue length @ada by 2026-03-01')
    await say('incident action 1 Buy a cache')
    await say('incident action 1 done 2')
    const of = await say('incident actions 1')
    expect(of?.title).toBe('Action items of incident 1: 1 open of 2')
    expect(of?.sections?.map(({ text }) => text)).toEqual([
      expect.stringContaining('**overdue since 2026-03-01**'),
      expect.stringContaining('✓ **2.** Buy a cache · nobody has it · no date · done by Ada Lovelace'),
    ])
    expect(of?.sections?.[0]?.buttons?.[0]?.command).toMatch(/^incident action #1@\w{8} done 1$/)
    const all = await say('incident actions')
    expect(all?.title).toBe('1 action item is open')
    expect(all?.sections?.[0]?.text).toContain('**#1 · 1.** Alert on queue length')
  })

  it('comes into the draft that is there already', async () => {
    await over()
    await say('incident action 1 Alert on queue | length @ada by friday')
    await w.settle()
    expect((await postmortem(w.bot.db, 1))?.markdown).toMatch(
      /^\| 1 \| Alert on queue \\\| length \| Ada Lovelace \| 2026-03-06 \| open \[#\d+\] \|$/m,
    )
  })

  it('that two people add at once are two', async () => {
    await over()
    await Promise.all([say('incident action 1 One'), say('incident action 1 Two')])
    expect((await list()).map(({ item }) => item)).toEqual([1, 2])
  })
})

describe('the owner of an action item', () => {
  const told = () => w.told('@U-GRACE').filter((title) => /^(Due|Overdue)/.test(title))

  it('is told on the morning it is due, and every week while it is overdue, until it is done', async () => {
    await over()
    await say('incident action 1 Alert on queue length @grace by friday')
    await days(3)
    expect(told()).toEqual([])
    await days(1)
    expect(told()).toEqual(['Due today: Alert on queue length'])
    await days(6)
    expect(told()).toHaveLength(1)
    await days(1)
    expect(told()).toEqual(['Due today: Alert on queue length', 'Overdue since 2026-03-06: Alert on queue length'])
    await say('incident action 1 done 1')
    await days(20)
    expect(told()).toHaveLength(2)
  }, 120_000)

  it('is told once, however many replicas look at the same moment', async () => {
    await over()
    await say('incident action 1 Alert on queue length @grace by tomorrow')
    w.clock.advance(24 * 60 * minute)
    await Promise.all([1, 2, 3].map(() => decideReminders(w.bot)))
    await decideReminders(w.bot)
    await w.turn()
    expect(told()).toHaveLength(1)
  })

  it('who puts it off is told on the other day', async () => {
    await over()
    await say('incident action 1 Alert on queue length @grace by friday')
    await say('incident action 1 due 1 2w')
    await days(13)
    expect(told()).toEqual([])
    await days(2)
    expect(told()).toEqual(['Due today: Alert on queue length'])
  })

  it('that nobody is: whoever had the incident is told', async () => {
    await over()
    await say('incident action 1 Alert on queue length by friday')
    await days(5)
    expect(w.told('@U-ADA')).toContain('Due today: Alert on queue length')
  })
})
