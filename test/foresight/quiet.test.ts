// A simulated night in which people sleep: what is foretold of it is what they then hear, from whoever has the pager when quiet hours end.
import { expect, test } from 'vitest'
import { readScenario } from '../../src/foresight/scenario.ts'
import { simulate } from '../../src/foresight/simulate.ts'
import { nightMessage } from '../../src/messages/night.ts'
import { makeTemplates } from '../../src/templates.ts'
import { minute, world } from '../scenarios/world.ts'
import { foretold, rules } from './berlin.ts'

const hour = 60 * minute

/** Who is called when, over which ways. */
type Heard = { at: string; person: string; channel: string }

async function night(yaml: string, { start, hours }: { start: string; hours: number }) {
  const w = await world({ yaml, start })
  try {
    const asked = { severity: 'P3', service: 'checkout', labels: ['severity=info'] }
    const { scenario } = readScenario(w.bot.config, asked, w.clock.now())
    const until = new Date(w.clock.now().getTime() + hours * hour)
    const told = simulate(w.bot, scenario, []).foreseen.flatMap((one) => ('pages' in one ? one.pages : []))
    const foreseen = told.filter(({ held, dueAt }) => !held && dueAt <= until)
    await w.fire({ severity: 'info' })
    await w.pass(hours * hour)
    const sent = (await w.view()).pages.filter(({ status }) => status === 'sent')
    return {
      told: sorted(foreseen.map(({ person, channel, dueAt }) => ({ at: dueAt.toISOString(), person, channel }))),
      heard: sorted(sent.map(({ person, channel, sentAt }) => ({ at: `${sentAt?.toISOString()}`, person, channel }))),
    }
  } finally {
    await w.stop()
  }
}

function sorted(heard: Heard[]): string[] {
  return heard.map(({ at, person, channel }) => `${at} ${person} ${channel}`).sort()
}

/** A team that sleeps; `ada`, `grace`: their quiet hours. */
const asleep = ({
  ada = '"22:00", until: "07:00"',
  grace = '"22:00", until: "08:00"',
  every = 'day',
  handover = '06:00',
  wait = '3h',
}) => `
team: Checkout
zone: Europe/Berlin
people:
  ada: { name: Ada Lovelace, slack: U-ADA, quiet: { from: ${ada} } }
  grace: { name: Grace Hopper, slack: U-GRACE, quiet: { from: ${grace} } }
  linus: { name: Linus, slack: U-LINUS, quiet: { from: "23:00", until: "09:30" } }
schedules:
  primary: { rotation: { people: [ada, grace], every: ${every}, starts: 2026-03-02, handover: "${handover}" } }
policies:
  default:
    rounds: 1
    steps:
      - { page: "schedule:primary", wait: ${wait} }
      - { page: "person:linus", wait: 9h }
    last_resort: { people: [grace], every: 10m }
severities:
  P3: { policy: default, paging: always, clocks: { respond: 20h } }
sources:
  generic: { token: secret }
`

test.each([
  ['whose pager has changed hands when they end: the next has it then', asleep({}), '2026-03-02T22:00:00Z', 11],
  ['of whom the next sleeps even longer: they are called when they are awake', asleep({}), '2026-03-03T22:00:00Z', 11],
  ['who still has the pager in the morning', asleep({ handover: '12:00' }), '2026-03-02T22:00:00Z', 11],
  ['who sleeps when the second is called, and not before', asleep({}), '2026-03-02T20:30:00Z', 12.25],
  ['who has the pager again when the next wakes up', asleep({ every: '1h' }), '2026-03-02T21:30:00Z', 11.5],
  [
    'as everybody is in their own shifts: the second of them all the same',
    asleep({
      ...{ ada: '"08:00", until: "20:00"', grace: '"20:00", until: "08:00"' },
      ...{ every: '12h', handover: '08:00', wait: '30h' },
    }),
    '2026-03-02T09:00:00Z',
    24,
  ],
])('of somebody asleep, %s', async (_, yaml, start, hours) => {
  const { told, heard } = await night(yaml, { start, hours })
  expect(told.length).toBeGreaterThan(1)
  expect(told).toEqual(heard)
})

