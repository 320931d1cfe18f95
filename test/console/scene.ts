// A night as the console shows it: rows and messages as the flow would have left them, in the product's own words.
import { ChartRenderer } from '../../src/charts/renderer.ts'
import type { Message } from '../../src/core/message.ts'
import { type Fact, sentence } from '../../src/core/timeline.ts'
import { cardMessage } from '../../src/messages/card.ts'
import { chartMessage } from '../../src/messages/chart.ts'
import { pageMessage } from '../../src/messages/page.ts'
import { runbookMessage } from '../../src/messages/runbook.ts'
import { saidMessage } from '../../src/messages/said.ts'
import { type IncidentView, incidentView } from '../../src/store/views.ts'
import type { TestServer } from '../http/bot.ts'
import { seedAlert, seedClock, seedEntry, seedIncident, seedPage } from '../http/seed.ts'

const minute = 60_000

/** Opens incident 12 for ada, with two others beside it and some that are over. `start`: when 12 opened. */
export async function aNight(server: TestServer, start: Date): Promise<void> {
  const { db } = server.bot
  const at = (minutes: number) => new Date(start.getTime() + minutes * minute)
  await seedIncident(db, {
    number: 9,
    severity: 'P2',
    status: 'resolved',
    service: 'search',
    title: 'Index is 40 minutes behind',
    openedAt: at(-900),
    acknowledgedAt: at(-880),
    acknowledgedBy: 'grace',
    resolvedAt: at(-840),
  })
  await seedIncident(db, {
    number: 10,
    severity: 'P1',
    status: 'resolved',
    service: 'payments',
    title: 'Payments: 12.4 % of requests fail',
    openedAt: at(-400),
    acknowledgedAt: at(-397),
    acknowledgedBy: 'ada',
    resolvedAt: at(-350),
  })
  await seedIncident(db, {
    number: 11,
    severity: 'P2',
    status: 'acknowledged',
    service: 'warehouse-sync',
    title: 'Queue grows faster than it is worked off',
    openedAt: at(-35),
    acknowledgedAt: at(-31),
    acknowledgedBy: 'linus',
  })
  await seedClock(db, 11, { name: 'resolve', startedAt: at(-35), dueAt: at(25) })
  await seedIncident(db, {
    number: 12,
    openedAt: start,
    title: 'Checkout: 12.4 % of requests fail',
    position: { at: 'step', step: 1, round: 1, lastRound: 2, dueAt: at(5).toISOString() },
  })
  await seedClock(db, 12, { name: 'respond', startedAt: start, dueAt: at(15) })
  await seedClock(db, 12, { name: 'resolve', startedAt: start, dueAt: at(240) })
  await seedIncident(db, {
    number: 13,
    severity: 'P3',
    service: 'storefront',
    title: 'TLS certificate expires in 9 days',
    openedAt: at(1),
    room: false,
    position: null,
  })
  await seedClock(db, 13, { name: 'respond', startedAt: at(1), dueAt: at(1700) })
  await alertsOf12(server, at)
  await server.bot.db.query(
    `insert into runbook_steps (incident, step, title, body) values
    (12, 1, 'Find what fails', $1), (12, 2, 'Look for a deployment', $2), (12, 3, 'Roll back', $3)`,
    [
      'One route, or all of them?\n\n```promql\ntopk(5, sum by (route) (rate(http_requests_total{service="checkout",status=~"5.."}[5m])))\n```',
      'Did one start shortly before the alert?\n\n```bash\nkubectl -n shop rollout history deployment/checkout\nkubectl -n shop get events --sort-by=.lastTimestamp | tail -20\n```',
      'If it began with a deployment.\n\n```bash\nkubectl -n shop rollout undo deployment/checkout\n```',
    ],
  )
  await tell(server, 12, at(0.02), {
    kind: 'incident_opened',
    severity: 'P1',
    title: 'Checkout: 12.4 % of requests fail',
    service: 'checkout',
  })
  await tell(server, 12, at(0.03), { kind: 'people_paged', people: ['ada'], step: 0, round: 1, because: 'policy' })
  await seedPage(db, { key: 'inc-12/r1s0/ada/console', incident: 12, person: 'ada', dueAt: at(0.02), sentAt: at(0.03) })
  await tell(server, 12, at(0.04), { kind: 'runbook_matched', title: 'High error rate', because: 'alert name' })
  await postCardAndRunbook(server)
  await drawChart(server, at)
}

