// The main job with real programs: a shop fails, and Prometheus, Alertmanager, the bot and Slack do the rest.
import { expect, onTestFinished, test } from 'vitest'
import { SlackStandIn, type StandInMessage } from '../slack/stand-in.ts'
import { rule, summary } from './monitoring.ts'
import { complaint, nightConfig, pngFacts, startWatch } from './watch.ts'

const room = 'inc-1-payments'

/** The weekly digest, due every other second: it is posted once all the same. */
const objectives = `
digest: { cron: "*/2 * * * * *" }
slos:
  - name: Payments availability
    service: payments
    objective: 99
    promql: >-
      sum(rate(http_requests_total{service="payments",status!~"5.."}[$window]))
      / sum(rate(http_requests_total{service="payments"}[$window]))
`

test('a shop that fails has its room, card, charts and runbook, pages, is acknowledged, recovers and is written up', async (context) => {
  const slack = await SlackStandIn.start()
  onTestFinished(() => slack.stop())
  const watch = await startWatch(context, nightConfig('slack: U0ADA', 'slack: U0BOB') + objectives, {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  })
  const saying = (words: string) => slack.messages(room).find((message) => message.text.includes(words))
  const charts = () => slack.files().filter(({ name }) => name.startsWith('inc-1-'))
  const card = () => slack.messages(room).find((message) => keyOf(message) === 'inc-1/card')

  watch.shop.fail(0.3)
  await slack.until(() => charts().length === 2 && slack.messages('U0ADA').length > 0)

  // The room: named, with its topic and the person on call in it, announced where everybody sees it.
  expect(slack.channel(room).kind).toBe('public')
  await slack.until(() => slack.channel(room).topic.includes(summary))
  await slack.until(() => slack.channel(room).members.has('U0ADA'))
  await slack.until(() => slack.messages('incidents').some(({ text }) => text.includes(`#${room}`)))

  // The card, and everything that was measured and found out.
  for (const fact of ['P1', '`payments`', 'Open', 'Nobody has this yet', rule]) expect(textOf(card())).toContain(fact)
  expect(textOf(card())).toMatch(/\d+(\.\d+)?% of requests to payments answer 5xx/)
  expect(buttonsOf(card())).toEqual(['Acknowledge', 'Escalate', 'Runbook', 'Resolve'])
  const [chart] = charts()
  expect(chart?.altText).toMatch(/first 0\.\d+ %, last \d+(\.\d+)? %, .*\nAbove the threshold 5 % since .*\n.*[▁-█]$/s)
  expect(pngFacts(new Uint8Array(chart?.content ?? []))).toEqual({
    isPng: true,
    width: 1440,
    height: expect.any(Number),
  })
  // The words beside the picture are above it already.
  expect(charts().map(({ title }) => title)).toEqual(Array(2).fill(expect.stringMatching(/^inc-1-opened-.*\.png$/)))
  await slack.until(() => saying('Runbook: High error rate') !== undefined)
  const steps = textOf(saying('Runbook: High error rate')).split(/\n\*\d\. /)
  expect(steps[4]).toContain('\n```\nkubectl -n payments rollout undo deployment/payments\nkubectl ')

  // The page, and the person who was woken says so with one press.
  const [page] = slack.messages('U0ADA')
  if (page === undefined) throw new Error('no page')
  expect(page.text).toMatch(new RegExp(`P1 · .*${summary}`))
  await slack.press('U0ADA', { channel: page.channel, id: page.ts }, 'Acknowledge')
  await slack.until(() => textOf(card()).includes('Ada Lovelace has this'))
  expect(buttonsOf(card())).toEqual(['Escalate', 'Runbook', 'Resolve'])
  const acknowledged = await watch.until('the API says acknowledged', (it) => it.status === 'acknowledged')
  expect(acknowledged).toMatchObject({
    acknowledgedBy: 'ada',
    pages: [{ person: 'ada', channel: 'slack', step: 0, round: 1, status: 'sent' }],
    // The first one is the runbook's own: call somebody when it is not back in 15 minutes.
    clocks: [
      { name: 'recover', status: 'running' },
      { name: 'respond', status: 'met', stoppedAt: acknowledged.acknowledgedAt },
      { name: 'resolve', status: 'running' },
    ],
  })

  // It recovers: nobody has to do anything any more.
  watch.shop.recover()
  await slack.until(() => charts().length === 4 && saying('post-mortem draft is ready') !== undefined)
  expect(saying('All alerts are clear')).toBeDefined()
  await slack.until(() => textOf(card()).includes('Resolved'))
  await slack.until(() => slack.channel(room).topic.includes('Resolved'))
  expect(charts().filter(({ name }) => name.includes('resolved'))).toHaveLength(2)
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(slack.messages('U0BOB')).toHaveLength(0)

  await whatRemains(watch)
  const digests = slack.messages('incidents').filter((message) => textOf(message).includes('Payments availability'))
  // Another one only when this runs in the night in which a week begins.
  expect(new Set(digests.map(keyOf)).size).toBe(digests.length)
  expect(digests.length).toBeLessThanOrEqual(2)
  expect(textOf(digests[0])).toMatch(/99\.\d+ %/)
  expect(slack.files().filter(({ name }) => name.startsWith('error-budgets'))).toHaveLength(digests.length)
  expect(await watch.tocsin.stop()).toBe(0)
  expect(watch.tocsin.output()).not.toMatch(complaint)
}, 240_000)

