// What strangers wrote into logs and traces, as people see it: it mentions nobody, runs nothing, and is short.
import { describe, expect, it } from 'vitest'
import { render as discord } from '../../src/chat/discord/render.ts'
import { toHtml } from '../../src/chat/html.ts'
import { render as slack } from '../../src/chat/slack/render.ts'
import { answerOf } from '../../src/evidence/ask.ts'
import type { Evidence, Section } from '../../src/evidence/evidence.ts'
import { evidenceMessage } from '../../src/messages/evidence.ts'
import { makeTemplates } from '../../src/templates.ts'
import { open, view } from '../messages/night.ts'

const words = {
  config: {
    ...{ team: 'Checkout', zone: 'UTC', people: {}, groups: {}, schedules: {} },
    ...{
      server: { host: '', port: 0, publicUrl: 'http://127.0.0.1' },
      digest: { cron: '', zone: 'UTC', channel: null },
    },
  },
  templates: makeTemplates([]),
} as unknown as Parameters<typeof evidenceMessage>[0]

const evil =
  '<!channel> <@U123> @everyone *bold* _x_ `c` [a](javascript:alert(1)) <script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7 | plus: 1 }} {% raw %} # head\n```\nfence\n# Title :: x\nField :: value'

async function shown(section: Section) {
  const answer = await answerOf(async () => section, 1_000)
  const about = { provider: 'x', place: 0, title: 'Logs (Loki)', at: new Date(0) }
  const evidence = [{ ...about, ...answer }] as Evidence[]
  const message = evidenceMessage(words, view(open, { evidence }))
  if (message === null) throw new Error('nothing is shown')
  return message
}

const everywhere = {
  summary: evil,
  items: [{ text: evil, code: evil, url: 'javascript:alert(1)' }],
  links: [{ title: evil, url: 'https://u:hunter2@x.test/a(b)c<d>' }],
}

describe('text of strangers', () => {
  it('mentions nobody and runs nothing in Slack', async () => {
    const { blocks } = slack(await shown(everywhere), {})
    const all = JSON.stringify(blocks)
    expect(all).not.toMatch(/<!|<@|<script|javascript:alert\(1\)\|/)
    expect(all).not.toContain('hunter2')
    expect(all).toContain('&lt;!channel&gt;')
  })

  it('mentions nobody and runs nothing in Discord', async () => {
    const { body } = discord(await shown(everywhere), { key: 'k', accounts: {}, notify: false })
    expect(body.allowed_mentions).toMatchObject({ parse: [] })
    const all = body.embeds.map(({ title, description }) => `${title}\n${description}`).join('\n')
    expect(all.replace(/```[\s\S]*?\n```/g, '')).not.toMatch(/(?<!\\)<(?!https)|@everyone|(?<!\\)\]\(javascript/)
    expect(body.embeds.flatMap(({ fields }) => fields ?? [])).toEqual([])
  })

  it('runs nothing in the console', async () => {
    const html = toHtml((await shown(everywhere)).text ?? '')
    expect(html).not.toMatch(/<script|<img|onerror=(?!alert\(1\)&gt;|alert\(1\)>)|href="javascript/)
    expect(html).not.toMatch(/<h1|<em>|<strong>bold/)
  })

  it('is no title and no field of the message', async () => {
    const message = await shown(everywhere)
    expect(message.title).toBe('Evidence around the start')
    expect(message.fields ?? []).toEqual([])
    expect(message.mentions).toBeUndefined()
  })

  it('is cut, and what is left out is counted, so that it fits into one message everywhere', async () => {
    const long = 'word '.repeat(2_000)
    const item = { text: long, code: `${long}\n`.repeat(50), url: null }
    const message = await shown({
      summary: long,
      items: Array(50).fill(item),
      links: Array(50).fill({ title: long, url: 'https://x.test' }),
    })
    expect(message.text?.length).toBeLessThan(14_000)
    expect(message.text).toMatch(/\(\+[\d,]+ characters\)/)
    expect(slack(message, {}).blocks.length).toBeLessThan(50)
    expect(JSON.stringify(discord(message, { key: 'k', accounts: {}, notify: false }).body.embeds).length).toBeLessThan(
      7_000,
    )
  })
})

it('tells of each that was asked how it is, and nothing while nobody has answered', () => {
  const about = (place: number, title: string) => ({ provider: title, place, title, at: new Date(0) })
  const asking: Evidence = { ...about(0, 'Logs (Loki)'), status: 'asking' }
  expect(evidenceMessage(words, view(open, { evidence: [] }))).toBeNull()
  expect(evidenceMessage(words, view(open, { evidence: [asking] }))).toBeNull()
  const nothing: Evidence = { ...about(1, 'Traces'), status: 'nothing' }
  const failed: Evidence = { ...about(2, 'Logs (Elasticsearch)'), status: 'failed', reason: 'no answer within 10 s' }
  expect(evidenceMessage(words, view(open, { evidence: [asking, nothing, failed] }))?.text).toBe(
    '**Logs (Loki)** · still asking …\n\n**Traces** · nothing found\n\n**Logs (Elasticsearch)** · could not be asked: no answer within 10 s',
  )
})
