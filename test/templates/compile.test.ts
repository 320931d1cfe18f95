// A compiled template says what liquidjs says: over all that messages can show, and over what a team may write.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { messageSamples } from '../../src/messages/samples.ts'
import { engine } from '../../src/templates/engine.ts'
import { builtInFolder } from '../../src/templates/folders.ts'

/** An engine and the names of the templates it left to liquidjs. */
function watched(folders: string[]) {
  const made = engine(folders)
  const left: string[] = []
  const slowly = made.liquid.renderFileSync.bind(made.liquid)
  made.liquid.renderFileSync = (name, ...rest) => {
    left.push(name)
    return slowly(name, ...rest)
  }
  return { render: made.render, left }
}

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-compile-'))
  mkdirSync(join(folder, 'parts'))
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, `${name}.md`), source)
  return folder
}

const outcome = (render: () => unknown) => {
  try {
    return { text: render() }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

describe('the built-in templates', () => {
  const compiled = watched([builtInFolder()])
  const { liquid } = engine([builtInFolder()])
  const samples = messageSamples()

  test('say with every sample what liquidjs says', () => {
    for (const [name, all] of Object.entries(samples))
      for (const sample of all) expect(compiled.render(name, sample)).toBe(liquid.renderFileSync(name, sample))
  })

  test.each([
    ...['card', 'announcement', 'page', 'topic', 'buttons', 'mail', 'timeline', 'evidence'].map(
      (name) => `messages/${name}`,
    ),
    ...[
      'people_paged',
      'incident_acknowledged',
      'incident_resolved',
      'clock_warned',
      'clock_breached',
      'incident_escalated',
    ].map((kind) => `messages/said/${kind}`),
  ])('%s is not left to liquidjs, whatever it shows', (name) => {
    expect(samples[name]?.length).toBeGreaterThan(0)
    expect(compiled.left).not.toContain(name)
  })
})

const data = {
  now: new Date('2026-03-14T12:00:00Z'),
  later: new Date('2026-03-14T12:05:00Z'),
  zone: 'Europe/Berlin',
  people: { ada: { name: 'Ada *L*' } },
  text: 'a_b',
  bare: '',
  zero: 0,
  five: 5,
  none: null,
  missing: undefined,
  yes: true,
  no: false,
  list: ['a', 'b', 'c'],
  nothing: [],
  rows: [
    { name: 'x', places: ['p', 'q'], at: null },
    { name: 'y', places: [], at: null },
  ],
  map: { first: 'one', size: 7, odd: 'key' },
  plain: { odd: 'key' },
}

/** What is written, and whether liquidjs has to write it. */
const sources: [source: string, left: boolean][] = [
  ['words {{ text }} {{ five }} {{ yes }} {{ none }} {{ bare }}', false],
  [
    '{{ "quoted" }} {{ 3 }} {{ true }} {{ list }} {{ text.size }} {{ list.size }} {{ list.first }}{{ list.last }}',
    false,
  ],
  ['{{ map.first }} {{ map.size }} {{ map.odd }} {{ none.of.it }}', false],
  [
    '{{ text | truncate: 2, "…" }} {{ list | names }} {{ five | plural: "thing", "things" }} {{ list | join: "-" }}',
    false,
  ],
  ['{{ later | time }} {{ later | until }} {{ "ada" | name }} {{ text | code | raw }} {{ text | sentence }}', false],
  [
    '{% if yes %}a{% elsif no %}b{% else %}c{% endif %}{% if none %}a{% elsif bare %}b{% endif %}{% if zero %}0{% endif %}',
    false,
  ],
  ['{% unless none %}a{% else %}b{% endunless %}{% unless yes %}a{% elsif five %}b{% endunless %}', false],
  ['{% if five > 4 and text == "a_b" or no %}a{% endif %}{% if five <= 4 or text != "a_b" %}b{% endif %}', false],
  [
    '{% if later > now %}a{% endif %}{% if none > 1 %}b{% endif %}{% if none >= 0 %}c{% endif %}{% if none < 1 %}d{% endif %}',
    false,
  ],
  [
    '{% case text %}{% when "x" %}1{% when "y", "a_b" %}2{% when "a_b" %}3{% else %}4{% endcase %}{% case five %}{% when 5 %}five{% endcase %}',
    false,
  ],
  ['{% case none %}{% when "x" %}1{% else %}2{% endcase %}', false],
  [
    '{% for i in list %}{% if forloop.first %}^{% endif %}{{ forloop.index }}{{ forloop.rindex0 }}{{ i }}{% unless forloop.last %}, {% endunless %}{% endfor %}',
    false,
  ],
  ['{% for i in nothing %}x{% else %}none{% endfor %}{% for i in none %}x{% else %}none{% endfor %}', false],
  [
    '{% for one in rows %}{{ one.name }}{% for one in one.places %}{{ one }}{{ forloop.length }}{% endfor %}{{ one.name }}{{ forloop.index0 }}{{ one.at }}{% endfor %}',
    false,
  ],
  ['a{%- if yes -%} b {%- endif -%} c{% # remark %}{% comment %}{{ nonsense }}{% endcomment %}', false],
  ['{% include "parts/_one" %}|{% for text in list %}{% include "parts/_one" %}{% endfor %}', false],
  // More than was compiled for: liquidjs writes it.
  ['{% for i in text %}{{ i }}{% endfor %}{% for i in plain %}{{ i }}{% endfor %}', true],
  ['{% for i in list limit: 2 %}{{ i }}{% endfor %}{% for i in list reversed %}{{ i }}{% endfor %}', true],
  ['{% for i in list %}{% if i == "b" %}{% break %}{% endif %}{{ i }}{% endfor %}', true],
  ['{% assign x = five | minus: 2 %}{{ x }}', true],
  ['{% capture x %}{{ text }}{% endcapture %}{{ x }}', true],
  ['{% if none == nil %}a{% endif %}{% if bare == blank %}b{% endif %}{% if nothing == empty %}c{% endif %}', true],
  ['{% if list == list %}same{% endif %}{% if list contains "b" %}b{% endif %}{% if not no %}c{% endif %}', true],
  ['{{ list[1] }}{{ rows[0].name }}{{ plain["odd"] }}{{ plain.size }}', true],
  ['{% for i in (1..3) %}{{ i }}{% endfor %}', true],
  [
    '{% include "parts/_one" with five %}{% include "parts/_one", text: "z" %}{% render "parts/_one", text: "r", list: list %}',
    true,
  ],
  ['{{ list | where: "size", 1 }}{{ rows | where_exp: "row", "row.name == \'x\'" | size }}', true],
  // What cannot be written: liquidjs says why, and where.
  ['{{ unknown }}', true],
  ['{{ missing }}', true],
  ['{{ map.unknown }}', true],
  ['{% if no and unknown %}{% endif %}', true],
  ['\n\n{{ now }}', true],
  ['{{ map }}', true],
  ['{{ text | time }}', true],
  ['{{ list.first.unknown }}', true],
  ['{{ plain.toString }}', true],
  ['{% include "parts/_missing" %}', true],
  ['{% if no %}{% include "parts/_missing" %}{% endif %}fine', true],
  ['{% include "parts/_itself" %}', true],
]

describe('what a team may write', () => {
  test.each(sources)('%s', (source, left) => {
    const part = '{{ text }}:{% for one in list %}{{ one }}{% endfor %}\n'
    const folder = folderOf({
      it: source,
      'parts/_one': part,
      'parts/_itself': '{% if five == 6 %}{% include "parts/_itself" %}{% endif %}',
    })
    const compiled = watched([folder])
    const { liquid } = engine([folder])
    expect(outcome(() => compiled.render('it', data))).toEqual(outcome(() => liquid.renderFileSync('it', data)))
    expect(compiled.left).toEqual(left ? ['it'] : [])
  })

  test('a template that cannot be read says so each time', () => {
    const compiled = watched([folderOf({ it: '{% if %}' })])
    expect(() => compiled.render('it', data)).toThrow(/line:1/)
    expect(() => compiled.render('it', data)).toThrow(/line:1/)
  })
})
