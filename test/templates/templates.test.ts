// The one renderer: strict about fields, safe about values, and forgiving about a team's mistakes only in an incident.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { messageSamples } from '../../src/messages/samples.ts'
import { builtInFolder, templateNames } from '../../src/templates/folders.ts'
import { checkTemplates, makeTemplates } from '../../src/templates.ts'
import { workOf } from '../work.ts'

const samples = messageSamples()

/** A team's folder holding one message template. */
function folderWith(source: string, name = 'messages/refusal'): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-templates-'))
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, `${name}.md`), source)
  return folder
}

const render = (source: string, data: object) => makeTemplates([folderWith(source)]).message('messages/refusal', data)

describe('a message template', () => {
  test('has a title, fields and text', () => {
    const { title, fields, text } = render('# Hello {{ a }}\nOne :: {{ a }}\n\nText {{ a }}.\nTwo :: **b**\n', {
      a: 'x_y',
    })
    expect(title).toBe('Hello x_y')
    expect(fields).toEqual([
      { label: 'One', value: 'x\\_y' },
      { label: 'Two', value: '**b**' },
    ])
    expect(text).toBe('Text x\\_y.')
  })

  test('drops a field without a value', () => {
    expect(render('# T\nA :: {% if a %}{{ a }}{% endif %}\nB :: 1', { a: null }).fields).toEqual([
      { label: 'B', value: '1' },
    ])
  })

  test('leaves no blank lines where its tags were', () => {
    const list = '# T\nList:\n\n{% for i in all %}\n- {{ i }}\n{% endfor %}\n\nEnd'
    expect(render(list, { all: ['a', 'b'] }).text).toBe('List:\n\n- a\n- b\n\nEnd')
  })

  test('takes no title, field or line from a value', () => {
    const evil = 'x\n# Title\nLabel :: value\n\n- list'
    const { title, fields, text } = render('# {{ a }}\n{{ a }}\n{{ a | raw }}\n{{ a | quote }}', { a: evil })
    expect(title).toBe('x # Title Label :: value - list')
    expect(fields).toEqual([])
    expect(text).toContain(`\n${evil}\n`)
  })

  test('keeps code as it is, blank lines and double colons included', () => {
    const code = '```haskell\nmain :: IO ()\n\n\n\nmain = pure ()  \n```'
    expect(render('# T\n{{ a | raw }}', { a: code }).text).toBe(code)
    expect(render('# T\n```\na :: b\n```', {}).fields).toEqual([])
  })

  test('refuses to print an instant or a whole object', () => {
    expect(() => checked('# T\n{{ number }} {{ now }}')).toThrow(/:2: an instant is printed without a filter/)
    expect(() => checked('# T\n{{ room }}')).toThrow(/:2: a whole object is printed/)
  })
})

describe('filters', () => {
  const now = new Date('2026-03-14T12:00:00Z')
  const say = (source: string, data: object = {}) => {
    const people = { ada: { name: 'Ada *Lovelace*' }, grace: { name: 'Grace' } }
    return render(`# T\n${source}`, { now, zone: 'Europe/Berlin', people, ...data }).text
  }

  test.each([
    ['{{ 0 | span }}', '0 s'],
    ['{{ 59400 | span }}', '59 s'],
    ['{{ 240000 | span }}', '4 min'],
    ['{{ 3600000 | span }}', '1 h'],
    ['{{ 3900000 | span }}', '1 h 5 min'],
    ['{{ 183600000 | span }}', '2 d 3 h'],
    ['{{ "2026-03-14T11:56:00Z" | ago }}', '4 min'],
    ['{{ "2026-03-14T12:15:00Z" | until }} left', '15 min left'],
    ['{{ "2026-03-14T13:05:00Z" | time }}', '14:05'],
    ['{{ "2026-03-14T13:05:00Z" | time: "UTC" }}', '13:05'],
    ['{{ "2026-03-15T22:59:00Z" | time }}', 'Sun 15 Mar, 23:59'],
    // After another time: today is not understood by itself, the day of that one is.
    ['{{ "2026-03-14T13:05:00Z" | time: "UTC", "2026-03-12T13:05:00Z" }}', 'Sat 14 Mar, 13:05'],
    ['{{ "2026-03-15T22:59:00Z" | time: "UTC", "2026-03-15T09:00:00Z" }}', '22:59'],
    ['{{ "2027-03-14T13:05:00Z" | time }}', 'Sun 14 Mar 2027, 14:05'],
    ['{{ "ada" | name }}', 'Ada \\*Lovelace\\*'],
    ['{{ "stranger" | name }}', 'stranger'],
    ['{{ "constructor" | name }}', 'constructor'],
    ['{{ 1 | plural: "alert", "alerts" }}, {{ 3 | plural: "alert", "alerts" }}', '1 alert, 3 alerts'],
    [
      '{{ 21000 | plural: "alert", "alerts" }}, {{ 999 | number }} of {{ 21000 | number }}',
      '21,000 alerts, 999 of 21,000',
    ],
    [
      '{{ "now 5, was 3" | sentence }}; {{ "it’s away" | sentence }}; {{ "slack" | sentence }}',
      'Now 5, was 3; It’s away; Slack',
    ],
    ['{{ "shard: now 5" | sentence }}; {{ "s1 rose" | sentence }}; {{ "éa" | sentence }}', 'shard: now 5; s1 rose; Éa'],
    ['{{ "https://a.test" | link: "Go [now]" }}', '[Go \\[now\\]](https://a.test/)'],
    ['a{{ "javascript:alert(1)" | link: "Go" }}b', 'ab'],
    ['{{ "a`b" | code }}', '``a`b``'],
    ['{{ "up == 0" | block: "promql" }}', '```promql\nup == 0\n```'],
  ])('%s gives %s', (source, expected) => {
    expect(say(source)).toBe(expected)
  })

  test('names are joined the way people say them', () => {
    expect(say('{{ a | names }}', { a: ['ada', 'grace', 'alan'] })).toBe('Ada \\*Lovelace\\*, Grace and alan')
    expect(say('{{ a | names }}', { a: ['grace'] })).toBe('Grace')
  })
})

