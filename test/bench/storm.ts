// A storm: 5,000 alerts in ten seconds over fifty groups. One room for each, its first message soon, edits few, nothing lost.
import type { Db } from '../../src/store/db.ts'
import { startAlertmanager } from './alertmanager.ts'
import { apiBody, type BenchAlert, webhookBody } from './alerts.ts'
import { startBot } from './bot.ts'
import { type Server, settled } from './database.ts'
import { atMost, percentile, type Row, type Section } from './figures.ts'
import { webhookOf } from './intake.ts'
import { openLoop } from './load.ts'
import { type Call, RecordingSlack } from './slack.ts'
import { pause } from './waiting.ts'

const groups = 50
const perSecond = 500
const count = 5_000

export async function stormSection(server: Server): Promise<Section> {
  const slack = await RecordingSlack.start()
  const { url, db } = await server.fresh('storm')
  const bot = await startBot(url, slack.url())
  await pause(2_000)
  const idle = bot.rss()
  const peer = await alertmanagerStorm()
  const { sent, load } = await storm(webhookOf(bot.url), webhookBody, 'first')
  const peak = bot.rss()
  const ended = performance.now()
  const done = await settled(db, 30_000)
  const caughtUp = (performance.now() - ended) / 1000
  const after = bot.rss()
  const lost = count - (await stored(db))
  const firsts = firstMessages(slack, sent)
  const calls = callsOf(slack)
  const again = await storm(webhookOf(bot.url), webhookBody, 'second')
  await settled(db, 30_000)
  const later = firstMessages(slack, again.sent)
  await bot.stop()
  await slack.stop()
  const rows: Row[] = [
    row('alerts answered 202 and stored', count - lost, '', count),
    { figure: 'alerts lost', value: lost, unit: '', ...target(atMost(lost, 0, '')) },
    { ...row('answer to an alert, p99', percentile(load.latencies, 0.99), 'ms'), ...beside(peer?.answers, 0.99) },
    ...calls,
    late('first message, p50', firsts, 0.5, peer?.firsts),
    late('first message, p99', firsts, 0.99, peer?.firsts, 100),
    late('first message in the next storm, p50', later, 0.5, peer?.firsts),
    late('first message in the next storm, p99', later, 0.99, peer?.firsts, 100),
    { figure: 'until everything was told, after the last alert', value: caughtUp, unit: 's' },
    { figure: 'memory, idle', value: idle, unit: 'MiB', ...target(atMost(idle, 150, 'MiB')) },
    { figure: 'memory, at the last alert', value: peak, unit: 'MiB', ...target(atMost(peak, 250, 'MiB')) },
    { figure: 'memory, after it', value: after, unit: 'MiB', ...target(atMost(after, 250, 'MiB')) },
  ]
  const notes = [
    '“beside it” is Alertmanager’s Slack receiver with group_wait 0s, group_interval 1s, in its first storm',
    'the bot was started for this: the next storm comes to the same process, whose code has run before',
  ]
  if (!done) notes.push('30 s after the last alert, jobs still waited')
  return {
    title: `Storm: ${count.toLocaleString('en')} alerts in ${count / perSecond} s over ${groups} groups`,
    rows,
    notes,
  }
}

async function storm(to: Parameters<typeof openLoop>[0], bodyOf: (alerts: BenchAlert[]) => string, name: string) {
  const sent = new Map<string, number>()
  const group = (index: number) => `${name}${index % groups}`
  const load = await openLoop(to, {
    ...{ perSecond, count },
    body: (index) => bodyOf([{ group: group(index), instance: `10.0.0.1:${index}`, severity: 'critical' }]),
    sent: (index, at) => void (sent.has(group(index)) || sent.set(group(index), performance.timeOrigin + at)),
  })
  return { sent, load }
}

async function alertmanagerStorm() {
  const slack = await RecordingSlack.start()
  const peer = await startAlertmanager({ slackUrl: slack.url('webhook'), groupInterval: '1s' })
  if (peer === null) {
    await slack.stop()
    return null
  }
  const { sent, load } = await storm(peer.intake, apiBody, 'first')
  await pause(1_500)
  await peer.stop()
  await slack.stop()
  return { answers: load.latencies, firsts: firstMessages(slack, sent) }
}

/** Milliseconds from the first alert of each group to the first message about it. */
function firstMessages(slack: RecordingSlack, sent: Map<string, number>): number[] {
  const first = new Map<string, number>()
  for (const call of slack.calls) {
    if (!inRoom(call)) continue
    const group = /\b(first|second)\d+/.exec(`${slack.nameOf(call.channel)} ${call.text}`)?.[0]
    if (group !== undefined && sent.has(group) && !first.has(group)) first.set(group, call.at)
  }
  return [...first].map(([group, at]) => at - (sent.get(group) ?? Number.NaN))
}

function inRoom({ method, channel }: Call): boolean {
  return method === 'webhook' || (method === 'chat.postMessage' && channel.startsWith('C0ROOM'))
}

/** Rooms, the most edits of one within any second, and all that was said. */
function callsOf(slack: RecordingSlack): Row[] {
  const byRoom = new Map<string, number[]>()
  for (const { channel, at } of slack.of('chat.update')) byRoom.set(channel, [...(byRoom.get(channel) ?? []), at])
  const rooms = [...byRoom].filter(([channel]) => channel.startsWith('C0ROOM')).map(([, times]) => mostInASecond(times))
  const most = Math.max(0, ...rooms)
  return [
    row('rooms opened', slack.of('conversations.create').length, '', groups),
    { figure: 'most edits of one room within a second', value: most, unit: '', ...target(atMost(most, 1, '')) },
    row('edits altogether', slack.of('chat.update').length, ''),
    row('messages altogether', slack.of('chat.postMessage').length, ''),
  ]
}

function mostInASecond(times: number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
}

async function stored(db: Db): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*)::int as count from alerts')
  return rows[0]?.count ?? 0
}

function row(figure: string, value: number, unit: string, wanted?: number): Row {
  return {
    figure,
    value,
    unit,
    ...(wanted !== undefined && { target: { text: `= ${wanted}`, met: value === wanted } }),
  }
}

function late(figure: string, firsts: number[], share: number, peer: number[] | undefined, most?: number): Row {
  const value = percentile(firsts, share)
  return {
    figure,
    value,
    unit: 'ms',
    ...beside(peer, share),
    ...(most !== undefined && target(atMost(value, most, 'ms'))),
  }
}

function beside(values: number[] | undefined, share: number): Pick<Row, 'beside'> {
  return values === undefined ? {} : { beside: { what: 'Alertmanager', value: percentile(values, share) } }
}

function target(wanted: Row['target']): Pick<Row, 'target'> {
  return wanted === undefined ? {} : { target: wanted }
}
