// The linter: each rule finds what it is for, at its line, and nothing where nothing is wrong.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, packageRoot, placeFinder } from '../../src/config/load.ts'
import { lint } from '../../src/lint/lint.ts'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { now, sound, told } from './team.ts'

test('a sound configuration gives nothing to say', () => {
  expect(told(sound)).toEqual([])
})

test('a policy that is a step of another is used by it', () => {
  const nested = sound.replace(
    '  P1:\n    steps:\n',
    '  team: { steps: [{ page: person:ada }, { page: person:grace }], last_resort: { people: [ada] } }\n  P1:\n    steps:\n      - { page: policy:team }\n',
  )
  expect(nested).not.toBe(sound)
  expect(told(nested).filter((one) => one.rule === 'unused')).toEqual([])
})

test('a step that was written out of another policy, or of people one by one, is found where it stands', () => {
  const nested = sound.replace(
    '  P1:\n    steps:\n      - { page: schedule:primary, wait: 5m }\n',
    '  team: { steps: [{ page: schedule:later, wait: 5m }], last_resort: { people: [ada] } }\n  P1:\n    steps:\n      - { page: [schedule:primary, person:alan], turn: one by one, wait: 5m }\n      - { page: policy:team }\n',
  )
  const yaml = nested.replace(
    '\npolicies:',
    '\n  later: { rotation: { people: [ada, grace], starts: 2031-01-01 } }\npolicies:',
  )
  expect(told(yaml).find((one) => one.weight === 'error')).toMatchObject({
    message: 'step 3 of policy P1 never calls anybody: nobody is behind it in the next 90 days',
    line: lineOf(yaml, 'team: {'),
  })
  expect(told(yaml).find((one) => one.rule === 'schedule-gaps')?.message).toMatch(/its first shift begins later still/)
})

const examples = join(packageRoot(), 'examples')
const seeds = readdirSync(join(examples, 'seeds')).map((name) => join(examples, 'seeds', name))

test.each([join(examples, 'quickstart', 'tocsin.yaml'), ...seeds])('no false alarm on %s', (file) => {
  const env = { TOCSIN_CONFIG: file }
  const config = loadConfig(env)
  const { runbooks, problems } = loadRunbooks(config.runbooks)
  expect(problems).toEqual([])
  const found = lint({ config, runbooks, now }, placeFinder(env))
  expect(found.filter((one) => one.weight !== 'note').map((one) => one.message)).toEqual([])
})

/** The line on which a text stands in a changed configuration. */
function lineOf(yaml: string, text: string): number {
  return yaml.slice(0, yaml.indexOf(text)).split('\n').length
}

