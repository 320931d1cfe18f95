// Whatever a document is made of, reading it never fails, and what is pasted into a shell at night is what stands in the file.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from '../../src/chat/markdown.ts'
import { readDocument } from '../../src/documents/read.ts'
import { reportLines } from '../../src/documents/report.ts'
import { piecesOf } from '../../src/runbooks/lines.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { RunbookProblem } from '../../src/runbooks/problem.ts'
import { readBytes } from '../../src/runbooks/text.ts'

const bits = fc.constantFrom(
  ...[
    '# ',
    '## 🚨 Down (P1)',
    '### Symptoms',
    '**Steps:**',
    '**Fix**',
    '1. ',
    '2) ',
    '- [ ] ',
    '- ',
    '   ',
    '\t',
    '```',
    '```bash',
    '~~~',
    '````',
  ],
  ...[
    '> ',
    '| Step | Action |',
    '|---|---|',
    '| 1 | x |',
    '---',
    '===',
    '<!--',
    '-->',
    '<details>',
    '\u{A0}',
    '\u{200B}',
    'ðŸš¨',
    'Ã¼',
    '\u{FFFD}',
    '\r',
  ],
  ...[
    'HighErrorRate',
    '`HighErrorRate`',
    'escalate after 15 minutes',
    'P1',
    '99.9 %',
    '< 2 s',
    '@oncall-primary',
    'Primary: x',
    'daily',
    '[a](#b)',
    '\\',
    '*',
    '_',
  ],
  ...[
    '```yaml\nrules:\n- alert: X\n  expr: up == 0\n```',
    `\${HOME}`,
    '{{ $value }}',
    'respond within 5 minutes',
    '| Severity | Response |',
    '| P1 | 5 min |',
  ],
)
const anything = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: bits },
      { weight: 3, arbitrary: fc.constant('\n') },
      { weight: 1, arbitrary: fc.string() },
    ),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(''))

test('no document makes the reader fail, in whatever character set it comes', () => {
  const encodings = fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le')
  fc.assert(
    fc.property(anything, encodings, fc.boolean(), (text, encoding, marked) => {
      const bytes = Uint8Array.from(Buffer.from(`${marked ? '\u{FEFF}' : ''}${text}`, encoding))
      try {
        const lines = reportLines(readDocument('a.md', bytes))
        expect(lines.length).toBeGreaterThan(0)
      } catch (error) {
        // Front matter that cannot be used is told, with its line.
        expect(error).toBeInstanceOf(RunbookProblem)
      }
    }),
    { numRuns: 200 },
  )
})

test('no bytes make the reader fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(typeof readBytes(bytes).text).toBe('string')
    }),
  )
})

const line = fc
  .string({ unit: fc.constantFrom(...'abc $#-*|>"\'\\{}é🚨\u{A0}\u{200B}Ã¼\t1.:'), maxLength: 30 })
  .map((text) => text.replace(/[`~]/g, ''))
const code = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
  language: fc.constantFrom('', 'bash', 'sql', 'promql', 'logql', 'yaml'),
  fence: fc.constantFrom('```', '~~~', '`````'),
  indent: fc.constantFrom('', '   '),
})
const procedures = fc.array(fc.array(code, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })

test('every code block of every procedure is in its steps, byte for byte', () => {
  fc.assert(
    fc.property(procedures, fc.boolean(), (all, windows) => {
      const block = ({ lines, language, fence, indent }: (typeof all)[number][number]) =>
        [`${fence}${language}`, ...lines, fence].map((text) => `${indent}${text}`).join('\n')
      const markdown = all
        .map(
          (steps, i) =>
            `## Trouble ${i} (P2)\n\n${'Some words about it. '.repeat(i % 2 === 0 ? 250 : 1)}\n\n**Symptoms:** \`Trouble${i}High\`\n\n**Resolution Steps:**\n\n${steps.map((step, j) => `${j + 1}. **Do it**\n\n${block(step)}\n`).join('\n')}`,
        )
        .join('\n\n')
      const runbooks = parseRunbooks('a.md', windows ? markdown.replaceAll('\n', '\r\n') : markdown)
      expect(runbooks.map(({ alerts }) => alerts)).toEqual(all.map((_, i) => [`Trouble${i}High`]))
      const found = runbooks.map(({ steps }) => steps.flatMap(({ body }) => codesIn(body)))
      expect(found).toEqual(all.map((steps) => steps.map(({ lines }) => lines.join('\n'))))
    }),
    { numRuns: 60 },
  )
})

test('a long document in pieces has the blocks that it has as a whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(anything, fc.constant(`\n\n# Chapter\n\n${'Words. '.repeat(300)}\n\n`)), {
        minLength: 3,
        maxLength: 8,
      }),
      (parts) => {
        const text = parts.join('\n\n')
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      },
    ),
    { numRuns: 40 },
  )
})

function codesIn(markdown: string): string[] {
  type Node = { type: string; value?: string; children?: Node[] }
  const walk = (node: Node): string[] =>
    node.type === 'code' ? [node.value ?? ''] : (node.children ?? []).flatMap(walk)
  return walk(parseDocument(markdown) as Node)
}
