// Words with thousands of signs between them that are no marks.
import fc from 'fast-check'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { expect, test } from 'vitest'
import { readMarkdown } from '../../src/chat/parser.ts'
import { workOf } from '../work.ts'

test('200 KB of lines with a sign that is no mark are read in seconds; they took half a minute', () => {
  expect(workOf(() => readMarkdown('<s\n'.repeat(66_000)))).toBeLessThan(15_000)
})

const pieces =
  'a|b |é|&amp;|&|<b>|<|<!--|<a@b.example>|*|**|_|~|~~|`|``|[|](x)|]|![|[^1]|\\|!|:|#|- |> |1. |\n|  \n|\n\n|\t|www.a.example|x@a.example'

test('whatever is in a text, it is read as the parser reads it by itself', () => {
  const plain = unified().use(remarkParse).use(remarkGfm)
  const texts = fc
    .array(fc.constantFrom(...pieces.split('|'), '|', '|-|\n'), { maxLength: 40 })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      expect(readMarkdown(text)).toEqual(plain.parse(text))
    }),
    { numRuns: 300 },
  )
})
