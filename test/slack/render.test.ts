// A message as Block Kit: within Slack's limits whatever comes in, and dead text stays dead.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../src/chat/slack/limits.ts'
import { mrkdwn, words } from '../../src/chat/slack/mrkdwn.ts'
import { render } from '../../src/chat/slack/render.ts'
import type { Message } from '../../src/core/message.ts'
import { checkBlocks } from './stand-in/blocks.ts'

describe('mrkdwn', () => {
  test.each([
    ['**bold**, _italic_, ~~gone~~ and `code`', '*bold*, _italic_, ~gone~ and `code`'],
    ['a**b**c', 'a\u200b*b*\u200bc'],
    ['# Heading with **bold**', '*Heading with bold*'],
    ['**two\nlines**', '*two*\n*lines*'],
    ['- one\n- two\n  1. deep', '•  one\n•  two\n    1.  deep'],
    ['> quoted', '> quoted'],
    ['**1. Look**\n\nAt the log.\n\nThen act.', '*1. Look*\nAt the log.\n\nThen act.'],
    ['[dash](https://g.example/d?a=1&b=2)', '<https://g.example/d?a=1&amp;b=2|dash>'],
    ['[call](javascript:alert) [me](mailto:a@b.example)', 'call (javascript:alert) <mailto:a@b.example|me>'],
    ['see https://a.example/x', 'see <https://a.example/x>'],
    ['```sh\nkubectl get pods | grep -v "<none>"\n```', '```\nkubectl get pods | grep -v "&lt;none&gt;"\n```'],
    ['| a | b |\n|---|--:|\n| 1 | 22 |', '```\na   b\n-  --\n1  22\n```'],
    ['up\n\n- one\n\ndown', 'up\n•  one\n\ndown'],
  ])('writes %j', (markdown, expected) => {
    expect(mrkdwn(markdown)).toBe(expected)
  })

  test('words that look like formatting stay words, and metric names stay copyable', () => {
    expect(words('rate(http_requests_total[5m]) > 5 * 3')).toBe('rate(http_requests_total[5m]) &gt; 5 * 3')
    expect(words('*not bold* _nor this_ ~or that~')).toBe('∗not bold∗ ˍnor thisˍ ∼or that∼')
    expect(words('~30s on *.example.com')).toBe('~30s on *.example.com')
    expect(words('> no quotation')).toBe('\u200b&gt; no quotation')
    expect(words('```no fence')).not.toContain('`')
  })

  test('nothing from outside can mention, link or open markup', () => {
    const hostile = [
      '<!channel>',
      '<@U0ADA>',
      '<!subteam^S1>',
      '<http://evil.example|bank.example>',
      '<#C1>',
      '&lt;!here&gt;',
    ]
    for (const text of hostile) {
      expect(mrkdwn(text.replace(/[<&!#[\]]/g, '\\$&'))).not.toContain('<')
      expect(mrkdwn(`\`${text}\``)).not.toContain('<')
      expect(mrkdwn(`\`\`\`\n${text}\n\`\`\``)).not.toContain('<')
      expect(words(text)).not.toContain('<')
    }
    expect(mrkdwn('[x|y>z](https://a.example/a|b>c)')).toBe('<https://a.example/a%7Cb%3Ec|x¦y&gt;z>')
    expect(mrkdwn('<x>@here</x> <b><!here></b>')).toBe('&lt;x&gt;@here&lt;/x&gt; &lt;!here&gt;')
  })
})

describe('a message', () => {
  test('with fields and buttons is a card: header, text, fields, buttons', () => {
    const { blocks, text, cuts } = render(
      {
        title: 'P1 · payments <&>',
        tone: 'critical',
        text: 'Look.',
        mentions: ['ada', 'bob', 'eve'],
        fields: [{ label: 'Status', value: '**open**' }],
        buttons: [{ label: 'Acknowledge', command: 'incident ack 1', style: 'primary' }],
      },
      { ada: 'U0ADA', bob: 'U0BOB' },
      'inc-1/card',
    )
    expect(blocks).toEqual([
      {
        type: 'header',
        text: { type: 'plain_text', text: '🔴 P1 · payments &lt;&amp;&gt;', emoji: true },
        block_id: 'inc-1/card',
      },
      { type: 'section', text: { type: 'mrkdwn', text: '<@U0ADA> <@U0BOB>\nLook.', verbatim: true } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Status*\n*open*', verbatim: true }] },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'tocsin:1',
            text: { type: 'plain_text', text: 'Acknowledge', emoji: true },
            value: 'incident ack 1',
            style: 'primary',
          },
        ],
      },
    ])
    expect(text).toBe('<@U0ADA> <@U0BOB> 🔴 P1 · payments &lt;&amp;&gt;\nLook.\nStatus: open')
    expect(cuts).toEqual([])
  })

  test('without them is one bold line with its text', () => {
    expect(render({ title: 'Ada *acknowledged*', tone: 'good', text: 'After 4 min.' }, {}).blocks).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: '*🟢 Ada ∗acknowledged∗*\nAfter 4 min.', verbatim: true } },
    ])
  })

  test('mentions the channel only when told to, and nobody through a malformed account', () => {
    const everybody = render({ title: 'Last resort', tone: 'critical', mentions: 'channel' }, {})
    expect(JSON.stringify(everybody.blocks)).toContain('<!channel>')
    const nobody = render({ title: 'x', tone: 'info', mentions: ['ada'] }, { ada: '!channel' })
    expect(JSON.stringify(nobody)).not.toContain('<')
  })

  test('long code goes on in the next section as code, and what is too much is cut where it is seen', () => {
    const line = 'kubectl get pods --all-namespaces --output wide\n'
    const { blocks, cuts } = render({ title: 'x', tone: 'info', text: `\`\`\`\n${line.repeat(500)}\`\`\`` }, {})
    const texts = blocks.map((block) => (block.type === 'section' ? (block.text?.text ?? '') : ''))
    expect(texts.length).toBeGreaterThan(2)
    for (const text of texts) expect((text.match(/```/g) ?? []).length % 2).toBe(0)
    expect(texts.at(-1)).toMatch(/… cut$/)
    expect(cuts).toEqual(['text'])
  })

  test('more steps than blocks are counted in a last line, and the message keeps its own buttons', () => {
    const sections = Array.from({ length: 40 }, (_, i) => ({
      text: `Step ${i}`,
      buttons: [{ label: 'Done', command: `s ${i}` }],
    }))
    const { blocks, cuts } = render(
      { title: 'Runbook', tone: 'info', sections, buttons: [{ label: 'All', command: 'all' }] },
      {},
    )
    expect(blocks.length).toBeLessThanOrEqual(limits.blocks)
    expect(JSON.stringify(blocks.at(-2))).toContain('17 more parts do not fit')
    expect(JSON.stringify(blocks.at(-1))).toContain('"all"')
    expect(cuts).toEqual(['17 sections'])
    checkBlocks(JSON.parse(JSON.stringify(blocks)))
  })

  test('steps that are together more than Slack takes are counted as well, and long fields share what there is', () => {
    const sections = Array.from({ length: 12 }, (_, i) => ({ text: `Step ${i} ${'with care '.repeat(150)}` }))
    const steps = render({ title: 'Runbook', tone: 'info', sections }, {})
    checkBlocks(JSON.parse(JSON.stringify(steps.blocks)))
    expect(JSON.stringify(steps.blocks)).toContain('Step 6')
    expect(JSON.stringify(steps.blocks.at(-1))).toMatch(/… cut: \d more parts do not fit/)
    const fields = Array.from({ length: 10 }, (_, i) => ({ label: `Field ${i}`, value: 'long '.repeat(390) }))
    const card = render({ title: 'Card', tone: 'info', text: 'text '.repeat(3000), fields }, {})
    checkBlocks(JSON.parse(JSON.stringify(card.blocks)))
    expect(card.cuts).toContain('text')
    expect(JSON.stringify(card.blocks)).toContain('*Field 9*')
  })

  test('a text behind the blocks that Slack counts in bytes is cut by them', () => {
    const { text } = render({ title: '支払い停止', tone: 'critical', text: '支払いが止まっています。'.repeat(300) }, {})
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.fallback)
    expect(text).toMatch(/^🔴 支払い停止\n支払い.*… cut$/s)
  })

  test('a command too long for a button is left out rather than cut', () => {
    const buttons = [{ label: 'Long', command: `note ${'x'.repeat(2000)}` }]
    expect(render({ title: 'x', tone: 'info', buttons }, {})).toMatchObject({ cuts: ['button Long'] })
  })

  test('whatever comes in, Slack takes it and nobody is mentioned', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '<!channel>',
        '<@U0ADA>',
        '@here',
        '```',
        '`',
        '*',
        '_',
        '~',
        '\uE000',
        '&amp;',
        '> ',
        '| a |\n|---|\n',
        '😀',
      ),
      fc
        .constantFrom('<http://evil.example|bank.example>', '[bank](http://evil.example/>|<!here>)')
        .map((s) => s.repeat(90)),
      fc.constantFrom('x', '😀', '&', '<!channel> ', 'a\n').map((s) => s.repeat(1100)),
    )
    const text = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''))
    const buttons = fc.array(fc.record({ label: text.map((t) => t || 'x'), command: text.map((t) => `c ${t}`) }), {
      maxLength: 7,
    })
    const message: fc.Arbitrary<Message> = fc.record({
      title: text,
      tone: fc.constantFrom('critical', 'warning', 'info', 'good', 'neutral'),
      text,
      fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 12 }),
      sections: fc.array(fc.record({ text, buttons }), { maxLength: 12 }),
      buttons,
    })
    fc.assert(
      fc.property(message, (m) => {
        const { blocks, text: fallback } = render(m, {}, 'key')
        checkBlocks(JSON.parse(JSON.stringify(blocks)))
        expect(Buffer.byteLength(fallback)).toBeLessThanOrEqual(limits.fallback)
        expect(fallback).not.toContain('<')
        const read = JSON.stringify(blocks, (key, value) => (key === 'value' ? undefined : value))
        for (const link of read.match(/<[^>]*>?/g) ?? []) {
          expect(link).toMatch(/^<(https?:\/\/|mailto:)[^<>|\s]+(\|[^<>|]*)?>$/)
        }
      }),
      { numRuns: 30 },
    )
  })
})