/** The API by its contract, and the post-mortem as a row. */
async function whatRemains(watch: Awaited<ReturnType<typeof startWatch>>): Promise<void> {
  const it = await watch.incident()
  expect(it).toMatchObject({
    ...{ number: 1, title: summary, status: 'resolved', severity: 'P1', service: 'payments' },
    ...{ acknowledgedBy: 'ada', room: `#${room}` },
    alerts: [{ status: 'resolved', labels: { alertname: rule, severity: 'critical', service: 'payments' } }],
    clocks: [
      { name: 'recover', status: 'met' },
      { name: 'respond', status: 'met' },
      { name: 'resolve', status: 'met' },
    ],
    runbook: { path: expect.stringContaining('payments-errors.md'), section: 'high-error-rate' },
    postmortem: expect.stringContaining('/api/v1/incidents/1/postmortem.md'),
  })
  for (const time of [it.openedAt, it.acknowledgedAt, it.resolvedAt, it.alerts[0].startsAt, it.alerts[0].endsAt]) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
  const kinds = it.timeline.map((entry: { kind: string }) => entry.kind)
  const order = ['incident_opened', 'page_sent', 'incident_acknowledged', 'alert_cleared', 'incident_resolved']
  expect(kinds.filter((kind: string) => order.includes(kind))).toEqual(order)
  expect(it.charts).toHaveLength(4)
  for (const address of it.charts) {
    const picture = await fetch(address)
    expect(pngFacts(new Uint8Array(await picture.arrayBuffer())).isPng).toBe(true)
  }
  const { incidents, next } = await watch.get('/api/v1/incidents?status=resolved&severity=P1')
  expect([incidents.length, next]).toEqual([1, null])
  const rows = await watch.rows('select incident, markdown, published_at from postmortems')
  expect(rows).toEqual([{ incident: 1, markdown: expect.stringContaining(summary), published_at: null }])
  // What is handed out says besides where its entries are, and how to prove them.
  expect(await (await fetch(it.postmortem)).text()).toContain(rows[0].markdown.trimEnd())
}

function keyOf({ metadata }: StandInMessage): unknown {
  return (metadata?.event_payload as { key?: unknown } | undefined)?.key
}

/** What a message says in its blocks, below each other. */
function textOf(message: StandInMessage | undefined): string {
  const texts = (message?.blocks ?? []).flatMap(({ text, fields = [] }) => [text, ...(fields as unknown[])])
  return texts.map((text) => (text as { text?: string } | undefined)?.text ?? '').join('\n')
}

function buttonsOf(message: StandInMessage | undefined): string[] {
  const actions = (message?.blocks ?? []).filter((block) => block.type === 'actions')
  return actions.flatMap((block) => (block.elements as { text: { text: string } }[]).map(({ text }) => text.text))
}
