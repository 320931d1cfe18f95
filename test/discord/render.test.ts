// How a message looks in Discord: within every limit whatever is in it, and never a mention that was not asked for.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { render } from '../../src/chat/discord/render.ts'
import type { Message } from '../../src/core/message.ts'
import { checkMessage, type MessageBody } from './stand-in/rules.ts'

const plain = { key: 'inc-12/card', accounts: {}, notify: false }
const ada = '123456789012345678'

/** Passes only what Discord would take. */
function rendered(message: Message, options = plain) {
  const result = render(message, options)
  checkMessage(
    result.body as MessageBody,
    result.files.map((file) => file.name),
    true,
  )
  return result
}

function description(message: Partial<Message>): string {
  return rendered({ title: 'T', tone: 'info', ...message })
    .body.embeds.map((embed) => embed.description)
    .join('\n')
}

describe('a message', () => {
  test('tells where a document leads beside itself, where there is nothing to open', () => {
    expect(description({ text: 'See [the ledger](./ledger.md#freeze).' })).toBe('See the ledger (./ledger.md#freeze).')
    expect(description({ text: 'See [it](javascript:alert(1)).' })).not.toContain('javascript')
  })

  test('is an embed with title, colour, text, fields, and its key at the bottom', () => {
    const { body } = rendered({
      title: 'P1 checkout: error rate',
      tone: 'critical',
      text: 'Since **02:58**.',
      fields: [{ label: 'Service', value: '`checkout`' }],
    })
    expect(body.embeds).toEqual([
      {
        title: 'P1 checkout: error rate',
        color: 0xd92d20,
        description: 'Since **02:58**.',
        fields: [{ name: 'Service', value: '`checkout`', inline: true }],
        footer: { text: 'inc-12/card' },
      },
    ])
    expect(body.content).toBe('')
    expect(body.allowed_mentions).toEqual({ parse: [], users: [] })
  })

  test('to a person says its title where a notification shows it', () => {
    const message: Message = { title: 'Error rate', tone: 'critical', text: 'Since 02:58' }
    const { body } = rendered(message, { ...plain, notify: true })
    expect(body.content).toBe('**Error rate**')
    expect(body.embeds[0]).toMatchObject({ description: 'Since 02:58' })
    expect(body.embeds[0]?.title).toBeUndefined()
  })

  test('carries its picture inside, with words for those who cannot see it', () => {
    const picture = {
      name: 'error rate (5m).png',
      alt: 'Error rate rises to 12 % at 02:58',
      png: new Uint8Array([137, 80]),
    }
    const { body, files } = rendered({ title: 'T', tone: 'info', picture })
    expect(body.embeds[0]?.image?.url).toBe('attachment://error-rate-5m-.png')
    expect(body.attachments).toEqual([
      { id: '0', filename: 'error-rate-5m-.png', description: 'Error rate rises to 12 % at 02:58' },
    ])
    expect(files).toHaveLength(1)
  })
})

