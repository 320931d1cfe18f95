// How many alerts a second are taken, each answered only after it is committed; beside Alertmanager, which keeps them in memory.
import { howToInstall, startAlertmanager } from './alertmanager.ts'
import { apiBody, type BenchAlert, webhookBody } from './alerts.ts'
import { startBot, token } from './bot.ts'
import type { Server } from './database.ts'
import { percentile, type Row, type Section, times } from './figures.ts'
import { closedLoop, type Intake, type Load } from './load.ts'

const rounds = 2
const seconds = 2.5
const groups = 50
/** Half of the alerts repeat one of these. */
const known = 1_000

export function webhookOf(url: string): Intake {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return { url, path: '/alerts/alertmanager', headers, accepted: 202 }
}

/** Half new, half repeated, over fifty groups. */
export function mixed(severity: string): (count: number) => BenchAlert[] {
  let next = known
  let turn = 0
  const alert = (index: number) => ({ group: `svc-${index % groups}`, instance: `10.0.0.1:${index}`, severity })
  return (count) => Array.from({ length: count }, () => alert(turn++ % 2 === 0 ? next++ : (turn * 7) % known))
}

export async function intakeSection(server: Server): Promise<Section> {
  const rows: Row[] = []
  const notes: string[] = []
  for (const [connections, alertsEach] of [
    [32, 1],
    [8, 64],
  ] as const) {
    const name = `${connections} connections × ${alertsEach}`
    const measured = await sideBySide(server, `${connections}_${alertsEach}`, { connections, alertsEach })
    const rate = (load: Load) => load.alerts / load.seconds
    const peer = measured.alertmanager
    const beside = (value: (load: Load) => number) =>
      peer === null ? {} : { beside: { what: 'Alertmanager, in memory', value: value(peer) } }
    const tocsin = rate(measured.rooms)
    rows.push(
      {
        figure: `${name}: taken`,
        ...{ value: tocsin, unit: 'alerts/s', ...beside(rate) },
        target: times(tocsin, peer === null ? undefined : rate(peer), 0.5, 'at least'),
      } as Row,
      ...([0.5, 0.99] as const).map((share) => ({
        figure: `${name}: p${share * 100}`,
        ...{ value: percentile(measured.rooms.latencies, share), unit: 'ms' },
        ...beside((load) => percentile(load.latencies, share)),
      })),
      { figure: `${name}: taken, nobody told (P4)`, value: rate(measured.recorded), unit: 'alerts/s', ...beside(rate) },
    )
    const failed = measured.rooms.failed + measured.recorded.failed + (peer?.failed ?? 0)
    if (failed > 0) notes.push(`${name}: ${failed} requests failed`)
    if (peer === null && notes.length === 0) notes.push(howToInstall)
  }
  notes.push(
    'half new, half repeated, 50 groups; Tocsin answers after the commit (fsync on), Alertmanager forgets at exit',
  )
  return { title: 'Intake over HTTP', rows, notes }
}

type Case = { connections: number; alertsEach: number }

/** Alternating, so that all of them see the same machine. */
async function sideBySide(server: Server, name: string, how: Case) {
  const peer = await startAlertmanager({ slackUrl: null })
  const withRooms = await startBot((await server.fresh(`intake_${name}`)).url, null)
  const recording = await startBot((await server.fresh(`intake_${name}_p4`)).url, null)
  const [warning, none, peers] = [mixed('warning'), mixed('none'), mixed('warning')]
  const run = (to: Intake, body: () => string, time = seconds) =>
    closedLoop(to, { connections: how.connections, alertsEach: how.alertsEach, seconds: time, body })
  const rooms = () => run(webhookOf(withRooms.url), () => webhookBody(warning(how.alertsEach)))
  const recorded = () => run(webhookOf(recording.url), () => webhookBody(none(how.alertsEach)))
  const alertmanager = peer && (() => run(peer.intake, () => apiBody(peers(how.alertsEach))))
  for (const warmUp of [rooms, recorded]) await warmUp()
  const loads = { rooms: [] as Load[], recorded: [] as Load[], alertmanager: [] as Load[] }
  for (let round = 0; round < rounds; round++) {
    if (alertmanager) loads.alertmanager.push(await alertmanager())
    loads.recorded.push(await recorded())
    loads.rooms.push(await rooms())
  }
  await Promise.all([peer?.stop(), withRooms.stop(), recording.stop()])
  return {
    rooms: together(loads.rooms),
    recorded: together(loads.recorded),
    alertmanager: peer === null ? null : together(loads.alertmanager),
  }
}

function together(loads: Load[]): Load {
  const sum = (value: (load: Load) => number) => loads.reduce((total, load) => total + value(load), 0)
  return {
    requests: sum((load) => load.requests),
    alerts: sum((load) => load.alerts),
    failed: sum((load) => load.failed),
    seconds: sum((load) => load.seconds),
    latencies: loads.flatMap((load) => load.latencies),
  }
}
