// Long documents are drawn beside the bot's own work.
import { expect, test } from 'vitest'
import { toHtml } from '../../src/chat/html.ts'
import { HtmlThread } from '../../src/http/html-thread.ts'
import { startThread } from '../../src/thread.ts'
import { atBest } from '../busy.ts'

const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `- 13:02:${i % 60} node ${i} *is gone*`).join('\n')

test('a long document is the same as a short one, and others are served while it is drawn', async () => {
  const thread = new HtmlThread()
  let count = 500
  const turnsMeanwhile = async () => {
    const texts = ['## One\n\n**word**', lines(count++)]
    let isDrawn = false
    const drawn = thread.html(texts).then((html) => {
      isDrawn = true
      return html
    })
    let turns = 0
    for (; !isDrawn; turns++) await new Promise((resolve) => setImmediate(resolve))
    expect(await drawn).toEqual(texts.map(toHtml))
    return turns
  }
  const enough = (turns: number) => turns > 100
  expect(await atBest(turnsMeanwhile, enough)).toSatisfy(enough)
})

test('what takes too long to draw is shown as it was written, and the next one is drawn', async () => {
  const thread = new HtmlThread(5_000)
  const endless = `${lines(40_000)}\n<b>`
  const [given] = await thread.html([endless])
  expect(given).toContain('shown as it was written')
  expect(given).toContain('node 39999 *is gone*\n&#60;b&#62;</pre>')
  const next = await atBest(
    () => thread.html([lines(100)]),
    ([html]) => html?.includes('shown as it was written') === false,
  )
  expect(next).toEqual([toHtml(lines(100))])
})

test('when no thread can be started the document is shown as it was written, and the next one is drawn', async () => {
  let isFull = true
  const thread = new HtmlThread(20_000, (...about) => {
    if (isFull) throw new Error('Worker initialization failure: EAGAIN')
    return startThread(...about)
  })
  expect(await thread.html([lines(100)])).toEqual([expect.stringContaining('shown as it was written')])
  isFull = false
  expect(await thread.html([lines(100)])).toEqual([toHtml(lines(100))])
})