async function alertsOf12({ bot }: TestServer, at: (minutes: number) => Date): Promise<void> {
  const labels = {
    alertname: 'CheckoutErrorRateHigh',
    service: 'checkout',
    severity: 'critical',
    environment: 'production',
  }
  const annotations = {
    summary: 'Checkout: 12.4 % of requests fail',
    description: 'More than 5 % of requests to checkout have answered 5xx for two minutes. Customers cannot pay.',
  }
  const url = 'http://127.0.0.1:9090/graph?g0.expr=rate&g0.tab=1'
  await seedAlert(bot.db, 12, {
    fingerprint: 'a1',
    labels: { ...labels, instance: 'checkout-7c9f4d8b6-x2x4v:8080' },
    annotations,
    startsAt: at(-2),
    url,
  })
  await seedAlert(bot.db, 12, {
    fingerprint: 'a2',
    labels: { ...labels, instance: 'checkout-7c9f4d8b6-9k2lm:8080' },
    annotations,
    startsAt: at(-1),
    url,
  })
  await seedAlert(bot.db, 12, {
    fingerprint: 'a3',
    labels: { ...labels, instance: 'checkout-7c9f4d8b6-p0o9i:8080' },
    annotations,
    startsAt: at(-2),
    endsAt: at(1),
  })
}

/** Writes a timeline entry and says it in the room, as the flow does. */
export async function tell(
  server: TestServer,
  incident: number,
  at: Date,
  fact: Fact,
  by: string | null = null,
): Promise<void> {
  const { bot } = server
  await seedEntry(
    bot.db,
    incident,
    at,
    by,
    fact,
    sentence(fact, by, (person) => bot.config.people[person]?.name ?? person),
  )
  const view = await viewOf(server, incident)
  const entry = view.timeline.at(-1)
  const message = entry && saidMessage(bot, view, entry, at, 'console')
  if (entry && message)
    await post(server, { channel: `inc-${incident}-checkout` }, `inc-${incident}/e${entry.id}`, message)
}

async function postCardAndRunbook(server: TestServer): Promise<void> {
  const { bot } = server
  const view = await viewOf(server, 12)
  const now = bot.clock.now()
  await post(server, { channel: 'inc-12-checkout' }, 'inc-12/card', cardMessage(bot, view, now, 'console'))
  await post(server, { channel: 'inc-12-checkout' }, 'inc-12/runbook', runbookMessage(bot, view))
  await post(server, { channel: '#alerts' }, 'inc-13/alert', cardMessage(bot, await viewOf(server, 13), now, 'console'))
  const [page] = view.pages
  if (page) await post(server, { account: 'ada' }, page.key, pageMessage(bot, view, page, now))
}

/** Drawn once for all nights: it costs more than all the rest of one. */
let drawn: Promise<Uint8Array> | null = null

async function pictureOf(at: (minutes: number) => Date): Promise<Uint8Array> {
  const renderer = new ChartRenderer()
  const points = Array.from({ length: 120 }, (_, i): [number, number] => {
    const minutes = -60 + i / 2
    const value = minutes < -4 ? 0.4 + 0.25 * Math.sin(i / 4) : Math.min(12.4, 0.6 + (minutes + 4) * 3.2 + Math.sin(i))
    return [at(minutes).getTime(), value]
  })
  const png = await renderer.render({
    ...{
      title: 'Share of failed requests',
      subtitle: 'checkout, the last hour',
      unit: 'percent',
      zone: 'Europe/Berlin',
    },
    ...{ from: at(-60), until: at(0), series: [{ name: 'checkout', points }], threshold: { value: 5, bad: 'above' } },
    marks: [{ at: at(-2), kind: 'firing', label: 'firing' }],
  })
  await renderer.close()
  return png
}

async function drawChart(server: TestServer, at: (minutes: number) => Date): Promise<void> {
  const { db } = server.bot
  drawn ??= pictureOf(at)
  const png = await drawn
  const summary = 'Now 12.4 %, was 0.5 % an hour ago; above 5 % since 4 minutes.'
  await db.query(
    `insert into charts (incident, moment, title, summary, png, drawn_at) values (12, 'opened', 'Share of failed requests', $1, $2, $3)`,
    [summary, png, at(0.1)],
  )
  const view = await viewOf(server, 12)
  const chart = view.charts[0]
  if (chart)
    await post(server, { channel: 'inc-12-checkout' }, 'inc-12/e-chart', chartMessage(server.bot, view, chart, png))
}

async function post(
  server: TestServer,
  to: { channel: string } | { account: string },
  key: string,
  message: Message,
): Promise<void> {
  await server.platform.post({ to, key, message, resumed: false, accounts: {} })
}

async function viewOf({ bot }: TestServer, number: number): Promise<IncidentView> {
  const view = await incidentView(bot.db, number)
  if (view === null) throw new Error(`no incident ${number}`)
  return view
}
