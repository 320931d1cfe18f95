// Steps and schedules that have somebody, though not in the hours in which they are asked.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

const nights = sound
  .replace(
    /secondary: .*/,
    'secondary: { rotation: { people: [grace, ada], only: { from: "20:00", until: "07:00" } } }',
  )
  .replace('P3: { policy: P1, paging: business hours }', 'P3: { policy: P3, paging: business hours }')
  .replace('severities:', '  P3: { steps: [{ page: schedule:primary }], last_resort: { people: [alan] } }\nseverities:')
const empty = (yaml: string) => told(yaml).flatMap(({ rule, message }) => (rule === 'empty-steps' ? [message] : []))
const under = (hours: string) =>
  nights.replace('page: schedule:secondary, wait: 5m', `page: schedule:secondary, wait: 5m, when: { hours: ${hours} }`)

test('a step for business hours of a schedule for nights calls nobody', () => {
  expect(empty(nights)).toEqual([])
  expect(empty(under('outside'))).toEqual([])
  expect(empty(under('business'))).toEqual([
    'step 2 of policy P1 never calls anybody in business hours, and it is taken at no other time: nobody is behind it in the next 90 days',
  ])
})

test('so does a step of a severity that pages in business hours', () => {
  expect(empty(nights.replace('steps: [{ page: schedule:primary }]', 'steps: [{ page: schedule:secondary }]'))).toEqual(
    [
      'step 1 of policy P3 never calls anybody in business hours, and it is taken at no other time: nobody is behind it in the next 90 days',
    ],
  )
})

test('a step for nights of a schedule for business hours calls nobody', () => {
  const days = under('outside').replace('from: "20:00", until: "07:00"', 'days: mon-fri, from: "09:00", until: "17:00"')
  expect(empty(days)).toEqual([
    'step 2 of policy P1 never calls anybody outside business hours, and it is taken at no other time: nobody is behind it in the next 90 days',
  ])
  // Half an hour of it is enough.
  expect(empty(days.replace('until: "17:00"', 'until: "17:30"'))).toEqual([])
})

test('somebody who is alone, but not at all hours, is not called on call without a break', () => {
  const alone = sound.replace(/primary: .*/, 'primary: { rotation: { people: [ada], only: { days: mon-fri } } }')
  expect(told(alone).map(({ message }) => message)).toContain(
    'ada is alone in primary: nobody else ever has it, and the first to be woken',
  )
})

test('a rule of one service about another can never fire', () => {
  const rule = (service: string) =>
    sound.replace(
      'sources:',
      `services: { toys: { severity_rules: [{ match: { service: ${service}, env: test }, severity: P4 }] } }\nsources:`,
    )
  expect(told(rule('toys'))).toEqual([])
  expect(told(rule('games'))).toEqual([
    {
      rule: 'rules-that-never-fire',
      weight: 'warning',
      message: 'rule 1 of service toys can never fire: it is about the service games',
      fix: 'write it under services.games, or under severity_rules',
      line: expect.any(Number),
    },
  ])
})