describe.each([
  {
    name: 'a schedule that nobody is in at night',
    change: [
      'handover: "Mon 09:00" } }\n  secondary',
      'handover: "Mon 09:00", only: { from: "08:00", until: "20:00" } } }\n  secondary',
    ],
    rule: 'schedule-gaps',
    weight: 'warning',
    message: /nobody is on call in primary from Mon 1 Mar 20:00 to Tue 2 Mar 08:00.* times more/,
    at: 'primary:',
  },
  {
    name: 'a layer under one that always has somebody',
    change: [
      'primary: { rotation: { people: [ada, grace], every: week, starts: 2027-01-04, handover: "Mon 09:00" } }',
      'primary: { layers: [{ people: [alan] }, { people: [ada, grace], starts: 2027-01-04 }] }',
    ],
    rule: 'layers-that-never-count',
    weight: 'warning',
    message: /^layer 1 of primary never counts: the layers after it always have somebody/,
    at: 'primary:',
  },
  {
    name: 'winter’s name of a zone that has a summer',
    change: ['zone: Europe/Berlin', 'zone: EST'],
    rule: 'zones-without-summer',
    weight: 'warning',
    message: /^the zone EST has no summer time: from March to November it is an hour behind$/,
    at: 'zone: EST',
  },
  {
    name: 'a zone whose sign is reversed',
    change: ['zone: Europe/Berlin', 'zone: Etc/GMT+1'],
    rule: 'zones-without-summer',
    weight: 'warning',
    message: /^the zone Etc\/GMT\+1 is 1 h behind UTC/,
    at: 'zone: Etc/GMT+1',
  },
  {
    name: 'a P1 that pages nobody',
    change: ['P1: { policy: P1 }', 'P1: { policy: P1, paging: never }'],
    rule: 'severities-that-page-nobody',
    weight: 'warning',
    message: /^a P1 pages nobody/,
    at: 'P1: { policy: P1,',
  },
  {
    name: 'a rotation that begins later',
    change: ['[grace, ada], every: week, starts: 2027-01-04', '[grace, ada], every: week, starts: 2027-03-15'],
    rule: 'schedule-gaps',
    weight: 'warning',
    message: /nobody is on call in secondary from Mon 1 Mar 13:00 to Mon 15 Mar 09:00 \(its first shift begins then\)/,
    at: 'secondary:',
  },
  {
    name: 'a step that nobody is behind',
    change: ['[grace, ada], every: week, starts: 2027-01-04', '[grace, ada], every: week, starts: 2029-01-01'],
    rule: 'empty-steps',
    weight: 'error',
    message: /step 2 of policy P1 never calls anybody/,
    at: '- { page: schedule:secondary',
  },
  {
    name: 'a step that comes after a day',
    change: ['page: schedule:primary, wait: 5m', 'page: schedule:primary, wait: 2d'],
    rule: 'unreachable-steps',
    weight: 'warning',
    message: /step 2 of policy P1 is reached only after 2 d/,
    at: '- { page: schedule:primary',
  },
  {
    name: 'a second step that wakes the same people',
    change: ['page: schedule:secondary', 'page: schedule:primary'],
    rule: 'same-people-again',
    weight: 'warning',
    message: /step 2 of policy P1 wakes nobody new: (ada|grace) was called by the step before/,
    at: '- { page: schedule:primary, wait: 5m }\n    last',
  },
  {
    name: 'schedules that meet in one person now and then',
    change: ['people: [grace, ada], every: week', 'people: [grace, ada, alan], every: week'],
    rule: 'same-people-again',
    weight: 'warning',
    message: /step 2 of policy P1 wakes nobody new in \d+ of the next \d+ shifts: (ada|grace) has both at once/,
    at: '- { page: schedule:secondary',
  },
  {
    name: 'a person whom the step before calls now and then',
    change: ['page: schedule:secondary', 'page: person:ada'],
    rule: 'same-people-again',
    weight: 'warning',
    message: /step 2 of policy P1 wakes nobody new in \d+ of the next \d+ shifts: the step before calls ada then/,
    at: '- { page: person:ada',
  },
  {
    name: 'one person who is always woken first',
    change: ['people: [ada, grace]', 'people: [ada]'],
    rule: 'one-person-rotations',
    weight: 'warning',
    message: /ada is alone in primary: on call without a break, and the first to be woken/,
    at: 'primary:',
  },
  {
    name: 'a hand-over that falls into the jump of the clocks',
    change: [
      'every: week, starts: 2027-01-04, handover: "Mon 09:00" } }\n  secondary',
      'every: day, starts: 2027-01-04, handover: "02:30" } }\n  secondary',
    ],
    rule: 'daylight-saving',
    weight: 'warning',
    message: /primary changes hands at 03:30 on Sun 28 Mar: its usual time does not exist that night/,
    at: 'primary:',
  },
  {
    name: 'a night that is shorter than others',
    change: [
      'every: week, starts: 2027-01-04, handover: "Mon 09:00" } }\n  secondary',
      'every: 12h, starts: 2027-01-04, handover: "20:00" } }\n  secondary',
    ],
    rule: 'daylight-saving',
    weight: 'note',
    message: /shift in primary on Sat 27 Mar lasts 11 h instead of 12 h/,
    at: 'primary:',
  },
  {
    name: 'somebody without an account where the others are',
    change: ['alan: { slack: U03ALAN }', 'alan: { name: Alan Turing }'],
    rule: 'people-without-account',
    weight: 'warning',
    message: /Alan Turing is paged, but has no account on slack/,
    at: 'alan: {',
  },
  {
    name: 'somebody nobody ever calls',
    change: ['  alan:', '  linus: { slack: U04LINUS }\n  alan:'],
    rule: 'people-never-paged',
    weight: 'note',
    message: /linus is in no rotation, no step and no last resort/,
    at: 'linus:',
  },
  {
    name: 'a promise that is over before anybody new is called',
    change: ['P1: { policy: P1 }', 'P1: { policy: P1, clocks: { respond: { within: 4m, breach: tell } } }'],
    rule: 'nobody-new-before-the-breach',
    weight: 'warning',
    message: /a P1 has 4 min to be answered, and policy P1 calls nobody new before they are over/,
    at: '- { page: schedule:primary',
  },
  {
    name: 'a group whose people are meant to be called one by one',
    change: [
      '    last_resort: { people: [alan] }\n',
      '      - { page: group:leads, turn: one by one, wait: 5m }\n    last_resort: { people: [alan] }\ngroups: { leads: [grace, alan] }\n',
    ],
    rule: 'one-by-one-of-one',
    weight: 'warning',
    message: /takes the group leads one by one, and that calls grace and alan at once/,
    at: '- { page: group:leads',
  },
  {
    name: 'a last resort without a name',
    change: ['    last_resort: { people: [alan] }\n', ''],
    rule: 'last-resort-without-people',
    weight: 'warning',
    message: /nobody is paged by the last resort of policy P1/,
    at: 'P1:',
  },
  {
    name: 'a policy nobody uses',
    change: ['severities:\n', '  nights: { steps: [{ page: person:ada }] }\nseverities:\n'],
    rule: 'unused',
    weight: 'warning',
    message: /no severity and no service uses the policy nights/,
    at: 'nights:',
  },
  {
    name: 'a schedule nobody asks',
    change: ['policies:\n', '  third: [alan, ada]\npolicies:\n'],
    rule: 'unused',
    weight: 'warning',
    message: /no policy that pages anybody asks the schedule third/,
    at: 'third:',
  },
  {
    name: 'a service that pages nobody, with a policy',
    change: ['severity_rules:', 'services:\n  toys: { policy: P1, severity: P4 }\nseverity_rules:'],
    rule: 'unused',
    weight: 'warning',
    message: /service toys has a policy, but all its alerts are P4/,
    at: 'toys:',
  },
  {
    name: 'a rule behind one that takes all it would',
    change: ['sources:', '  - { match: { environment: staging, team: shop }, severity: P3 }\nsources:'],
    rule: 'rules-that-never-fire',
    weight: 'warning',
    message:
      /rule 2 of severity_rules \(environment=staging, team=shop\) can never fire: environment=staging stands before it/,
    at: '- { match: { environment: staging, team',
  },
  {
    name: 'a rule with a pattern in it',
    change: ['environment: staging', 'environment: "stag.*"'],
    rule: 'rules-that-never-fire',
    weight: 'warning',
    message: /compares environment with “stag\.\*” letter by letter/,
    at: '"stag.*"',
  },
  {
    name: 'a step whose conditions exclude each other',
    change: ['page: schedule:secondary, wait: 5m }', 'page: schedule:secondary, wait: 5m, when: { severity: P4 } }'],
    rule: 'unreachable-steps',
    weight: 'error',
    message: /step 2 of policy P1 is never taken: only P1, P2, P3 use the policy/,
    at: '- { page: schedule:secondary',
  },
  {
    name: 'a step for nights of a severity that pages by day',
    change: [
      'page: schedule:secondary, wait: 5m }',
      'page: schedule:secondary, wait: 5m, when: { severity: P3, hours: outside } }',
    ],
    rule: 'unreachable-steps',
    weight: 'note',
    message: /step 2 of policy P1 is taken only when somebody escalates: P3 pages in business hours only/,
    at: '- { page: schedule:secondary',
  },
  {
    name: 'a group no step calls',
    change: ['policies:\n', 'groups: { everybody: [ada, grace] }\npolicies:\n'],
    rule: 'unused',
    weight: 'note',
    message: /no policy that pages anybody calls the group everybody/,
    at: 'groups:',
  },
  {
    name: 'a chart that is no PromQL',
    change: [
      'sources:',
      "services:\n  toys:\n    charts:\n      - { title: Sales, promql: 'sum(rate(x[5m])' }\nsources:",
    ],
    rule: 'charts-that-cannot-be-drawn',
    weight: 'error',
    message: /the chart “Sales” of toys is no PromQL: expected a closing \)/,
    at: '- { title: Sales',
  },
  {
    name: 'a selector of Loki without its braces',
    change: ['sources:', "loki: { url: 'http://127.0.0.1:3100', selector: 'app=$service' }\nsources:"],
    rule: 'charts-that-cannot-be-drawn',
    weight: 'error',
    message: /loki\.selector selects no streams of Loki/,
    at: 'loki:',
  },
  {
    name: 'a digest by mail without a mail server',
    change: ['sources:', 'digests: { toys: { email: [a@example.org] } }\nsources:'],
    rule: 'digests',
    weight: 'error',
    message: /the digest toys is to go out by mail, but there is no mail server/,
    at: 'digests:',
  },
  {
    name: 'a digest of a service that is misspelt',
    change: ['sources:', 'services: { payments: {} }\ndigests: { toys: { services: [paymnts] } }\nsources:'],
    rule: 'digests',
    weight: 'warning',
    message: /the digest toys is of paymnts, which nothing else names/,
    at: 'digests:',
  },
  {
    name: 'a token that can be guessed',
    change: ['0f9a7c25d1e84b6397aa', 'changeme'],
    rule: 'weak-tokens',
    weight: 'warning',
    message: /the token of source generic can be guessed/,
    at: 'generic:',
  },
  {
    name: 'an access token that can be guessed',
    change: ['sources:', 'access_token: changeme\nsources:'],
    rule: 'weak-tokens',
    weight: 'warning',
    message: /the access token .* can be guessed/,
    at: 'access_token:',
  },
])('$name', ({ change: [from = '', to = ''], rule, weight, message, at }) => {
  const yaml = sound.replace(from, to)

  test('is found, at its line', () => {
    expect(yaml).not.toBe(sound)
    const found = told(yaml).filter((one) => one.rule === rule && message.test(one.message))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ weight, line: lineOf(yaml, at) })
  })
})

