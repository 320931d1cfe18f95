// The shared Markdown tree and walk: what every platform's dialect relies on.
import { expect, test } from 'vitest'
import { parseMarkdown, plainText } from '../../src/chat/markdown.ts'

test('plain text keeps the words and drops the marks', () => {
  expect(plainText('# Disk **full**\n\n`df -h` on _node-1_ ~~now~~, see [the page](https://a.example/b).')).toBe(
    'Disk full\ndf -h on node-1 now, see the page.',
  )
})

test('lists, tasks and nested items keep one line each', () => {
  expect(plainText('1. one\n2. two\n   - deep\n\n- [x] done\n- [ ] open')).toBe(
    '1. one\n2. two\n    • deep\n• ☑ done\n• ☐ open',
  )
})

test('code inside a list item is kept as it was written', () => {
  expect(plainText('- run\n  ```\n  a\n    b\n  ```')).toBe('• run\n    a\n      b')
})

test('tables line up in columns and right-aligned ones end together', () => {
  expect(plainText('| pod | errors |\n|---|---:|\n| a | 7 |\n| payments-1 | 1200 |')).toBe(
    'pod         errors\n----------  ------\na                7\npayments-1    1200',
  )
})

test('HTML is words like any other, and pictures give their description', () => {
  expect(plainText('<b>hi</b> ![graph](https://a.example/x.png)')).toBe('<b>hi</b> graph')
})

test('reference links and the GitHub extensions are in the tree', () => {
  expect(plainText('[a][r]\n\n[r]: https://a.example')).toBe('a')
  expect(parseMarkdown('a ~~b~~').children[0]).toMatchObject({ children: [{ type: 'text' }, { type: 'delete' }] })
})

test('text nested beyond reason is still shown, and costs neither the stack nor the bot', () => {
  expect(plainText('> '.repeat(20_000))).toContain('>')
  expect(plainText(`${'> '.repeat(100)}deep`)).toBe('…')
})