describe('the check at start-up', () => {
  test('finds nothing wrong with the built-in templates', () => {
    expect(() => checkTemplates(makeTemplates([]), samples)).not.toThrow()
  })

  test('has a sample for every message template', () => {
    const messages = templateNames(builtInFolder()).filter((n) => n.startsWith('messages/') && !/\/_/.test(n))
    expect(messages.filter((name) => samples[name] === undefined)).toEqual([])
  })

  test('names file and line of an unknown field, also in a branch that is hardly ever taken', () => {
    const source = '# T\n{% if number == 99999 %}\n{{ numbr }}\n{% endif %}\n'
    expect(() => checked(source)).toThrow(/messages\/refusal\.md:3: unknown field `numbr`; known are acknowledgedAt, /)
  })

  test('finds unknown fields of an object, unknown filters, broken tags and missing titles', () => {
    expect(() => checked('# T\n\n{{ room.nam }}')).toThrow(/refusal\.md:3: undefined variable: room\.nam/)
    expect(() => checked('# T\n{{ number | shout }}')).toThrow(/refusal\.md:2: undefined filter: shout/)
    expect(() => checked('# T\n{% if number %}')).toThrow(/refusal\.md:2: .*not closed/)
    expect(() => checked('No title')).toThrow(/refusal\.md:1: the first line must be the title/)
  })

  test('lists every problem at once', () => {
    const one = folderWith('# {{ nonsense }}')
    const two = folderWith('# {{ rubbish }}', 'messages/card')
    expect(() => checkTemplates(makeTemplates([one, two]), samples)).toThrow(
      /nonsense[\s\S]*rubbish|rubbish[\s\S]*nonsense/,
    )
  })

  test('looks over what a team replaced, and everything that a part of theirs may stand in', () => {
    const looked: string[] = []
    const get = (all: typeof samples, name: string | symbol) => {
      looked.push(String(name))
      return all[String(name)]
    }
    const told = new Proxy(samples, { get })
    checkTemplates(makeTemplates([folderWith('# T')]), told)
    expect(looked).toEqual(['messages/refusal'])
    const part = folderWith('{{ nonsense }}', 'messages/_who')
    const topics = { 'messages/topic': samples['messages/topic'] ?? [] }
    expect(() => checkTemplates(makeTemplates([part]), topics)).toThrow(/nonsense/)
  })

  test('knows a template that replaces nothing and a folder that is not there', () => {
    const misnamed = folderWith('# T', 'messages/crad')
    expect(() => checkTemplates(makeTemplates([misnamed]), samples)).toThrow(
      /crad\.md: replaces nothing; .*messages\/card/,
    )
    expect(() => checkTemplates(makeTemplates(['/nowhere']), samples)).toThrow(/\/nowhere: this folder does not exist/)
  })
})

test("a team's template that fails in an incident is replaced by the built-in one, and told", () => {
  const told: string[] = []
  const folder = folderWith('# {{ nonsense }}', 'messages/buttons')
  const templates = makeTemplates([folder], (problem) => told.push(problem))
  expect(templates.message('messages/buttons', {}).fields).toContainEqual({
    label: 'acknowledge',
    value: 'Acknowledge',
  })
  expect(told).toEqual([expect.stringMatching(/messages\/buttons\.md:1: undefined variable: nonsense; the built-in/)])
})

