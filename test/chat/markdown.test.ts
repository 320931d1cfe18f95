// The shared Markdown tree and walk: what every platform's dialect relies on.
import { describe, expect, test } from 'vitest'
import { parseDocument, parseMarkdown, plainText } from '../../src/chat/markdown.ts'
import { workOf } from '../work.ts'

test('plain text keeps the words and drops the marks', () => {
  expect(plainText('# Disk **full**\n\n`df -h` on _node-1_ ~~now~~, see [the page](https://a.example/b).')).toBe(
    'Disk full\ndf -h on node-1 now, see the page.',
  )
})

test('a tag with thousands of addresses holds nothing up', () => {
  const text = `see <a ${'href="x" '.repeat(30_000)}title="<">x</a>`
  expect(workOf(() => parseMarkdown(text))).toBeLessThan(1_500)
  expect(workOf(() => parseMarkdown(`<pre>${'<code'.repeat(40_000)}</pre>`))).toBeLessThan(1_500)
})

test('a comparison is no tag, whatever its letters', () => {
  expect(plainText('fires if a<b and c>d')).toBe('fires if a<b and c>d')
  expect(plainText('<details open>\n<p align="center">x <b class=y>now</b></p>\n</details>')).toBe('x now')
  expect(workOf(() => plainText(`x <a y=${' '.repeat(50_000)}<a y=1>`))).toBeLessThan(1_500)
})

test('a name that is to be filled in keeps its signs, though it is called like a tag', () => {
  for (const text of ['run: cp <a> <b>', 'ssh <s> -p <p> as <u>', '# Restart <s>', 'see /errors/<code>'])
    expect(plainText(text)).toBe(text.replace('# ', ''))
  expect(plainText('<p> is the port')).toBe('<p> is the port')
  expect(plainText('- move <b> to <b>the top</b>')).toBe('• move <b> to the top')
  expect(plainText('<details>\n\n- <p>one</p>\n- two <i>3</i>')).toBe('• one\n• two 3')
  expect(workOf(() => parseMarkdown('<b>x '.repeat(40_000)))).toBeLessThan(10_000)
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

test('in a table, where nothing can be pressed, a link says where it leads', () => {
  const rows =
    '| the [board](https://a.example/b) | <https://a.example> |\n| [x@a.example](mailto:x@a.example) | [y][r] |'
  const [, , first, second] = plainText(`| a | b |\n|---|---|\n${rows}\n\n[r]: https://a.example/r`).split('\n')
  expect(first).toBe('the board (https://a.example/b)  https://a.example')
  expect(second).toMatch(/^x@a\.example {2,}y \(https:\/\/a\.example\/r\)$/)
})

test('of HTML breaks, links and words are left, and what looks like a tag and is none; pictures give their description', () => {
  expect(plainText('<b>hi</b> ![graph](https://a.example/x.png)')).toBe('hi graph')
  expect(plainText('Restart <service><br/>as <kbd>root</kbd> <!-- really --> now')).toBe(
    'Restart <service>\nas root  now',
  )
  expect(plainText('| a | b |\n|---|---|\n| eu<br>de | |\n| x | y |')).toBe(
    'a        b\n-------  -\neu · de\nx        y',
  )
  expect(plainText('<details><summary>Why &amp; how</summary>\n\n*below*\n\n</details>')).toBe('Why & how\nbelow')
  expect(parseMarkdown('see <a href="https://a.example/b">the *page*</a>').children[0]).toMatchObject({
    children: [{ value: 'see ' }, { type: 'link', url: 'https://a.example/b' }],
  })
  expect(parseMarkdown('<pre><code>kubectl get &lt;pod&gt;\n  -w\n</code></pre>').children).toEqual([
    { type: 'code', value: 'kubectl get <pod>\n  -w' },
  ])
  expect(plainText('see <a href="javascript:x">this</a>')).toBe('see this')
})

test('reference links and the GitHub extensions are in the tree', () => {
  expect(plainText('[a][r]\n\n[r]: https://a.example')).toBe('a')
  expect(parseMarkdown('a ~~b~~').children[0]).toMatchObject({ children: [{ type: 'text' }, { type: 'delete' }] })
})

test('text nested beyond reason is still shown, and costs neither the stack nor the bot', () => {
  expect(plainText('> '.repeat(20_000))).toContain('>')
  expect(plainText(`${'> '.repeat(100)}deep`)).toBe('…')
})

describe('what was made to take its time', () => {
  // Each of these took the parser half a minute and more, in which nobody was paged.
  test.each(['*_', 'a**b', '_a*', '[a][', '[a](', '[^a', '*a_ '])(
    '%j is letters where there are thousands of it',
    (mark) => {
      const tree = parseDocument(mark.repeat(20_000))
      expect(JSON.stringify(tree)).not.toMatch(/"type":"(emphasis|strong|link|linkReference|footnoteReference)"/)
    },
    20_000,
  )

  test('a long text of many short paragraphs, rows and lines of code is read as it was written', () => {
    const code = `\`\`\`\n${'a_b* [x] *y_\n'.repeat(300)}\`\`\``
    const rows = `| a | b |\n|-|-|\n${'| **a** | [x](http://x.example) |\n'.repeat(300)}`
    const { children } = parseDocument(`**bold**\n\n${code}\n\n${rows}`)
    expect(children.map(({ type }) => type)).toEqual(['paragraph', 'code', 'table'])
    expect(JSON.stringify(children[0])).toContain('"strong"')
    expect(JSON.stringify(children[2]).match(/"type":"link"/g)).toHaveLength(300)
  })
})
