// What is foretold is what happens, and it reads plainly in the nights in which clocks jump.
import { describe, expect, test } from 'vitest'
import type { Override } from '../../src/core/schedule.ts'
import type { Asked } from '../../src/foresight/scenario.ts'
import { readScenario } from '../../src/foresight/scenario.ts'
import { simulate } from '../../src/foresight/simulate.ts'
import { minute, type World, world } from '../scenarios/world.ts'
import { berlin, foretold, rules } from './berlin.ts'

const night: Asked = { severity: 'P1', service: 'payments', at: '2027-03-28T01:30', zone: 'Europe/Berlin' }

describe('a simulated night', () => {
  test('in which the clocks go forward, until the last resort', async () => {
    await expect(foretold(night)).toMatchFileSnapshot('golden/spring-night.txt')
  })

  test('in which they go back: the hour that comes twice is told apart', async () => {
    await expect(foretold({ ...night, at: '2027-10-31T02:30' })).toMatchFileSnapshot('golden/autumn-night.txt')
  })

  test('in which somebody answers, and another a little later', async () => {
    const answers = ['ada@7m', 'Grace Hopper@8m']
    await expect(foretold({ ...night, answers })).toMatchFileSnapshot('golden/answered-night.txt')
  })

  test('in which a clock runs out while somebody has it: others are called to help', () => {
    const quick = rules(berlin.replace('resolve: 4h', 'resolve: 20m'))
    const told = foretold({ ...night, answers: ['ada@2m'] }, [], quick)
    expect(told).toMatch(/The time to resolve has run out; more people are paged to help\n.*To help: page Alan Turing/)
    expect(told).not.toMatch(/Step ,/)
  })

  test('says of a hand-over what comes of it unconfirmed, where anybody is asked', () => {
    const line = 'The pager of primary goes from Ada Lovelace to Grace Hopper'
    expect(foretold(night)).toContain(
      `${line}. It is supposed here that this is confirmed; else Ada Lovelace has it again at 03:15 CEST\n`,
    )
    expect(foretold(night, [], rules(`${berlin}handover: { accept_within: never }\n`))).toContain(`${line}\n`)
  })

  test('with an override of that night calls whoever took the pager', () => {
    const taken: Override = {
      ...{ kind: 'override', id: 1, replaces: null },
      ...{ schedule: 'primary', person: 'alan', madeBy: 'alan', madeAt: new Date('2027-03-27T12:00:00Z') },
      ...{ from: new Date('2027-03-28T00:00:00Z'), until: new Date('2027-03-28T00:40:00Z') },
    }
    const told = foretold(night, [taken])
    expect(told).toMatch(/Step 1, round 1: page Alan Turing/)
    expect(told).toMatch(
      /01:40 CET .*The pager of primary goes from Alan Turing to Ada Lovelace\n[\s\S]*Step 1, round 2: page Ada/,
    )
  })

  test('at a time that does not exist says so, and takes the time the rule gives', () => {
    const told = foretold({ ...night, at: '2027-03-28T02:30' })
    expect(told).toMatch(/03:30 CEST\n/)
    expect(told).toMatch(/does not exist.*moves forward, to 03:30 CEST/)
    expect(foretold({ ...night, at: '2027-10-31T02:30+01:00' })).toMatch(/^.*02:30 CET\n(?!.*comes twice)/)
  })

  test('of a severity that pages nobody says that', () => {
    expect(foretold({ ...night, severity: 'P4' })).toMatch(/Nobody is paged\. A P4/)
  })

  test('takes the severity the rules give to the labels', () => {
    const told = foretold({ at: night.at, labels: ['severity=warning', 'service=shop'] })
    expect(told).toMatch(/^Simulation · P2 of shop/)
    expect(told).toMatch(/P2 is what the rules make of severity=warning, service=shop/)
  })

  test('says over which platforms people are paged where the bot runs', () => {
    expect(foretold(night, [], rules(undefined, ['console']))).toMatch(/Not set up here: Slack\./)
    expect(foretold(night)).not.toMatch(/Not set up here/)
  })
})

test.each([
  [{ severity: 'P9' }, /“P9” is not a severity/],
  [{ zone: 'Mars/Olympus' }, /“Mars\/Olympus” is not a time zone/],
  [{ at: 'tonight' }, /“tonight” is not a time.*03:00/],
  [{ at: '2027-13-01T00:00' }, /“2027-13-01T00:00” is not a time/],
  [{ answers: ['ada'] }, /“ada” is not an answer.*ada@7m/],
  [{ answers: ['bob@7m'] }, /nobody called “bob”.*ada, grace, alan/],
  [{ labels: ['critical'] }, /“critical” is not a label/],
  [{ policy: 'nights' }, /no policy “nights”; there are: P1/],
] satisfies [Asked, RegExp][])('%j is refused with the way to write it', (asked, why) => {
  expect(() => foretold(asked)).toThrow(why)
})

test('a time of the day is the next one', () => {
  expect(foretold({ at: '03:00' })).toMatch(/^Simulation · P1, Mon 1 Mar 2027, 03:00 CET/)
  expect(foretold({ at: '00:30' })).toMatch(/^Simulation · P1, Tue 2 Mar 2027, 00:30 CET/)
})

test('what is foretold is what the bot then does, page by page', async () => {
  const w: World = await world({ start: '2027-03-28T00:30:00Z' })
  try {
    const { scenario } = readScenario(w.bot.config, { severity: 'P1', service: 'checkout' }, w.clock.now())
    const told = simulate(w.bot, scenario, []).foreseen
    await w.fire()
    await w.pass(50 * minute)
    const pages = (await w.view()).pages.map(({ person, channel, dueAt }) => ({ person, channel, dueAt }))
    const foreseen = told.flatMap((one) => ('pages' in one ? one.pages : []))
    expect(foreseen.map(({ person, channel, dueAt }) => ({ person, channel, dueAt }))).toEqual(pages)
    const marks = (await w.view()).timeline.filter(
      (one) => one.fact.kind.startsWith('clock_') && one.at <= w.clock.now(),
    )
    const foreseenMarks = told.flatMap((one) =>
      one.kind === 'recorded' && one.fact.kind.startsWith('clock_') ? one : [],
    )
    expect(foreseenMarks.map(({ at, fact }) => ({ at, fact }))).toEqual(marks.map(({ at, fact }) => ({ at, fact })))
  } finally {
    await w.stop()
  }
})