test("a page goes out also when a team's part of it fails", () => {
  const told: string[] = []
  const folder = folderWith('{% if severity == "P1" %}{{ number.nothere }}{% endif %}', 'messages/_links')
  const templates = makeTemplates([folder], (problem) => told.push(problem))
  expect(templates.message('messages/page', page).title).toContain('P1 · ')
  const [first] = told
  expect(first).toContain(`${folder}, in a part of messages/page:1: undefined variable: number.nothere; the built-in`)
})

const page = samples['messages/page']?.[0] ?? {}

test.each([
  ['{% for a in (1..900000000) %}x{% endfor %}', 'memory alloc limit'],
  [
    '{% for a in (1..4000) %}{% for b in (1..4000) %}{% for c in (1..4000) %}{% endfor %}{% endfor %}{% endfor %}',
    'limit',
  ],
  [`{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}`, 'its loops make more than'],
  [
    `{% for a in l %}{% for b in l %}{% if now | date: "%A" %}{% endif %}{% endfor %}{% endfor %}`,
    'its loops take longer than',
  ],
  ['{% assign s = "abcdefgh" %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}', 'limit'],
  ['{% for a in l %}{% for b in l %}{{ long }}{% endfor %}{% endfor %}', 'it writes more than'],
  ['{% include "messages/page" %}', 'call stack'],
  // What is left to liquidjs, and holds nothing, only takes its time.
  [
    '{% for a in l %}{% for b in l %}{% for c in l %}{% increment n %}{% endfor %}{% endfor %}{% endfor %}',
    'template render limit',
  ],
])('a template that would keep all pages waiting is given up, and not begun again: %s', (source, why) => {
  const told: string[] = []
  const templates = makeTemplates([folderWith(`# T\n${source}`, 'messages/page')], (problem) => told.push(problem))
  const data = { ...page, l: Array.from({ length: 400 }, () => 'a'), long: 'x'.repeat(1000) }
  for (let i = 0; i < 3; i++) expect(templates.message('messages/page', data).title).toContain('P1 · ')
  expect(told).toEqual([expect.stringContaining(why)])
  expect(told[0]).toMatch(/the built-in template is used instead until the next start$/)
})

test.each([
  ['{{ long | raw }}', ' '],
  ['{{ long | block }}', '\n'],
])('a page of blanks, as a runbook may have it, is written at once: %s', (source, blank) => {
  const templates = makeTemplates([folderWith(`# T\n${source}`, 'messages/page')])
  const data = { ...page, long: `a${blank.repeat(100_000)}b` }
  // It took ten seconds and more, in which nobody was paged.
  const work = workOf(() => expect(templates.message('messages/page', data).text).toContain(data.long))
  expect(work).toBeLessThan(1_500)
})

test("a process that was stopped while it wrote a page does not blame the team's template", () => {
  const told: string[] = []
  const source = '# T\n{% assign who = title %}{{ who }} {{ severity }}'
  const templates = makeTemplates([folderWith(source, 'messages/page')], (problem) => told.push(problem))
  const data = Object.defineProperty({ severity: 'P1' }, 'title', {
    enumerable: true,
    get: () => {
      // Longer than a template may take: nothing runs meanwhile, as if it were stopped.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
      return 'Checkout'
    },
  })
  expect(templates.message('messages/page', data).text).toBe('Checkout P1')
  expect(told).toEqual([])
})

test('what cannot be read in a folder of templates is told, and links in it that lead back up are entered once', () => {
  const folder = folderWith('# T', 'messages/page')
  for (const [name, to] of [
    ['up', '..'],
    ['here', '.'],
    ['also', '../messages'],
  ] as const) {
    symlinkSync(to, join(folder, 'messages', name))
  }
  expect(makeTemplates([folder]).problems(samples)).toEqual([])
  symlinkSync('closed', join(folder, 'closed'))
  execFileSync('mkfifo', [join(folder, 'messages', 'card.md')])
  // A link keeps nobody from starting: it never did, and no template is behind it.
  expect(makeTemplates([folder]).doubts(samples)).toEqual([
    expect.stringMatching(/\/closed:1: cannot be read: ELOOP.*; built-in templates stand in for it$/),
  ])
  expect(makeTemplates([folder]).problems(samples)).toEqual([
    expect.stringMatching(/\/messages\/card\.md:1: is no file, but a folder, a pipe or a device/),
  ])
})

test("a team's part replaces the built-in one inside built-in templates", () => {
  const folder = folderWith('Wer hat es', 'messages/_who')
  const [data] = samples['messages/topic'] ?? []
  expect(makeTemplates([folder]).message('messages/topic', data as object).title).toContain('· Wer hat es ·')
})

function checked(source: string): void {
  checkTemplates(makeTemplates([folderWith(source)]), samples)
}