describe('Markdown', () => {
  test.each([
    ['emphasis', '**bold** _it_ ~~gone~~', '**bold** *it* ~~gone~~'],
    ['a link', '[graph](https://prom/graph?g0.expr=sum(x))', '[graph](https://prom/graph?g0.expr=sum%28x%29)'],
    ['a bare address', 'see https://grafana.example/d/a_b_c now', 'see https://grafana.example/d/a_b_c now'],
    ['lists', '- a\n- b\n  1. c', '- a\n- b\n    1. c'],
    ['a heading', '# Impact', '### Impact'],
    ['code', '```sh\nkubectl get *_pods* @everyone\n```', '```sh\nkubectl get *_pods* @everyone\n```'],
    ['code with a fence in it', '````\n```\nx\n````', '```\n`\u200b``\nx\n```'],
    ['inline code', 'run `a*b_c`', 'run `a*b_c`'],
    ['inline code with a backtick', '`` a`b ``', '`` a`b ``'],
    ['a quote', '> a\n> b', '> a\n> b'],
  ])('%s stays what it is', (_, from, to) => {
    expect(description({ text: from })).toBe(to)
  })

  test.each([
    ['javascript', '[click](javascript:alert(1))', 'click'],
    ['an invitation', '[join us](https://discord.gg/abcdef)', 'join us'],
    ['an invitation by its long name', '[join](https://discord.com/invite/abc)', 'join'],
    ['an address that says another', '[https://bank.example](https://evil.example)', 'https://evil.example'],
  ])('%s is no link', (_, from, to) => {
    expect(description({ text: from })).toBe(to)
  })

  test.each([
    ['everybody', 'hello @everyone and @here', /@(everyone|here)/],
    ['a person', 'hello <@123456789012345678>', /<@/],
    ['a role', 'hello <@&123456789012345678>', /<@/],
    ['a channel', 'see <#123456789012345678>', /<#/],
    ['a command', 'do </incident ack:123456789012345678>', /<\//],
    ['an invitation', 'come to discord.gg/abcdef or discordapp.com/invite/abc', /discord(app)?\.(gg|com)/],
    ['an address that is an invitation', 'https://discord.gg/abcdef', /discord\.gg/],
    ['a small heading', '-# tiny', /^-#/m],
  ])('%s in text is dead', (_, text, alive) => {
    expect(description({ text })).not.toMatch(alive)
    expect(rendered({ title: text, tone: 'info' }, { ...plain, notify: true }).body.content).not.toMatch(alive)
  })
})

test('marks that were escaped, and those in a title, stay marks', () => {
  expect(description({ text: '\\*\\*loud\\*\\* \\_x\\_ \\|\\|hidden\\|\\|' })).toBe(
    '\\*\\*loud\\*\\* \\_x\\_ \\|\\|hidden\\|\\|',
  )
  expect(rendered({ title: '1. *a* `b` [c]', tone: 'info' }).body.embeds[0]?.title).toBe('1\\. \\*a\\* \\`b\\` \\[c\\]')
})

describe('who is called', () => {
  const calm: Message = { title: 'Paging', tone: 'warning', text: '@everyone <@999999999999999999>' }

  test('is only who the message names and has an account', () => {
    const { body } = rendered({ ...calm, mentions: ['ada', 'grace'] }, { ...plain, accounts: { ada } })
    expect(body.content).toBe(`<@${ada}> **Paging**`)
    expect(body.allowed_mentions).toEqual({ parse: [], users: [ada] })
  })

  test('is nobody by an account that is no id of Discord', () => {
    const { body } = rendered({ ...calm, mentions: ['ada'] }, { ...plain, accounts: { ada: '> @everyone' } })
    expect(body.content).toBe('')
    expect(body.allowed_mentions).toEqual({ parse: [], users: [] })
  })

  test('is everybody only when the message says so', () => {
    const { body } = rendered({ ...calm, mentions: 'channel' })
    expect(body.content).toBe('@everyone **Paging**')
    expect(body.allowed_mentions).toEqual({ parse: ['everyone'] })
  })
})

describe('buttons', () => {
  const step = (n: number) => ({
    text: `Step number ${n}`,
    buttons: [
      { label: 'Done', command: `incident step 12 ${n} done` },
      { label: 'Skip', command: `incident step 12 ${n} skip` },
    ],
  })

  test('of a runbook carry the number of their step, a row for each while there is room', () => {
    const { body } = rendered({ title: 'Runbook', tone: 'info', sections: [1, 2, 3].map(step) })
    const labels = body.components.map((row) => row.components.map((button) => 'label' in button && button.label))
    expect(labels).toEqual([
      ['1. Done', '1. Skip'],
      ['2. Done', '2. Skip'],
      ['3. Done', '3. Skip'],
    ])
    expect(body.embeds[0]?.description).toContain('**2.** Step number 2')
  })

  test('keep the number that the text already has', () => {
    const sections = [
      { text: '**7.** Drain the queue', buttons: [{ label: 'Done', command: 'incident step 12 7 done' }] },
    ]
    const { body } = rendered({ title: 'Runbook', tone: 'info', sections })
    expect(body.components[0]?.components[0]).toMatchObject({ label: '7. Done' })
    expect(body.embeds[0]?.description).toBe('**7.** Drain the queue')
  })

  test('that find no room are told as commands, and those of the message itself come first', () => {
    const buttons = [{ label: 'Resolve', command: 'incident resolve 12' }]
    const sections = Array.from({ length: 12 }, (_, i) => step(i + 1))
    const { body, cuts } = rendered({ title: 'Runbook', tone: 'info', sections, buttons })
    expect(body.components).toHaveLength(5)
    expect(body.components.at(-1)?.components).toMatchObject([{ label: 'Resolve' }])
    expect(body.embeds[0]?.description).toContain('type instead:\n\n- 9. Done: `/incident step 12 9 done`')
    expect(cuts).toContain('8 buttons beyond 25')
  })

  test('of the same command are one: Discord refuses a message with two', () => {
    const twice = { label: 'Acknowledge', command: 'incident ack 1' }
    const { body, cuts } = rendered({
      title: 'T',
      tone: 'info',
      buttons: [twice, twice],
      sections: [{ text: 'x', buttons: [twice] }],
    })
    expect(body.components.flatMap((row) => row.components)).toHaveLength(1)
    expect(cuts).toEqual([])
  })

  test('whose command Discord cannot carry are left out, in sight and in the log', () => {
    const buttons = [
      { label: 'Odd', command: `incident note ${'x'.repeat(100)}` },
      { label: 'Fine', command: 'incident ack 1' },
    ]
    const { body, cuts } = rendered({ title: 'T', tone: 'info', buttons })
    expect(body.components[0]?.components).toMatchObject([{ label: 'Fine' }])
    expect(body.embeds[0]?.description).toContain('too long for a Discord button: “Odd”')
    expect(cuts.join()).toContain('button “Odd”')
  })
})

describe('what does not fit', () => {
  test('is cut between words, with the number of characters that are missing', () => {
    const { body, cuts } = rendered({ title: 'T', tone: 'info', text: 'word '.repeat(3000) })
    expect(body.embeds[0]?.description).toMatch(/word\n… \d+ characters left out$/)
    expect(cuts.join()).toMatch(/\d+ characters of text/)
  })

  test('goes on in a second embed, and fields and picture stand below both', () => {
    const text = Array.from({ length: 50 }, (_, i) => `Paragraph ${i} ${'x'.repeat(90)}`).join('\n\n')
    const { body, cuts } = rendered({ title: 'T', tone: 'info', text, fields: [{ label: 'a', value: 'b' }] })
    expect(body.embeds).toHaveLength(2)
    expect(body.embeds[1]?.fields).toHaveLength(1)
    expect(body.embeds.map((embed) => embed.description).join('\n\n')).toContain('Paragraph 49')
    expect(cuts).toEqual([])
  })

  test('leaves no code block open', () => {
    const text = `\`\`\`\n${'select * from alerts\n'.repeat(400)}\`\`\``
    const [embed] = rendered({ title: 'T', tone: 'info', text }).body.embeds
    expect(embed?.description?.split('```')).toHaveLength(3)
  })

  test('is cut where title, text and fields together are more than all embeds may be', () => {
    const fields = Array.from({ length: 20 }, (_, i) => ({ label: `f${i}`, value: 'v'.repeat(150) }))
    const { body, cuts } = rendered({ title: 'T'.repeat(200), tone: 'info', fields, text: 'word '.repeat(1100) })
    expect(body.embeds.at(-1)?.fields).toHaveLength(20)
    expect(cuts.join()).toContain('characters of text')
  })

  test('of many fields is told in the last one', () => {
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `f${i}`, value: 'v' }))
    const { body } = rendered({ title: 'T', tone: 'info', fields })
    expect(body.embeds[0]?.fields).toHaveLength(25)
    expect(body.embeds[0]?.fields?.at(-1)?.value).toBe('16 more left out')
  })
})

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 3000 }),
  fc
    .array(
      fc.constantFrom(
        '@everyone',
        '@here',
        '<@123456789012345678>',
        '<#1>',
        '```',
        '`',
        '**',
        '[a](',
        ')',
        '\\',
        '\n',
        '> ',
        '1. ',
        '😀',
        'discord.gg/x',
        'https://x.y/z_(a)',
        '||',
        '<',
        '- ',
        'long '.repeat(50),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)
const message: fc.Arbitrary<Message> = fc.record(
  {
    title: nasty,
    tone: fc.constantFrom('critical', 'warning', 'info', 'good', 'neutral'),
    text: nasty,
    fields: fc.array(fc.record({ label: nasty, value: nasty }), { maxLength: 30 }),
    sections: fc.array(
      fc.record({
        text: nasty,
        buttons: fc.array(fc.record({ label: nasty, command: fc.string({ minLength: 1, maxLength: 120 }) }), {
          maxLength: 7,
        }),
      }),
      { maxLength: 15 },
    ),
    buttons: fc.array(fc.record({ label: nasty, command: fc.string({ minLength: 1, maxLength: 120 }) }), {
      maxLength: 30,
    }),
    picture: fc.record({ name: nasty, alt: nasty, png: fc.constant(new Uint8Array([1])) }),
    mentions: fc.array(fc.constantFrom('ada', 'grace', 'nobody'), { maxLength: 3 }),
  },
  { requiredKeys: ['title', 'tone'] },
)

describe('whatever a message holds', () => {
  test('Discord takes it, and it calls nobody it was not told to', () => {
    fc.assert(
      fc.property(message, fc.boolean(), (any, notify) => {
        const { body } = rendered(any, { key: 'k', accounts: { ada }, notify })
        const called = any.mentions?.includes('ada') ? [ada] : []
        expect(body.allowed_mentions).toEqual({ parse: [], users: called })
        expect([...body.content.matchAll(/<@!?&?(\d+)>|@everyone|@here/g)].map((match) => match[1])).toEqual(called)
      }),
      { numRuns: 300 },
    )
  })

  test('what it cuts, it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6001, max: 20_000 }), (length) => {
        const { body, cuts } = rendered({ title: 'T', tone: 'info', text: 'x'.repeat(length) })
        expect(cuts).not.toEqual([])
        expect(body.embeds.at(-1)?.description).toContain('characters left out')
      }),
    )
  })
})
