// Text from alerts and people is only ever text, wherever it lands in a message.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeMarkdown, fencedCode, inlineCode, oneLine, quotation, webAddress } from '../../src/templates/escape.ts'
import { alive, codeIn, seen } from './markdown.ts'

const hostile = [
  '**bold** _it_ ~~gone~~ `code`',
  '[press here](https://evil.test)',
  '![picture](https://evil.test/a.png)',
  '<script>alert(1)</script> <!channel> <@U123>',
  'a ::// b :::// c \\:// d',
  '# heading',
  '> quote',
  '- [ ] item',
  '1. item',
  '1) item',
  '+ item',
  '===',
  '---',
  '| a | b |',
  '```\ncode\n```',
  '&lt;b&gt; &amp;',
  '[a]: https://evil.test',
  'a[^1]',
  '\\*not escaped\\*',
  '    four spaces',
  'line one\n\n# line two\n- line three',
  '<https://evil.test>',
  'see https://a.test/x_y~z*?a=1&b=[2] or www.a_b.test, mail a_b@c_d.test',
]

test.each(hostile)('%j is dead, and reads as it was written', (text) => {
  for (const [before, after] of [
    ['', ''],
    ['Alert: ', '.'],
    ['para\n', '\npara'],
    ['- ', ''],
    ['| x |\n|---|\n| ', ' |'],
  ] as const) {
    const base = `${before}word${after}`
    expect(alive(`${before}${escapeMarkdown(text)}${after}`)).toEqual(alive(base))
  }
  expect(seen(escapeMarkdown(text))).toBe(oneLine(text))
})

test('whatever it is, escaped text holds nothing alive and loses nothing', () => {
  const signs = fc.string({
    unit: fc.constantFrom(...'ab1 \n\t*_`[]()<>#+-=.!|~\\&;:@/"\'{}^$%'.split('')),
    maxLength: 40,
  })
  fc.assert(
    fc.property(signs, (text) => {
      expect(alive(`x ${escapeMarkdown(text)} x`)).toEqual([])
      expect(alive(escapeMarkdown(text))).toEqual([])
      expect(oneLine(seen(`x ${escapeMarkdown(text)} x`))).toBe(oneLine(`x ${text} x`))
    }),
    { numRuns: 2000 },
  )
})

test('characters that hide or reorder text are taken out', () => {
  expect(escapeMarkdown('pay\u202Egnp.exe\u0007 \u0000now')).toBe('paygnp.exe now')
})

describe('inline code', () => {
  test.each(['plain', 'a`b', '`', '``', '`a`', 'a ``` b', ' '])('%j cannot be left', (text) => {
    expect(codeIn(`see ${inlineCode(text)} there`)).toEqual(text.trim() === '' ? [] : [text])
  })
})

test.each(['df -h', '```\nrm -rf\n```', '~~~', '````', 'a\n\n\nb'])(
  'a code block with %j in it cannot be left',
  (text) => {
    expect(codeIn(fencedCode(text, 'bash'))).toEqual([text])
  },
)

test('a quotation keeps its lines and nothing alive but itself', () => {
  const quoted = quotation('# one\n\n- two **bold**\n> three')
  expect(alive(quoted)).toEqual(['blockquote'])
  expect(seen(quoted)).toContain('two **bold**')
})

test.each([
  ['https://grafana.example.test/d/1?a=b', 'https://grafana.example.test/d/1?a=b'],
  [' http://127.0.0.1:9090/graph ', 'http://127.0.0.1:9090/graph'],
  ['https://a.test/x)](https://evil.test', 'https://a.test/x%29%5D%28https://evil.test'],
  ['https://user:secret@a.test/', 'https://a.test/'],
  ['javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['//a.test', null],
  ['/relative', null],
  ['https://', null],
  ['', null],
  [undefined, null],
])('the address %j becomes %j', (address, expected) => {
  expect(webAddress(address)).toBe(expected)
})