test('a shift that ends at a hand-over which the clocks move has its whole length, and the next one is the short one', () => {
  const daily = sound.replace(
    'every: week, starts: 2027-01-04, handover: "Mon 09:00" } }\n  secondary',
    'every: day, starts: 2027-01-04, handover: "02:30" } }\n  secondary',
  )
  const lengths = told(daily).flatMap(({ message }) =>
    /lasts/.test(message) ? [message.slice(message.indexOf(' on '))] : [],
  )
  expect(lengths).toEqual([' on Sun 28 Mar lasts 23 h instead of 24 h: the clocks of Europe/Berlin change'])
})

test('a week in which one person has both pagers says nothing of how soon the second is called', () => {
  const both = sound.replace(
    'secondary: { rotation: { people: [grace, ada]',
    'secondary: { rotation: { people: [grace, alan, ada]',
  )
  expect(told(both).map(({ rule }) => rule)).toEqual(['same-people-again'])
  const late = both.replace('wait: 5m }\n', 'wait: 20m }\n')
  expect(told(late).map(({ rule }) => rule)).toContain('nobody-new-before-the-breach')
})

test('whoever has the pager of somebody asleep by the morning is nobody whom the policy could call sooner', () => {
  const alone = sound
    .replace(/( {2}(ada|grace): .*) }/g, '$1, quiet: { from: "22:00", until: "11:00" } }')
    .replace(
      'every: week, starts: 2027-01-04, handover: "Mon 09:00"',
      'every: 12h, starts: 2027-01-04, handover: "22:00"',
    )
    .replace('      - { page: schedule:secondary, wait: 5m }\n', '')
    .replace('    last_resort: { people: [alan] }\n', '')
    .replace(
      'P3: { policy: P1, paging: business hours }',
      'P3: { policy: P1, paging: always, clocks: { respond: 1h } }',
    )
  expect(told(alone).map(({ rule }) => rule)).not.toContain('nobody-new-before-the-breach')
})

test('a token of the quickstart is a note, worst findings stand first', () => {
  const weak = sound.replace('0f9a7c25d1e84b6397aa', 'quickstart').replace('people: [ada, grace]', 'people: [ada]')
  expect(
    told(weak)
      .map((one) => one.weight)
      .at(0),
  ).toBe('warning')
  expect(told(weak).at(-1)).toMatchObject({ rule: 'weak-tokens', weight: 'note' })
})
