// Policies as they are written: what is refused, with its line and the way round, and what is written out.
import { describe, expect, test } from 'vitest'
import { configWarnings } from '../../src/config/warnings.ts'
import type { ClockTerm } from '../../src/core/clocks.ts'
import type { Hours } from '../../src/core/hours.ts'
import { pace } from '../../src/core/pace.ts'
import { load, wrong } from './files.ts'

const people = 'people: { ada: {}, grace: {} }\n'
const minute = 60_000

describe('a policy in another policy', () => {
  test('may not lead back to itself, however far round', () => {
    const yaml = `${people}policies:
  a: { steps: [{ page: person:ada }, { page: policy:b }] }
  b: { steps: [{ page: policy:c }] }
  c: { steps: [{ page: policy:a }] }
  d: { steps: [{ page: policy:d }] }
`
    expect(wrong(yaml)).toEqual([
      'tocsin.yaml:3: policies.a.steps[1].page: "policy:b" goes round in a circle: a → b → c → a; take one of them out',
      'tocsin.yaml:4: policies.b.steps[0].page: "policy:c" goes round in a circle: b → c → a → b; take one of them out',
      'tocsin.yaml:5: policies.c.steps[0].page: "policy:a" goes round in a circle: c → a → b → c; take one of them out',
      'tocsin.yaml:6: policies.d.steps[0].page: "policy:d" goes round in a circle: d → d; take one of them out',
    ])
  })

  test('stands alone, with neither a wait nor a turn of its own', () => {
    const yaml = `${people}policies:
  a: { steps: [{ page: person:ada }] }
  b: { steps: [{ page: [policy:a, person:grace] }] }
  c: { steps: [{ page: policy:a, wait: 5m, turn: one by one }] }
  e: { steps: [{ page: policy:nights }] }
`
    const found = wrong(yaml)
    expect(found).toHaveLength(4)
    expect(found.join('\n')).toMatch(/:4: policies\.b\.steps\[0\]\.page: .*give policy:… a step of its own/)
    expect(found.join('\n')).toMatch(/:5: policies\.c\.steps\[0\]\.wait: .*leave it out/)
    expect(found.join('\n')).toMatch(/:5: policies\.c\.steps\[0\]\.turn: .*leave it out/)
    expect(found.join('\n')).toMatch(
      /:6: policies\.e\.steps\[0\]\.page: "policy:nights" is not in policies; known: a, b, c, e/,
    )
  })

  test('brings its steps, under the conditions of the step that names it', () => {
    const yaml = `${people}groups: { all: [ada, grace] }
policies:
  a: { steps: [{ page: group:all, wait: 2m, when: { hours: outside } }] }
  b: { steps: [{ page: policy:a, when: { severity: p1 } }, { page: [person:ada, person:grace], turn: one by one }] }
`
    expect(load(yaml).policies.b?.steps).toEqual([
      { targets: [{ group: 'all' }], wait: 2 * minute, when: [{ severity: ['P1'] }, { hours: 'outside' }] },
      { targets: [{ person: 'ada' }], wait: null },
      { targets: [{ person: 'grace' }], wait: null },
    ])
  })
})

test('groups name people there are, and are not empty', () => {
  expect(wrong(`${people}groups: { sre: [ada, grce], none: [] }\n`)).toEqual([
    'tocsin.yaml:2: groups.sre[1]: "grce" is not in people; did you mean grace?',
    'tocsin.yaml:2: groups.none: a list without people is no group; name at least one',
  ])
})

test('an acknowledgement holds long enough to be asked about, or without end', () => {
  const lease = (written: string) => `${people}severities: { P1: { ack_lease: ${written} } }\n`
  expect(load(lease('1h')).severities.P1.ackLease).toBe(60 * minute)
  expect(load(lease('never')).severities.P1.ackLease).toBeNull()
  expect(load('').severities.P2.ackLease).toBe(120 * minute)
  expect(wrong(lease('3m'))).toEqual([
    'tocsin.yaml:2: severities.P1.ack_lease: "3m" is too short to be asked and to answer; write e.g. 4m, 30m, never',
  ])
  expect(wrong(lease('soon'))[0]).toMatch(/"soon" is neither a duration nor “never”; write e\.g\. 30m, 2h, never/)
})

test('a last resort without people is told at the start', () => {
  const policy = (more: string) => `${people}policies: { ours: { steps: [{ page: person:ada }]${more} } }\n`
  const told = (yaml: string) => configWarnings(load(yaml)).filter((line) => line.includes('last_resort'))
  expect(told(policy(''))).toEqual([
    'policies.ours.last_resort has no people: when nobody answers, only the channel is called. Name a duty manager.',
  ])
  expect(told(policy(', last_resort: { people: [grace] }'))).toEqual([])
  // Of a policy that only stands in another's step, the last resort is never reached.
  const nested = ', default: { steps: [{ page: policy:ours }], last_resort: { people: [grace] } } }'
  expect(told(policy('').replace(/ }\n$/, `${nested}\n`))).toEqual([])
})

describe('how fast a policy goes', () => {
  const hours: Hours = { zone: 'UTC', days: ['mon'], from: '09:00', until: '17:00', holidays: [] }
  const respond = (within: ClockTerm['within']): ClockTerm[] => [
    { name: 'respond', within, from: 'opened', until: 'acknowledged' },
  ]
  const waits = (written: (number | null)[], clocks: ClockTerm[]) =>
    pace(
      {
        name: 'p',
        rounds: 3,
        lastResort: { people: [], every: minute },
        steps: written.map((wait) => ({ targets: [], wait: wait && wait * minute })),
      },
      'P1',
      clocks,
      hours,
    ).steps.map((step) => step.wait / minute)

  test.each([
    ['three share 15 minutes', [null, null, null], 15, [5, 5, 5]],
    ['a lone one is repeated within it', [null], 15, [5]],
    ['an explicit wait wins, the others share the rest', [9, null, null], 15, [9, 3, 3]],
    ['where nothing is left, they are as quick as if nothing was written', [20, null], 15, [20, 7.5]],
    ['what is written stays as it is', [1, 2], 15, [1, 2]],
  ] as const)('%s', (_what, written, respondWithin, expected) => {
    expect(waits([...written], respond(respondWithin * minute))).toEqual(expected)
  })

  test('a business day counts as long as it is open, and without a promise it is five minutes', () => {
    expect(waits([null, null], respond('next business day'))).toEqual([240, 240])
    expect(waits([null, null], [])).toEqual([5, 5])
  })

  test('steps that are for another severity take no share', () => {
    const plan = {
      ...{ name: 'p', rounds: 1, lastResort: { people: [], every: minute } },
      steps: [
        { targets: [], wait: null },
        { targets: [], wait: null },
        { targets: [], wait: null, when: [{ severity: ['P2' as const] }] },
      ],
    }
    expect(pace(plan, 'P1', respond(10 * minute), hours).steps.map((step) => step.wait / minute)).toEqual([5, 5, 5])
  })
})