test('a night is foretold in which hundreds of calls of many who sleep end together, and hours of a last resort', () => {
  const people = Array.from({ length: 20 }, (_, i) => `p${i}`)
  const many = asleep({})
    .replace(
      'schedules:',
      `${people.map((one) => `  ${one}: { quiet: { from: "22:00", until: "07:00" }, reach: [console, "webhook:phone after 30d"] }`).join('\n')}\nschedules:`,
    )
    .replace('policies:', `groups: { all: [${people}] }\nwebhooks: { phone: { url: "http://127.0.0.1:9" } }\npolicies:`)
    .replace('rounds: 1', 'rounds: 20')
    .replace(
      /steps:\n( {6}.*\n)+/,
      `steps:\n${'      - { page: [group:all, schedule:primary], wait: 1m }\n'.repeat(10)}`,
    )
    .replace('every: 10m', 'every: 1s')
  const asked = { severity: 'P3', service: 'checkout', at: '2026-03-02T23:00' }
  const { scenario } = readScenario(rules(many).config, asked, new Date('2026-03-02T00:00:00Z'))
  const { foreseen, ending } = simulate(rules(many), scenario, [])
  const woken = foreseen.flatMap((one) => (one.kind === 'quiet over' ? one.pages : []))
  // In the morning each of them once, whom the last resort calls over both ways, and over the other way a month after that.
  expect(woken.map(({ person }) => person)).toEqual([...people, 'grace', 'grace', ...people])
  expect(ending).toEqual({ kind: 'last resort', every: 1_000, times: 3 })
})

test('whoever is to help and sleeps is called in the morning, though somebody has it', () => {
  const helped = rules(asleep({}).replace('respond: 20h', 'resolve: 2h'))
  const told = foretold(
    { severity: 'P3', service: 'checkout', at: '2026-03-02T21:30', answers: ['ada@5m'] },
    [],
    helped,
  )
  expect(told).toMatch(/\+2h {2}To help: page Linus .*\n.* The page to Linus waits until Tue 3 Mar 09:30/)
  expect(told).toMatch(/09:30 CET .*Quiet hours are over: page Linus \(Slack\)\n\nAda Lovelace has it since 21:35 CET/)
})

test('whoever was to help and sleeps is not called once somebody else has it', () => {
  const lapsing = asleep({ ada: '"12:00", until: "12:30"' }).replace('respond: 20h }', 'resolve: 2h }, ack_lease: 3h')
  const asked = { severity: 'P3', service: 'checkout', at: '2026-03-02T21:30', answers: ['ada@5m', 'grace@4h'] }
  const told = foretold(asked, [], rules(lapsing))
  expect(told).toMatch(
    /To help: page Linus [\s\S]*Ada Lovelace did not say .*it is open again[\s\S]*Grace Hopper acknowledges/,
  )
  expect(told).not.toContain('Quiet hours are over')
  expect(told).toContain('Grace Hopper has it since Tue 3 Mar, 01:30 CET; nobody else is called')
})

test('a message says once until when somebody is not called, however often the policy goes round meanwhile', () => {
  const of = rules(
    asleep({}).replace('rounds: 1', 'rounds: 3').replace('wait: 3h', 'wait: 10m').replace('wait: 9h', 'wait: 20m'),
  )
  const { scenario } = readScenario(
    of.config,
    { severity: 'P3', at: '2026-03-02T23:00' },
    new Date('2026-03-02T00:00:00Z'),
  )
  const { text } = nightMessage({ config: of.config, templates: makeTemplates([]) }, simulate(of, scenario, []))
  const waits = (text ?? '')
    .split('\n')
    .flatMap((line) => /The page to (\w+).* waits until (.*):/.exec(line)?.slice(1).join(' ') ?? [])
  expect(waits).toEqual(['Ada Tue 3 Mar 07:00', 'Linus Tue 3 Mar 09:30', 'Grace Tue 3 Mar 08:00'])
})

test('reads plainly', () => {
  const told = foretold({ severity: 'P3', service: 'checkout', at: '2026-03-02T23:00' }, [], rules(asleep({})))
  expect(told.split('\n').slice(3, 14).join('\n')).toMatchInlineSnapshot(`
    "Mon 2 Mar 2026
      23:00 CET      +0m  The incident opens as P3 of checkout
      23:00 CET      +0m  Step 1: page Ada Lovelace (Slack)
      23:00 CET      +0m  The page to Ada Lovelace waits until Tue 3 Mar 07:00: quiet hours of Ada Lovelace

    Tue 3 Mar 2026
      02:00 CET      +3h  Step 2: page Linus (Slack)
      02:00 CET      +3h  The page to Linus waits until Tue 3 Mar 09:30: quiet hours of Linus
      06:00 CET      +7h  The pager of primary goes from Ada Lovelace to Grace Hopper. It is supposed here that this is confirmed; else Ada Lovelace has it again at 06:15 CET
      07:00 CET      +8h  Ada Lovelace no longer has the pager: page Grace Hopper (Slack) in their place
      07:00 CET      +8h  The page to Grace Hopper waits until Tue 3 Mar 08:00: quiet hours of Grace Hopper"
  `)
})
