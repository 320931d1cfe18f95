// A calendar says who is on call: read, kept, and never the reason that nobody is.
import { writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCalendars } from '../../src/flow/calendars.ts'
import { tellGaps } from '../../src/flow/gaps.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { calendarStates, claimCalendars } from '../../src/store/calendars.ts'
import { minute, team, type World, world } from './world.ts'

const day = 24 * 60 * minute
const event = (uid: string, start: string, end: string, summary: string) =>
  `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\nDTSTART:${start}\nDTEND:${end}\nSUMMARY:${summary}\nEND:VEVENT\n`
const calendar = (...events: string[]) =>
  `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${events.join('')}END:VCALENDAR\n`

const linus = event('1', '20260302T080000Z', '20260303T080000Z', 'Linus')
const ada = event('2', '20260303T080000Z', '20270304T080000Z', 'On call: Ada Lovelace')

let w: World
let server: Server
let asked: string[]
let answer: { status: number; body: string }

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: calendar(linus, ada) }
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(answer.status, { 'content-type': 'text/calendar' }).end(answer.body)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  w = await world({
    yaml: team.replace(/primary: .*\n/, `primary: { ical: "http://127.0.0.1:${port}/oncall.ics?key=secret" }\n`),
  })
})
afterEach(async () => {
  await w.stop()
  await new Promise((resolve) => server.close(resolve))
})

const tell = () => tellNotices(w.bot, w.chat, 'test')
const titles = () => w.chat.titles('#incidents')
const shown = async () => (await w.chat.say('U-ADA', 'oncall primary'))?.message

async function look(after = 0): Promise<void> {
  w.clock.advance(after)
  await readCalendars(w.bot)
  await tell()
}

