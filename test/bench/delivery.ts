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
    const how = { perSecond, count }
    const tag = `d${perSecond}x`
    const critical = { ...how, severity: 'critical' }
    const am = peer === null ? null : await toMessages(slack, peer.intake, apiBody, { ...critical, tag })
    const card = await toMessages(slack, webhookOf(bot.url), webhookBody, { ...how, severity: 'info', tag: `c${tag}` })
    const room = await toMessages(slack, webhookOf(bot.url), webhookBody, { ...critical, tag })
    rows.push(
      ...compared(`${perSecond}/s: alert → card in the alerts channel (P3)`, card.room, am?.room, true),
      ...compared(`${perSecond}/s: alert → new room’s first message`, room.room, am?.room, true),
      ...compared(`${perSecond}/s: alert → page`, room.page, am?.room, false),
    )
    for (const [what, heard] of [
      ['cards were posted', card.room],
      ['rooms heard of it', room.room],
      ['alerts were told by Alertmanager', am?.room],
    ] as const)
      if (heard && heard.length < count) notes.push(`${perSecond}/s: only ${heard.length} of ${count} ${what}`)
  }
  notes.push(
    peer === null
      ? howToInstall
      : 'a card is one post into a channel that is there, as Alertmanager’s; a room is a channel that is created first',
  )
  notes.push(callsPerIncident(slack.calls))
  await Promise.all([peer?.stop(), bot.stop()])
  await slack.stop()
  return { title: 'Alert → message (a Slack on loopback that answers at once)', rows, notes }
}

/** Median and 99th percentile beside the peer's; a target for the median where there is one. */
function compared(what: string, late: number[], peer: number[] | undefined, isWanted: boolean): Row[] {
  return [0.5, 0.99].map((share): Row => {
    const value = percentile(late, share)
    const row: Row = { figure: `${what}, p${share * 100}`, value, unit: 'ms' }
    if (peer !== undefined) row.beside = { what: 'Alertmanager’s Slack receiver', value: percentile(peer, share) }
    const target = isWanted && share === 0.5 ? times(value, row.beside?.value, 2, 'at most') : undefined
    return target ? { ...row, target } : row
  })
}

async function toMessages(
  slack: RecordingSlack,
  to: Intake,
  bodyOf: typeof webhookBody,
  { perSecond, count, severity, tag }: { perSecond: number; count: number; severity: string; tag: string },
): Promise<Latencies> {
  const from = slack.calls.length
  const sent = new Map<string, number>()
  const group = (index: number) => `${tag}${index}`
  await openLoop(to, {
    ...{ perSecond, count },
    body: (index) => bodyOf([{ group: group(index), instance: '10.0.0.1:9100', severity }]),
    sent: (index, at) => sent.set(group(index), performance.timeOrigin + at),
  })
  const heard = () => {
    const firsts: { room: Map<string, number>; page: Map<string, number> } = { room: new Map(), page: new Map() }
    for (const call of slack.calls.slice(from)) {
      const kind = kindOf(call)
      const about = new RegExp(`\\b${tag}\\d+`).exec(`${slack.nameOf(call.channel)} ${call.text}`)?.[0]
      if (kind === null || about === undefined || firsts[kind].has(about)) continue
      firsts[kind].set(about, call.at)
    }
    return firsts
  }
  const everybodyTold = () => {
    const { room, page } = heard()
    return room.size >= count && (to.path.includes('v2') || severity === 'info' || page.size >= count)
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
