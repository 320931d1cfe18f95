// A wrong configuration does not start, and says everything that is wrong with it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what people write in tocsin.yaml
import { describe, expect, test } from 'vitest'
import { type InvalidConfig, loadConfig } from '../../src/config/load.ts'
import { folderWith, wrong } from './files.ts'

const many = `team: X
zoone: UTC
zone: Europe/Berln
people:
  ada: { nmae: Ada, slack: U1 }
  grace: { slack: U1, email: nope }
  bad name: {}
schedules:
  primary: { rotation: { people: [ada, grac], every: fortnight } }
  second: { rotation: { people: [ada], starts: 2026-01-06, handover: Mon 09:00 } }
  third: { rotation: { people: [ada], every: day, handover: Mon 09:00 } }
  empty: []
policies:
  default:
    steps:
      - page: schedule:primry
        wait: 15 mins
      - page: [person:adda, ada, nothing]
    rounds: lots
    last_resort: { people: [nobody], every: 0m }
  hollow: { steps: [] }
severities:
  P1: { clocks: { respond: 15 mins, resolve: { within: 1h, until: resolvd } } }
  P2: { policy: defautl, paging: sometimes }
  P5: {}
severity_rules:
  - { match: { a: b } }
services:
  payments: { policy: paymnts, runbook: nope.md, severity: { warning: huge } }
  twice: { charts: [{ title: a, promql: x }, { title: a, promql: y }] }
business_hours: { from: 17:00, until: 09:00 }
sources:
  alertmanager: { token: \${AM_TOKEN} }
  foo: { token: quickstart }
  bar: { token: , kind: datadog }
runbooks: [nowhere]
slos:
  - { name: a, objective: 101, promql: x }
  - { name: a, objective: 99.9 }
digest: { cron: "every monday", channel: #incidents
  }
prometheus: http://x
console: { incidents_channel: two words }
templates: [a]
dup: 1
dup: 2
`

// With one of these the bot would start, and page nobody: no message with a time in it can be written.
test.each(['PST', 'BST', 'IST', 'JST'])('the zone %s is told by letters that mean several, and refused', (zone) => {
  expect(wrong(`zone: ${zone}`)).toContain(
    `tocsin.yaml:1: zone: "${zone}" is not a time zone, as such letters mean several; write e.g. America/New_York`,
  )
})