describe('a calendar', () => {
  it('says who is paged', async () => {
    await look()
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect((await shown())?.fields?.[0]?.value).toBe('**Linus** (calendar) until Tue 3 Mar, 09:00, then Ada Lovelace')
    expect(asked).toEqual(['/oncall.ics?key=secret'])
  })

  it('is read again at once when people are called otherwise, so that nobody is missing until it is due', async () => {
    await look()
    const { linus: leaving, ...others } = w.bot.config.people
    if (!leaving) throw new Error('there is no linus')
    w.bot.config.people = { ...others, torvalds: { ...leaving, key: 'torvalds' } }
    await look()
    expect((await shown())?.fields?.[0]?.value).toBe('**Linus** (calendar) until Tue 3 Mar, 09:00, then Ada Lovelace')
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect(asked).toHaveLength(2)
  })

  it('is read once by each of two replicas that know other people, and then when it is due, and not in turns for ever', async () => {
    await look()
    const { linus: leaving, ...others } = w.bot.config.people
    if (!leaving) throw new Error('there is no linus')
    const config = { ...w.bot.config, people: { ...others, torvalds: { ...leaving, key: 'torvalds' } } }
    const other = { ...w.bot, config }
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await readCalendars(other)
      await look(5_000)
    }
    expect(asked).toHaveLength(2)
    w.clock.advance(15 * minute)
    await readCalendars(other)
    await look()
    expect(asked).toHaveLength(3)
  })

  it('may call people by whatever a file can hold', async () => {
    const odd = `${'x'.repeat(99)}\u{1F525}\u{1F525}\0`
    answer.body = calendar(linus, ada, event('3', '20260305T080000Z', '20260306T080000Z', odd))
    await look()
    expect(await calendarStates(w.bot.db)).toMatchObject([{ problem: null, unknown: [`${'x'.repeat(99)}\u{1F525}`] }])
  })

  it('that fails for a reason nobody foresaw is said to, and keeps no other from being read', async () => {
    const schedule = w.bot.config.schedules.primary
    const primary = schedule?.calendar
    if (!schedule || !primary) throw new Error('primary has no calendar')
    w.bot.config.schedules.zeta = { ...schedule, name: 'zeta', calendar: { ...primary } }
    await w.bot.db.query(`alter table calendar_shifts add constraint broken check (schedule <> 'primary')`)
    await look()
    const states = (await calendarStates(w.bot.db)).map(({ schedule: name, problem }) => [name, problem])
    expect(states).toEqual([
      ['primary', 'something nobody foresaw; the log says what'],
      ['zeta', null],
    ])
    expect(titles().join()).toContain('primary')
  })

  it('is read at once beside others that hang, and not after them', async () => {
    const { primary } = w.bot.config.schedules
    if (!primary?.calendar) throw new Error('primary has no calendar')
    const hanging = new Set<ServerResponse>()
    const hung = createServer((_, response) => void hanging.add(response))
    await new Promise<void>((resolve) => void hung.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(hung.address() as AddressInfo).port}/`
    for (const name of ['a', 'b', 'c'])
      w.bot.config.schedules[name] = { ...primary, name, calendar: { ...primary.calendar, address } }
    const reading = readCalendars(w.bot)
    try {
      await expect
        .poll(async () => (await calendarStates(w.bot.db)).find((one) => one.schedule === 'primary')?.readAt)
        .toBeTruthy()
      expect((await shown())?.fields?.[0]?.value).toContain('**Linus**')
      expect([...hanging].filter((one) => !one.destroyed)).toHaveLength(3)
    } finally {
      const closed = new Promise((resolve) => hung.close(resolve))
      hung.closeAllConnections()
      await reading
      await closed
    }
  })

  it('is read again after a while, by one replica at a time, and what it says then counts', async () => {
    await Promise.all([readCalendars(w.bot), readCalendars(w.bot)])
    expect(asked).toHaveLength(1)
    answer.body = calendar(ada)
    await look(14 * minute)
    expect(asked).toHaveLength(1)
    await look(minute)
    expect(asked).toHaveLength(2)
    expect((await shown())?.fields?.[0]?.value).toContain('**Nobody.**')
  })

  it('whose reader died is read by somebody else', async () => {
    const claims = () =>
      claimCalendars(
        w.bot.db,
        [{ schedule: 'primary', source: 'x', atOnce: true }],
        w.clock.now(),
        new Date(w.clock.now().getTime() + 2 * minute),
      )
    // Taken, and then nothing more was heard of it.
    expect(await claims()).toHaveLength(1)
    expect(await claims()).toHaveLength(0)
    w.clock.advance(2 * minute)
    expect(await claims()).toHaveLength(1)
  })

  it.each([
    ['is away', 503, ''],
    ['wants a password', 401, ''],
    ['is a page to sign in at', 200, '<html>'],
    ['was emptied', 200, calendar()],
    ['answers with bytes that are no text', 503, 'down \0\u001b[31m'],
    [
      'is on another planet',
      200,
      calendar(event('1', '20260302T080000', '20260303T080000', 'Li\0nus').replace('START:', 'START;TZID=Mars\0:')),
    ],
    ['came half', 200, calendar(linus, ada).slice(0, 120)],
  ])('that %s changes nobody’s shift, and after an hour everybody knows', async (_what, status, body) => {
    await look()
    answer = { status, body }
    await look(15 * minute)
    expect((await shown())?.fields?.[0]?.value).toContain('**Linus**')
    expect((await shown())?.text).toContain('its calendar cannot be read since')
    expect(titles()).toEqual([])
    await look(55 * minute)
    expect(titles()).toEqual([])
    for (let i = 0; i < 2; i++) await look(5 * minute)
    expect(titles()).toEqual(['The calendar of primary cannot be read'])
    expect(JSON.stringify(w.chat.sent)).not.toContain('secret')
    answer = { status: 200, body: calendar(linus, ada) }
    await look(5 * minute)
    // The same message, edited: nobody has to look for the good news.
    expect(titles()).toEqual(['The calendar of primary is read again'])
    expect((await calendarStates(w.bot.db))[0]).toMatchObject({ problem: null, failingSince: null })
  })

  it('that could never be read is told at once', async () => {
    answer.status = 404
    await look()
    await look(5 * minute)
    expect(titles()).toEqual(['The calendar of primary cannot be read'])
    expect(w.chat.in('#incidents')[0]?.message.text).toContain('nobody is on call in primary')
    await tellGaps(w.bot)
    await tell()
    expect(titles()).toHaveLength(1)
  })

  it('that names strangers is told, once for the same names, and their shift is a gap', async () => {
    answer.body = calendar(event('1', '20260302T080000Z', '20260303T080000Z', 'Zoe'), ada)
    await look()
    await look(15 * minute)
    expect(titles()).toEqual(['The calendar of primary names people I do not know'])
    expect((await shown())?.text).toContain('not in `people:` (Zoe)')
    const gaps = (await w.chat.say('U-ADA', 'oncall gaps primary'))?.message
    expect(gaps?.text).toContain('**primary** 10:15 until Tue 3 Mar, 09:00')
  })

  it('may be a file, and one that is gone keeps its last good copy', async () => {
    const path = `${w.bot.config.folder}/oncall.ics`
    writeFileSync(path, calendar(linus, ada))
    const schedule = w.bot.config.schedules.primary
    if (schedule?.calendar) schedule.calendar.address = path
    await look()
    expect((await shown())?.fields?.[0]?.value).toContain('**Linus**')
    if (schedule?.calendar) schedule.calendar.address = `${path}.gone`
    await look(minute)
    expect((await shown())?.fields?.[0]?.value).toContain('**Linus**')
    expect((await shown())?.text).toContain('the file cannot be read (ENOENT)')
  })
})

describe('gaps within a week', () => {
  it('are told once, those of every week once for all, and one that comes later when it is near', async () => {
    answer.body = calendar(
      linus,
      event('2', '20260303T120000Z', '20260320T080000Z', 'ada'),
      event('3', '20260320T100000Z', '20270101T000000Z', 'ada'),
    )
    await look()
    const again = async (after: number) => {
      w.clock.advance(after)
      await tellGaps(w.bot)
      await tell()
    }
    await again(0)
    expect(titles()).toEqual(['Nobody is on call in primary at one time'])
    expect(w.chat.in('#incidents')[0]?.message.text).toContain('**primary** Tue 3 Mar, 09:00 until 13:00')
    await again(day)
    await again(day)
    expect(titles()).toHaveLength(1)
    await Promise.all([again(12 * day), tellGaps(w.bot)])
    await again(0)
    expect(titles()).toHaveLength(2)
    expect(w.chat.in('#incidents')[1]?.message.text).toContain('Fri 20 Mar, 09:00 until 11:00')
  })
})

it('hours that nobody was ever meant to have are told once, not every week', async () => {
  await w.stop()
  const only = 'only: { days: mon-fri, from: "09:00", until: "17:00" }'
  w = await world({
    yaml: team.replace('handover: "Mon 09:00" } }\n  secondary', `handover: "Mon 09:00", ${only} } }\n  secondary`),
  })
  for (let i = 0; i < 60; i++) {
    await tellGaps(w.bot)
    await tell()
    w.clock.advance(day)
  }
  expect(titles()).toEqual(['Nobody is on call in primary at these times'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('- **primary** 17:00 until Tue 3 Mar, 09:00, every week\n')
})
