// Markdown in the browser: what is nested beyond reason is words, whatever it costs the stack.
import { expect, test } from 'vitest'
import { toHtml } from '../../src/chat/html.ts'

test('a message nested beyond reason is shown as words, quickly, and does not close its room', () => {
  for (const unit of ['> ', '> - ', '1. ', '- ']) {
    for (const times of [150, 500, 1_000, 3_000]) {
      const begun = performance.now()
      expect(toHtml(`${unit.repeat(times)}deep`)).toContain('deep')
      expect(performance.now() - begun).toBeLessThan(3_000)
    }
  }
})

test('a row of dashes or stars is still a rule', () => {
  expect(toHtml(`a\n\n${'-'.repeat(500)}\n\n${'* '.repeat(80)}`)).toBe('<p>a</p>\n<hr>\n<hr>')
})
