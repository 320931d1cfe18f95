// Ends that come late, twice, or without saying what they are the end of.
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { sources } from '../../src/sources/index.ts'
import { minute, monday, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const at = (minutes: number) => new Date(Date.parse(monday) + minutes * minute).toISOString()
const firing = (from: number) => ({ startsAt: at(from) })
const over = (from: number, until: number) => ({ startsAt: at(from), endsAt: at(until) })

it.each([
  ['that took the alert itself', () => w.intake],
  ['of another replica, which knows nothing yet', () => new Intake(w.bot)],
])('an end of the time before, told once more to an intake %s, does not end what fires anew', async (_, intake) => {
  await w.fire(firing(0))
  await w.pass(2 * minute)
  await w.clear(over(0, 2))
  await w.pass(2 * minute)
  await w.fire(firing(4))
  const end = {
    title: 'Checkout is down',
    service: 'checkout',
    severity: 'critical',
    status: 'resolved',
    ...over(0, 2),
  }
  await intake().accept(sources.generic?.parse(end, w.clock.now()) ?? { alerts: [] }, 'again')
  await w.pass(20 * minute)
  const { incident, alerts: known } = await w.view()
  expect(incident.status).toBe('open')
  expect(known).toMatchObject([{ status: 'firing', endsAt: null }])
  await w.clear(over(4, 24))
  await w.pass(6 * minute)
  expect((await w.view()).incident.status).toBe('resolved')
})

it('an end that does not say since when leaves the beginning as it was', async () => {
  await w.fire()
  await w.pass(7 * minute)
  await w.clear()
  const { alerts } = await w.view()
  expect(alerts).toMatchObject([{ startsAt: new Date(at(0)), endsAt: new Date(at(7)) }])
  await w.pass(3 * minute)
  await w.fire()
  expect((await w.view()).alerts).toMatchObject([{ startsAt: new Date(at(10)), endsAt: null }])
})

it('an alert that ended before anybody heard of its beginning once more is over all the same', async () => {
  // Its sender's clock is behind, and it says only when it ended.
  await w.fire()
  await w.pass(minute)
  await w.clear({ endsAt: at(-3) })
  expect((await w.view()).incident.quietUntil).not.toBeNull()
})

const soon = 'in a minute'

test('an end whose times nobody can read ends what fires', async () => {
  await w.fire({ startsAt: soon })
  await w.pass(4 * minute)
  await w.clear({ startsAt: soon, endsAt: soon })
  const { incident, alerts } = await w.view()
  expect(incident.quietUntil).not.toBeNull()
  expect(alerts).toMatchObject([{ status: 'resolved', startsAt: new Date(at(0)), endsAt: new Date(at(4)) }])
})

test('an end of the time before that does not say readably since when does not end what fires anew', async () => {
  await w.fire({ startsAt: soon })
  await w.pass(2 * minute)
  await w.clear({ startsAt: soon, endsAt: at(2) })
  await w.pass(2 * minute)
  await w.fire({ startsAt: soon })
  await w.pass(minute)
  await w.clear({ startsAt: soon, endsAt: at(2) })
  expect((await w.view()).alerts).toMatchObject([{ status: 'firing', startsAt: new Date(at(4)), endsAt: null }])
  await w.clear({ startsAt: soon, endsAt: Date.parse(at(5)) / 1000 })
  expect((await w.view()).alerts).toMatchObject([{ status: 'resolved', endsAt: new Date(at(5)) }])
})

test('an end that is told in whole seconds ends what began within that second', async () => {
  w.clock.advance(600)
  await w.fire({ startsAt: soon })
  w.clock.advance(200)
  await w.clear({ startsAt: soon, endsAt: at(0) })
  expect((await w.view()).alerts).toMatchObject([{ status: 'resolved' }])
})

test('an alert that says it begins next year is over when it says so, with or without that', async () => {
  await w.fire({ startsAt: '2099-01-01T00:00:00Z' })
  await w.pass(3 * minute)
  await w.clear()
  expect((await w.view()).alerts).toMatchObject([{ status: 'resolved', startsAt: new Date(at(0)) }])
})

// Its clock is ten minutes ahead.
it.each([
  ['nothing else', {}],
  ['when it ended', { endsAt: at(15) }],
  ['when it ended, beyond all doubt ahead', { endsAt: at(600) }],
  ['something that nobody can read', { startsAt: soon, endsAt: soon }],
])('an end ends what began by a clock that runs ahead, though it says of its times %s', async (_, times) => {
  await w.fire(firing(10))
  await w.pass(5 * minute)
  await w.clear(times)
  expect((await w.view()).incident.quietUntil).not.toBeNull()
  await w.pass(6 * minute)
  expect((await w.view()).incident.status).toBe('resolved')
})

it('by such a clock too, an end of the time before, told once more, does not end what fires anew', async () => {
  await w.fire(firing(10))
  await w.pass(2 * minute)
  await w.clear({ endsAt: at(12) })
  await w.pass(2 * minute)
  await w.fire(firing(14))
  await w.pass(minute)
  await w.clear({ endsAt: at(12) })
  expect((await w.view()).alerts).toMatchObject([{ status: 'firing' }])
  await w.clear({ endsAt: at(15) })
  expect((await w.view()).alerts).toMatchObject([{ status: 'resolved' }])
})
