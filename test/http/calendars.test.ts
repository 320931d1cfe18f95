// Feeds for people's calendars: who may read them, and what is in them.
import ical from 'node-ical'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { feedAddress } from '../../src/calendars/address.ts'
import type { Schedule } from '../../src/core/schedule.ts'
import { addOverride } from '../../src/store/overrides.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { now, type Overrides, startServer, type TestServer } from './bot.ts'

const primary: Schedule = {
  name: 'primary',
  zone: 'Europe/Berlin',
  holidays: [],
  calendar: null,
  layers: [
    {
      ...{ name: null, zone: 'Europe/Berlin', turns: [['ada'], ['grace']], every: { days: 7 } },
      ...{ starts: '2026-01-05', handover: '09:00', weekday: 'mon', only: [] },
    },
  ],
}
const accessToken = 'a-long-access-token'

let database: FreshDatabase
let server: TestServer
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  await server.close()
  await database.drop()
})

async function start(config: Overrides['config'] = {}): Promise<void> {
  // As the loader makes it: `constructor` is no schedule.
  const schedules: Record<string, Schedule> = Object.assign(Object.create(null), { primary })
  server = await startServer(database.db, { config: { schedules, ...config } })
}

const read = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(server.url + path, { headers })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
}

const eventsOf = (body: string) =>
  Object.values(ical.sync.parseICS(body))
    .flatMap((one) => (one?.type === 'VEVENT' ? [one] : []))
    .sort((a, b) => a.start.getTime() - b.start.getTime())

/** The part of an address behind the host. */
const pathOf = (address: string) => new URL(address).pathname + new URL(address).search

describe('without an access token', () => {
  test('this machine reads a schedule’s shifts, 30 days back and 90 ahead, in UTC', async () => {
    await start()
    const { status, type, body } = await read('/calendars/schedules/primary.ics')
    expect([status, type]).toEqual([200, 'text/calendar; charset=utf-8'])
    expect(body).toContain('METHOD:PUBLISH')
    expect(body).toContain('DTSTART:20260330T070000Z')
    const events = eventsOf(body)
    const monday = events.find((event) => event.start.toISOString() === '2026-03-02T08:00:00.000Z')
    expect(monday).toMatchObject({ summary: 'primary: Ada Lovelace' })
    expect(monday?.end?.toISOString()).toBe('2026-03-09T08:00:00.000Z')
    expect(events[0]?.start.getTime()).toBeLessThanOrEqual(now.getTime() - 30 * 86_400_000)
    expect(events.at(-1)?.end?.getTime()).toBeGreaterThanOrEqual(now.getTime() + 90 * 86_400_000)
  })

  test('a person’s feed has their shifts and nobody else’s, with the overrides', async () => {
    await start()
    const from = new Date('2026-03-10T08:00:00Z')
    const until = new Date('2026-03-10T18:00:00Z')
    const made = { schedule: 'primary', person: 'ada', replaces: null, madeBy: 'grace', madeAt: now }
    await addOverride(database.db, { ...made, from, until })
    const events = eventsOf((await read('/calendars/people/ada.ics')).body)
    const taken = events.find((event) => event.start.getTime() === from.getTime())
    expect(taken).toMatchObject({ summary: 'On call: primary', description: 'Override 1 by Grace Hopper' })
    expect(events.some((event) => event.start.toISOString() === '2026-03-09T08:00:00.000Z')).toBe(false)
  })

  test('an entry keeps its identity from one reading to the next', async () => {
    await start()
    const uids = async () => eventsOf((await read('/calendars/people/grace.ics')).body).map((event) => event.uid)
    const before = await uids()
    expect(new Set(before).size).toBe(before.length)
    expect(await uids()).toEqual(before)
  })

  test('what there is not is 404', async () => {
    await start()
    expect((await read('/calendars/schedules/constructor.ics')).status).toBe(404)
    expect((await read('/calendars/people/nobody.ics')).status).toBe(404)
    expect((await read('/calendars/people/ada')).status).toBe(404)
  })
})

test('the API lists the shifts of a calendar for as long as the schedule goes by it', async () => {
  await start({ schedules: { primary: { ...primary, calendar: { address: '/oncall.ics', refresh: 900_000 } } } })
  await database.db.query(
    `insert into calendars (schedule, source, due_at) values ('primary', 'x', $1), ('former', 'x', $1)`,
    [now],
  )
  const until = new Date(now.getTime() + 3_600_000)
  for (const schedule of ['primary', 'former'])
    await database.db.query(
      'insert into calendar_shifts (schedule, person, starts_at, ends_at) values ($1, $2, $3, $4)',
      [schedule, 'ada', now, until],
    )
  const listed = async () => JSON.parse((await read('/api/v1/overrides')).body).overrides
  expect(await listed()).toEqual([
    { kind: 'calendar', schedule: 'primary', person: 'ada', from: now.toISOString(), until: until.toISOString() },
  ])
  server.bot.config.schedules.primary = primary
  expect(await listed()).toEqual([])
})

describe('with an access token', () => {
  test('the address itself lets a calendar in, and into no other feed', async () => {
    await start({ accessToken })
    const config = server.bot.config
    const ada = pathOf(feedAddress(config, { person: 'ada' }))
    expect((await read(ada)).status).toBe(200)
    expect((await read(ada.replace('people/ada', 'people/grace'))).status).toBe(401)
    expect((await read(ada.replace('people/ada', 'schedules/primary'))).status).toBe(401)
    expect((await read('/calendars/people/ada.ics')).status).toBe(401)
    expect((await read('/calendars/people/ada.ics?token=')).status).toBe(401)
    expect((await read('/calendars/people/ada.ics?token=x&token=y')).status).toBe(401)
    expect((await read('/calendars/people/ada.ics', { authorization: `Bearer ${accessToken}` })).status).toBe(200)
    // Whether there is such a person is told to nobody without one.
    expect((await read('/calendars/people/nobody.ics')).status).toBe(401)
  })

  test('its word does not give the access token away, and ends with it', async () => {
    await start({ accessToken })
    const address = feedAddress(server.bot.config, { person: 'ada' })
    expect(address).not.toContain(accessToken)
    const other = feedAddress({ ...server.bot.config, accessToken: 'another' }, { person: 'ada' })
    expect((await read(pathOf(other))).status).toBe(401)
  })
})