test('every problem is told at once, each with its line, its key, its value and its fix', () => {
  expect(wrong(many)).toEqual([
    'tocsin.yaml:2: zoone: is not a key Tocsin knows; did you mean zone?',
    'tocsin.yaml:3: zone: "Europe/Berln" is not a time zone; did you mean Europe/Berlin?',
    'tocsin.yaml:5: people.ada.nmae: is not a key Tocsin knows; did you mean name?',
    'tocsin.yaml:6: people.grace.slack: is the slack account of ada already; give each person their own',
    'tocsin.yaml:6: people.grace.email: "nope" is not an e-mail address; write e.g. ada@example.org',
    'tocsin.yaml:7: people["bad name"]: the name must be letters (a to z), digits, dots, hyphens or underscores, 64 at most',
    'tocsin.yaml:9: schedules.primary.rotation.people[1]: "grac" is not in people; did you mean grace?',
    'tocsin.yaml:9: schedules.primary.rotation.every: "fortnight" is not the length of a shift; write e.g. week, day, 2 weeks, 12h, month',
    'tocsin.yaml:10: schedules.second.rotation.starts: "2026-01-06" is a Tuesday, but shifts change hands on a Monday; write a date that is one',
    'tocsin.yaml:11: schedules.third.rotation.handover: "Mon 09:00" names a weekday, but shifts of 1 day end on another one each time; write 09:00',
    'tocsin.yaml:12: schedules.empty: a list without people is no rotation; name at least one',
    'tocsin.yaml:16: policies.default.steps[0].page: "schedule:primry" is not in schedules; did you mean primary?',
    'tocsin.yaml:17: policies.default.steps[0].wait: "15 mins" is not a duration; write e.g. 15m, 1h, 2d',
    'tocsin.yaml:18: policies.default.steps[1].page[0]: "person:adda" is not in people; did you mean ada?',
    'tocsin.yaml:18: policies.default.steps[1].page[1]: "ada" does not say what it is; did you mean person:ada?',
    'tocsin.yaml:18: policies.default.steps[1].page[2]: "nothing" names nobody to page; write e.g. schedule:primary or person:ada',
    'tocsin.yaml:19: policies.default.rounds: "lots" is not a whole number from 1 to 20; write e.g. 3',
    'tocsin.yaml:20: policies.default.last_resort.people[0]: "nobody" is not in people; known: ada, grace, bad name',
    'tocsin.yaml:20: policies.default.last_resort.every: "0m" must be longer than nothing; write e.g. 15m, 1h, 2d',
    'tocsin.yaml:21: policies.hollow.steps: a list without a step is no policy; write at least one',
    'tocsin.yaml:23: severities.P1.clocks.respond: "15 mins" is not a duration; write e.g. 15m, 1h, 2d, next business day',
    'tocsin.yaml:23: severities.P1.clocks.resolve.until: "resolvd" is not one of “acknowledged”, “noted”, “resolved” or “published”',
    'tocsin.yaml:24: severities.P2.policy: "defautl" is not in policies; did you mean default?',
    'tocsin.yaml:24: severities.P2.paging: "sometimes" is not one of “always”, “business hours” or “never”',
    'tocsin.yaml:25: severities.P5: is not a key Tocsin knows; did you mean P1?',
    'tocsin.yaml:27: severity_rules[0].severity: is missing; write e.g. P1, P2, P3 or P4',
    'tocsin.yaml:29: services.payments.policy: "paymnts" is not in policies; known: default, hollow',
    expect.stringMatching(/^tocsin.yaml:29: services.payments.runbook: "nope.md" does not exist in \//),
    'tocsin.yaml:29: services.payments.severity.warning: "huge" is not a severity; write e.g. P1, P2, P3 or P4',
    'tocsin.yaml:30: services.twice.charts[1].title: "a" is the title of another chart of this service',
    'tocsin.yaml:31: business_hours.until: "09:00" must be after 17:00, and 23:59 at the latest',
    'tocsin.yaml:33: sources.alertmanager.token: the environment variable AM_TOKEN is not set; set it, or name a file in AM_TOKEN_FILE, or give a default: ${AM_TOKEN:-…} (for a literal ${ write $${)',
    'tocsin.yaml:34: sources.foo: does not say its kind; add kind: alertmanager or kind: grafana or kind: generic',
    'tocsin.yaml:35: sources.bar.token: has no value (a # begins a comment: quote what starts with one); write one or leave the key out; write e.g. ${TOKEN}',
    'tocsin.yaml:35: sources.bar.kind: "datadog" is not in the kinds of sources; known: alertmanager, grafana, generic',
    expect.stringMatching(/^tocsin.yaml:36: runbooks\[0\]: "nowhere" does not exist in \//),
    'tocsin.yaml:38: slos[0].objective: "101" is not a percentage between 0 and 100; write e.g. 99.9',
    'tocsin.yaml:39: slos[1].good: is missing: nothing says what is measured; give good and total, bad and total, availability, latency, value with above or below, or promql; write e.g. good: http_requests_total{status!~"5.."} and total: http_requests_total',
    'tocsin.yaml:40: digest.cron: "every monday" is not a cron expression; write e.g. 0 9 * * 1',
    'tocsin.yaml:40: digest.channel: has no value (a # begins a comment: quote what starts with one); write one or leave the key out; write e.g. incidents',
    'tocsin.yaml:42: prometheus: "http://x" must be a set of keys (url, user, password, headers, tls, token, tenant, timeout)',
    'tocsin.yaml:43: console.incidents_channel: "two words" is not a channel; write e.g. incidents',
    'tocsin.yaml:44: templates: a list is not a folder of templates; write e.g. templates',
    'tocsin.yaml:46: this key was already written above; give each a name of its own',
    'tocsin.yaml:46: dup: is not a key Tocsin knows',
  ])
})

test('what is wrong with a schedule is said at its place', () => {
  const problems = wrong(`people: { ada: {}, grace: {} }
schedules:
  a: {}
  b: { rotation: { people: [ada] }, layers: [{ people: [ada] }] }
  c: { layers: [] }
  d: { layers: [{ people: [[ada, gracee], []], only: { days: mo-fr, from: 25:00 } }] }
  e: { layers: [{ people: [ada], only: [{ days: holidays }, { days: [] }], except: holidays }] }
  f: { ical: nowhere.ics, refresh: 0m }
  g: { rotation: { people: [ada], every: 12h, handover: Mon 08:00 } }
  h: { rotation: { people: [ada], every: 0h } }
`)
  expect(problems).toEqual([
    'tocsin.yaml:3: schedules.a: a set of keys does not say who is on call; write rotation, layers or ical',
    'tocsin.yaml:4: schedules.b: a set of keys says it 2 times: with rotation and layers; keep one (several rotations are layers)',
    'tocsin.yaml:5: schedules.c.layers: a list without a layer has nobody; write at least one',
    'tocsin.yaml:6: schedules.d.layers[0].people[0][1]: "gracee" is not in people; did you mean grace?',
    'tocsin.yaml:6: schedules.d.layers[0].people[1]: a list is a turn of nobody; name at least one',
    'tocsin.yaml:6: schedules.d.layers[0].only.days: "mo-fr" is not a weekday or a range of weekdays, or “holidays”; write e.g. mon-fri',
    'tocsin.yaml:6: schedules.d.layers[0].only.from: "25:00" is not a time of day; write e.g. 09:00',
    'tocsin.yaml:7: schedules.e.layers[0].only[1].days: a list has no weekday; write e.g. mon-fri',
    expect.stringMatching(
      /^tocsin.yaml:8: schedules.f.ical: this value is neither an address \(https:\/\/…\) nor a file in \//,
    ),
    'tocsin.yaml:8: schedules.f.refresh: "0m" must be longer than nothing; write e.g. 15m, 1h, 2d',
    'tocsin.yaml:9: schedules.g.rotation.handover: "Mon 08:00" names a weekday, but shifts of 12 hours end on another one each time; write 08:00',
    'tocsin.yaml:10: schedules.h.rotation.every: "0h" is not the length of a shift; write e.g. week, day, 2 weeks, 12h, month',
  ])
  expect(
    wrong(`people: { ada: {} }
schedules:
  e: { layers: [{ people: [ada], only: [{ days: holidays }], except: holidays }] }
`),
  ).toEqual([
    'tocsin.yaml:3: schedules.e.layers[0].except: "holidays" contradicts `only`, which adds holidays; leave one of the two out',
  ])
})

test('a problem is also data: file, line, column, path, message, example', () => {
  const folder = folderWith({ 'tocsin.yaml': 'team: X\ngrouping:\n  quiet_for: soon\n' })
  try {
    loadConfig({}, { cwd: folder })
    expect.unreachable()
  } catch (error) {
    expect((error as InvalidConfig).problems).toEqual([
      {
        file: 'tocsin.yaml',
        line: 3,
        column: 14,
        path: 'grouping.quiet_for',
        message: '"soon" is not a duration',
        example: '15m, 1h, 2d',
      },
    ])
  }
})

describe('YAML that is none', () => {
  test('one slip is one problem, not one for everything after it', () => {
    expect(wrong('team: [a\nzone: UTC\npeople: {}\n')).toHaveLength(1)
    expect(wrong('team: X\n\tzone: UTC\n')[0]).toMatch(/^tocsin.yaml:2: /)
  })

  test('a quotation mark that is never closed is told where it stands, not at the end of the file', () => {
    const found = [`tocsin.yaml:2: not valid YAML: this " is never closed; end the text with "`]
    const night = (handover: string, others = '') =>
      `zone: UTC\nnight: { from: ${handover} }\n${others}people: { ada: {} }\nteam: X\n`
    expect(wrong(night('"22:00'))).toEqual(found)
    // The next one is no end of it.
    expect(wrong(night('"22:00', 'public_url: "http://x"\n'))).toEqual(found)
    expect(wrong(night(`'22:00`))).toEqual([found[0]?.replaceAll('"', "'")])
  })

  test('problems of the environment are told together with it', () => {
    expect(wrong('team: [a\n', { PORT: 'abc' }).join('\n')).toMatch(
      /environment: PORT.*\ntocsin.yaml:\d: not valid YAML/,
    )
  })

  test('a second document is refused', () => {
    expect(wrong('team: a\n---\nteam: b\n')).toEqual([
      'tocsin.yaml:2: a second document begins here (---); keep everything in one',
    ])
  })

  test('a text or a list instead of keys is refused', () => {
    expect(wrong('just text')[0]).toMatch(/^tocsin.yaml:1: "just text" must be a set of keys \(team, zone, /)
    expect(wrong('- a\n- b')[0]).toMatch(/^tocsin.yaml:1: a list must be a set of keys/)
  })

  test('a star that stands for nothing is said to, and nothing else', () => {
    expect(wrong('schedules:\n  primary: *night\n')).toEqual([
      expect.stringMatching(/:2: schedules\.primary: \*night stands for nothing: write &night before what it means/),
    ])
  })

  test('an anchor that holds itself ends', () => {
    for (const yaml of ['people: &a\n  x: *a\n', 'people: &a\n  ada: {}\n  <<: *a\n', 'people: &a [*a, *a, *a]'])
      expect(wrong(yaml)).toEqual([expect.stringMatching(/^tocsin\.yaml:\d: .*does an anchor hold itself\?$/)])
  })

  test('a few lines of aliases that stand for more than there is memory are told with their line, once', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${Array(9).fill(i === 0 ? 'x' : `*a${i - 1}`)}]`)
    expect(wrong(lines.join('\n'))).toEqual([
      expect.stringMatching(
        /^tocsin\.yaml:\d+: .*: the aliases \(\*\) of this file stand for more than 100000 values; /,
      ),
    ])
  })
})

test('a TOCSIN_CONFIG that does not exist is named', () => {
  expect(() => loadConfig({ TOCSIN_CONFIG: 'elsewhere.yaml' }, { cwd: '/tmp' })).toThrow(
    'environment: TOCSIN_CONFIG: there is no file /tmp/elsewhere.yaml',
  )
})

test('a file outside the working folder is shown with its whole path', () => {
  const folder = folderWith({ 'tocsin.yaml': 'x: 1' })
  expect(() => loadConfig({ TOCSIN_CONFIG: folder }, { cwd: '/' })).toThrow(`${folder.slice(1)}/tocsin.yaml:1: x: `)
  expect(() => loadConfig({ TOCSIN_CONFIG: folder }, { cwd: '/usr' })).toThrow(`${folder}/tocsin.yaml:1: x: `)
})
