// The fast reader of plain Markdown: what it reads, it reads as the full parser does.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPlain } from '../../src/chat/inline.ts'
import { parseMarkdown } from '../../src/chat/markdown.ts'

const asked = (text: string) => {
  const read = readPlain(text)
  if (read !== null) expect(read, JSON.stringify(text)).toEqual(withoutPositions(parseMarkdown(text)))
  return read !== null
}

test('what our templates write of an incident is plain enough', () => {
  const card =
    '**Nobody has this yet.** Paged Person 0, no answer yet. Next page: Person 1 at **15:33**.\n\n99th percentile of ' +
    'shop\\_web on 10.0.0.1:0 is above 500 ms\n\n[Prometheus](http://prometheus.example.org:9090/graph?g0.expr=a%5Fb&g0.tab=1)' +
    ' · [Console](http://127.0.0.1/incidents/1)\n\n*Updated 14:33 (UTC)*'
  for (const text of [
    card,
    'firing: `High_Latency` on `10.0.0.1:0`',
    '[\\#inc-1](https://a.example/C1)',
    'a **b** (*c*)',
  ])
    expect(asked(text), text).toBe(true)
})

test('what may be more than that is left to the full parser', () => {
  const more = [
    '# a',
    '- a',
    '1. a',
    '> a',
    '| a |',
    'a\n===',
    'a_b_',
    '~~a~~',
    '<b>',
    '&amp;',
    '![a](b)',
    '``a``',
    '***a***',
  ]
  const addresses = [
    'see www.a.example',
    'see https://a.example',
    'a@b.example',
    '[a]: https://b.example',
    '[^1]',
    'a  \nb',
  ]
  for (const text of ['', ' a', ...more, ...addresses, '**a', 'a**b**c', '[a](b c)', '[a](b "c")', '[a [b](c)](d)'])
    expect(asked(text), text).toBe(false)
})

const pieces = [
  ...[
    '**',
    '*',
    '`',
    '[',
    '](',
    ')',
    '](https://a.example/b?c=d)',
    '\\',
    '\\*',
    '\\_',
    '\n',
    '\n\n',
    ' ',
    '  ',
    '.',
    ':',
    '·',
  ],
  ...[
    '!',
    '(',
    '#',
    '1.',
    '-',
    '_',
    '“',
    'ä',
    '😀',
    'a',
    'word',
    'www',
    '://',
    '@',
    '&',
    ';',
    '\t',
    '\u00a0',
    '^',
    '=',
    '"',
    '/',
  ],
]

test('whatever it reads, it reads as the full parser does', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((all) => all.join(''))
  fc.assert(
    fc.property(text, (one) => void asked(one)),
    { numRuns: 10_000 },
  )
})

test('so with any characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (one) => void asked(one)),
    { numRuns: 3_000 },
  )
})

function withoutPositions(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'position' ? undefined : value)))
}
