// Markdown in the browser: what is nested beyond reason is words, what leads nowhere says so, and memory is bounded.
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { toHtml } from '../../src/chat/html.ts'
import { workOf } from '../work.ts'

test('a message nested beyond reason is shown as words, quickly, and does not close its room', () => {
  for (const unit of ['> ', '> - ', '1. ', '- ']) {
    for (const times of [150, 500, 1_000, 3_000]) {
      const text = `${unit.repeat(times)}deep`
      expect(workOf(() => expect(toHtml(text)).toContain('deep'))).toBeLessThan(3_000)
    }
  }
})

test('a row of dashes or stars is still a rule', () => {
  expect(toHtml(`a\n\n${'-'.repeat(500)}\n\n${'* '.repeat(80)}`)).toBe('<p>a</p>\n<hr>\n<hr>')
})

test('what a document links to beside itself is told and not linked to: there it is nowhere', () => {
  expect(toHtml('See [the ledger](./ledger.md#freeze), [all](/docs/README.md) and [Größe](%C3%BC.md).')).toBe(
    '<p>See <span>the ledger (./ledger.md#freeze)</span>, <span>all (/docs/README.md)</span> and <span>Größe (ü.md)</span>.</p>',
  )
  expect(toHtml('[entry](/incidents/3#entry-4)')).toContain('href="/incidents/3#entry-4"')
  expect(toHtml('[x](javascript:alert(1))')).not.toContain('javascript')
})

test('a picture is a link to it, and never loaded', () => {
  expect(toHtml('Look: ![the graph](https://grafana.example.test/x.png)')).toMatch(
    /^<p>Look: <a href="https:\/\/grafana.example.test\/x.png"[^>]*>the graph<\/a><\/p>$/,
  )
  expect(toHtml('![graph](../img/ledger.png)')).toBe('<p><span>graph (../img/ledger.png)</span></p>')
})

test('keeps no more than some megabytes of what it wrote', () => {
  v8.setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  toHtml('a word')
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 70; i++) toHtml(`    ${i} ${'x'.repeat(300_000)}`)
  collect()
  expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(24)
}, 120_000)

test('a tag that is none is words, as in a chat, and no tag of others is alive', () => {
  expect(toHtml('Restart <service> on <b>all</b><br>now')).toBe('<p>Restart &#x3C;service> on all<br>\nnow</p>')
  expect(toHtml('<details>\n<summary>More</summary>\n\nhidden\n\n</details>')).toBe(
    '<p><strong>More</strong></p>\n<p>hidden</p>',
  )
  expect(toHtml('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>')).not.toMatch(/<(?:script|img)/)
})
