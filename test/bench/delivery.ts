// From an alert being sent to its message lying in the room, with a Slack that answers at once; beside Alertmanager's own
// Slack receiver, which posts into a channel that is there already.

import { howToInstall, startAlertmanager } from './alertmanager.ts'
import { apiBody, webhookBody } from './alerts.ts'
import { startBot } from './bot.ts'
import type { Server } from './database.ts'
import { percentile, type Row, type Section, times } from './figures.ts'
import { webhookOf } from './intake.ts'
import { type Intake, openLoop } from './load.ts'
import { type Call, RecordingSlack } from './slack.ts'
import { until, wall } from './waiting.ts'

const cases = [
  { perSecond: 1, count: 12 },
  { perSecond: 100, count: 400 },
]

/** Milliseconds by what was waited for. */
type Latencies = { room: number[]; page: number[] }

export async function deliverySection(server: Server): Promise<Section> {
  const rows: Row[] = []
  const notes: string[] = []
  const slack = await RecordingSlack.start()
  const bot = await startBot((await server.fresh('delivery')).url, slack.url())
  const peer = await startAlertmanager({ slackUrl: slack.url('webhook') })
  for (const { perSecond, count } of cases) {
    const tag = `d${perSecond}x`
    const am = peer === null ? null : await toMessages(slack, peer.intake, apiBody, { perSecond, count, tag })
    const tocsin = await toMessages(slack, webhookOf(bot.url), webhookBody, { perSecond, count, tag })
    const beside = (share: number) =>
      am === null ? {} : { beside: { what: 'Alertmanager’s Slack receiver', value: percentile(am.room, share) } }
    for (const share of [0.5, 0.99]) {
      const value = percentile(tocsin.room, share)
      const name = `${perSecond}/s: alert → new room’s first message, p${share * 100}`
      const row: Row = { figure: name, value, unit: 'ms', ...beside(share) }
      const target = share === 0.5 ? times(value, row.beside?.value, 2, 'at most') : undefined
      rows.push({ ...row, ...(target && { target }) })
    }
    for (const share of [0.5, 0.99]) {
      const value = percentile(tocsin.page, share)
      rows.push({ figure: `${perSecond}/s: alert → page, p${share * 100}`, value, unit: 'ms', ...beside(share) })
    }
    if (tocsin.room.length < count)
      notes.push(`${perSecond}/s: only ${tocsin.room.length} of ${count} rooms heard of it`)
    if (am !== null && am.room.length < count)
      notes.push(`${perSecond}/s: Alertmanager sent ${am.room.length} of ${count}`)
  }
  notes.push(
    peer === null
      ? howToInstall
      : 'every alert opens an incident here: a channel is created before it is told; there, one post',
  )
  notes.push(callsPerIncident(slack.calls))
  await Promise.all([peer?.stop(), bot.stop()])
  await slack.stop()
  return { title: 'Alert → message (a Slack on loopback that answers at once)', rows, notes }
}

async function toMessages(
  slack: RecordingSlack,
  to: Intake,
  bodyOf: typeof webhookBody,
  { perSecond, count, tag }: { perSecond: number; count: number; tag: string },
): Promise<Latencies> {
  const from = slack.calls.length
  const sent = new Map<string, number>()
  const group = (index: number) => `${tag}${index}`
  await openLoop(to, {
    ...{ perSecond, count },
    body: (index) => bodyOf([{ group: group(index), instance: '10.0.0.1:9100', severity: 'critical' }]),
    sent: (index, at) => sent.set(group(index), performance.timeOrigin + at),
  })
  const heard = () => {
    const firsts: { room: Map<string, number>; page: Map<string, number> } = { room: new Map(), page: new Map() }
    for (const call of slack.calls.slice(from)) {
      const kind = kindOf(call)
      const about = new RegExp(`${tag}\\d+`).exec(`${slack.nameOf(call.channel)} ${call.text}`)?.[0]
      if (kind === null || about === undefined || firsts[kind].has(about)) continue
      firsts[kind].set(about, call.at)
    }
    return firsts
  }
  const everybodyTold = () => {
    const { room, page } = heard()
    return room.size >= count && (to.path.includes('v2') || page.size >= count)
  }
  const limit = wall() + 20_000
  for (; wall() < limit && !everybodyTold(); ) await until(() => false, 50)
  const { room, page } = heard()
  const late = (firsts: Map<string, number>) => [...firsts].map(([about, at]) => at - (sent.get(about) ?? Number.NaN))
  return { room: late(room), page: late(page) }
}

function kindOf({ method, key }: Call): 'room' | 'page' | null {
  if (method === 'webhook') return 'room'
  if (method !== 'chat.postMessage' || key === null) return null
  if (/\/r\d+[slm]\d+\//.test(key)) return 'page'
  return /\/announcement$/.test(key) ? null : 'room'
}

function callsPerIncident(calls: Call[]): string {
  const counts = new Map<string, number>()
  for (const { method, via } of calls) if (via === 'api') counts.set(method, (counts.get(method) ?? 0) + 1)
  const rooms = counts.get('conversations.create') ?? 1
  const each = [...counts].map(([method, count]) => `${method} ${(count / rooms).toFixed(1)}`)
  return `calls to Slack for each incident: ${each.join(', ')}`
}
