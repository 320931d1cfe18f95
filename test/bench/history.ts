// What years of incidents cost: intake beside an empty database, and every question that people and the bot ask often.
import { listActions, openActions } from '../../src/store/actions.ts'
import { lastAlerts } from '../../src/store/alert-names.ts'
import { knownAlerts } from '../../src/store/alerts.ts'
import { unsentPages, waitingAfter } from '../../src/store/audit.ts'
import { lastSeal, unsealed } from '../../src/store/chain.ts'
import { board, lastPosts, messages, openPages, openQuestions } from '../../src/store/console.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import * as digest from '../../src/store/digest.ts'
import { openIncidentCounts, queueFigures } from '../../src/store/figures.ts'
import { firingAlerts, joinable, lockDueIncidents, nextDueAt, openIncidents } from '../../src/store/incidents.ts'
import * as lookBack from '../../src/store/look-back.ts'
import { runbookFigures } from '../../src/store/runbook-figures.ts'
import { serviceChangesBetween } from '../../src/store/service-changes.ts'
import { precisionOf } from '../../src/store/verdicts.ts'
import {
  deliveryViews,
  incidentView,
  listIncidents,
  roomByChannel,
  roomView,
  tellingViews,
} from '../../src/store/views.ts'
import { webhookBody } from './alerts.ts'
import { startBot } from './bot.ts'
import { type Server, settled } from './database.ts'
import { atMost, percentile, type Row, type Section } from './figures.ts'
import { mixed, webhookOf } from './intake.ts'
import { closedLoop, type Load } from './load.ts'
import { past, seedPast } from './past.ts'

const rounds = 3
const seconds = 2
const askedEach = 100
/** Months are read in many statements, each of which is measured. */
const lookedBackEach = 5
const day = 24 * 3_600_000

export async function historySection(server: Server): Promise<Section> {
  const full = await server.fresh('history')
  const empty = await server.fresh('history_none')
  const bots = { full: await startBot(full.url, null), empty: await startBot(empty.url, null) }
  const now = new Date()
  const begun = performance.now()
  await openFirst(bots.full.url, full.db)
  await seedPast(full.db, now)
  const seeded = (performance.now() - begun) / 1000
  const slowest = [...(await askAll(full.db, now)), ...(await lookBackOnAll(full.db, now))]
  const whole = await answersOf(bots.full.url, ['/api/v1/digest', '/api/v1/runbooks'])
  const rows: Row[] = []
  for (const [connections, alertsEach] of [
    [32, 1],
    [8, 64],
  ] as const) {
    const how = { connections, alertsEach }
    const rate = await compared(how, bots.full.url, bots.empty.url)
    const ratio = rate.empty / rate.full
    rows.push({
      figure: `${connections} connections × ${alertsEach}: taken`,
      ...{ value: rate.full, unit: 'alerts/s', beside: { what: 'empty database', value: rate.empty } },
      target: { text: 'at most 1.2× slower', met: ratio <= 1.2 },
    })
  }
  await Promise.all([bots.full.stop(), bots.empty.stop()])
  for (const [name, times] of slowest) {
    const value = percentile(times, 0.99)
    const target = atMost(value, 50, 'ms')
    rows.push({ figure: `${name}, p99`, value, unit: 'ms', ...(target && { target }) })
  }
  for (const [path, times] of whole)
    rows.push({ figure: `GET ${path}, as a whole, p50`, value: percentile(times, 0.5), unit: 'ms' })
  const size = `${(past.incidents * past.alertsEach).toLocaleString('en')} alerts, ${past.incidents.toLocaleString('en')} incidents`
  return { title: `History: ${size}`, rows, notes: [`seeded in ${seeded.toFixed(0)} s; each query ${askedEach} times`] }
}

async function openFirst(url: string, db: Db): Promise<void> {
  const to = webhookOf(url)
  const body = webhookBody([{ group: 'past', instance: '10.0.0.1:9100', severity: 'critical' }])
  const answer = await fetch(`${to.url}${to.path}`, { method: 'POST', headers: to.headers, body })
  if (!answer.ok) throw new Error(`the bot did not take the first alert: ${answer.status}`)
  if (!(await settled(db, 20_000))) throw new Error('the first incident never came to rest')
}

/** Alternating, so that both see the same machine. Alerts a second. */
async function compared(how: { connections: number; alertsEach: number }, full: string, empty: string) {
  const loads = { full: [] as Load[], empty: [] as Load[] }
  const alerts = { full: mixed('warning'), empty: mixed('warning') }
  const urls = { full, empty }
  for (let round = 0; round <= rounds; round++) {
    for (const which of ['empty', 'full'] as const) {
      const body = () => webhookBody(alerts[which](how.alertsEach))
      const load = await closedLoop(webhookOf(urls[which]), { ...how, seconds, body })
      // The first round warms up.
      if (round > 0) loads[which].push(load)
    }
  }
  const rate = (all: Load[]) => all.reduce((sum, l) => sum + l.alerts, 0) / all.reduce((sum, l) => sum + l.seconds, 0)
  return { full: rate(loads.full), empty: rate(loads.empty) }
}

/** Milliseconds of each question, by what it is. */
async function askAll(db: Db, now: Date): Promise<[string, number[]][]> {
  const asked: [string, number[]][] = []
  for (const [name, ask] of Object.entries(questions(now))) {
    const times: number[] = []
    for (let i = 0; i < askedEach; i++) {
      const begun = performance.now()
      await ask(db, 1 + Math.floor((past.incidents * (i + 0.5)) / askedEach))
      times.push(performance.now() - begun)
    }
    asked.push([name, times])
  }
  return asked
}

/** Milliseconds of each statement by which people and the bot look back on weeks and months. */
async function lookBackOnAll(db: Db, now: Date): Promise<[string, number[]][]> {
  const asked: [string, number[]][] = []
  for (const [name, ask] of Object.entries(lookBacks(now))) {
    const times: number[] = []
    for (let i = 0; i < lookedBackEach; i++) await ask(stopwatch(db, times))
    asked.push([`${name}, each statement`, times])
  }
  return asked
}

/** The same database, noting how long each statement took. */
function stopwatch(db: Db, times: number[]): Db {
  const timed = (q: Queryable): Queryable => ({
    async query(text, values) {
      const begun = performance.now()
      try {
        return await q.query(text, values)
      } finally {
        times.push(performance.now() - begun)
      }
    },
  })
  return { ...db, ...timed(db), tx: (work) => db.tx((q) => work(timed(q))) }
}

/** Milliseconds until each of these was answered. */
async function answersOf(url: string, paths: string[]): Promise<[string, number[]][]> {
  const answered: [string, number[]][] = []
  for (const path of paths) {
    const times: number[] = []
    for (let i = 0; i < lookedBackEach; i++) {
      const begun = performance.now()
      const answer = await fetch(`${url}${path}`)
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
      await answer.text()
      times.push(performance.now() - begun)
    }
    answered.push([path, times])
  }
  return answered
}

function lookBacks(now: Date): Record<string, (db: Db) => Promise<unknown>> {
  const back = (days: number) => ({ from: new Date(now.getTime() - days * day), until: now, services: null })
  return {
    'digest: opened': (q) => digest.openedCounts(q, back(7)),
    'digest: responses': (q) => digest.responses(q, back(7), now),
    'digest: noisiest alerts': (q) => digest.noisiestAlerts(q, back(7), 5),
    'digest: missing post-mortems': (q) => digest.missingPostmortems(q, back(7), 10),
    'digest: habits of four weeks': (q) => lookBack.incidentsLookedAt(q, back(28)),
    'digest: what flapped': (q) => lookBack.flappingAlerts(q, back(7), { times: 3, limit: 3 }),
    'digest: pages': (q) => lookBack.pagesSent(q, back(7)),
    'digest: failures of 90 days': (q) => lookBack.failuresIn(q, back(90)),
    'digest: deployments': (q) => lookBack.deploymentsIn(q, back(7), 2 * 3_600_000),
    'digest: precision': (q) => precisionOf(q, back(7)),
    'digest: open action items': (q) => openActions(q, 5),
    'runbooks: figures of 90 days': (q) => runbookFigures(q, back(90)),
    'runbooks: figures of a year': (q) => runbookFigures(q, back(365)),
    // The first time all there is is read, years of it.
    'runbooks: when alerts came last': (q) => lastAlerts(q, ['Slow_1'], now),
    'list of action items': (q) => listActions(q, { statuses: [], limit: 100 }),
    'list of changes in a month': (q) => serviceChangesBetween(q, { ...back(30), limit: 200 }),
  }
}

/** Each is asked about incidents all over the past. */
function questions(now: Date): Record<string, (db: Db, incident: number) => Promise<unknown>> {
  const reopened = new Date(now.getTime() - 15 * 60_000)
  const identities = (incident: number) =>
    Array.from({ length: 64 }, (_, i) => ({ source: 'alertmanager', fingerprint: `${incident}-${i}` }))
  const tenFrom = (incident: number) => Array.from({ length: 10 }, (_, i) => incident + i)
  const locking = (work: (q: Queryable) => Promise<unknown>) => (db: Db) => db.tx(work)
  return {
    'intake: 64 alerts known': (q, n) => knownAlerts(q, identities(n), ['severity', 'priority', 'level']),
    'intake: 50 keys joinable': (q, n) =>
      joinable(
        q,
        Array.from({ length: 50 }, (_, i) => `past ${n + i}`),
        reopened,
      ),
    'intake: firing alerts counted': (q, n) => firingAlerts(q, [n]),
    'due loop: what is due': locking((q) => lockDueIncidents(q, now, 200)),
    'due loop: next instant': (q) => nextDueAt(q),
    'auditor: what waits': (q) => waitingAfter(q, 0, 100),
    'auditor: unsent pages': (q) => unsentPages(q, now),
    'seals: entries without one': async (q) => unsealed(q, (await lastSeal(q))?.settled ?? 0, 1_000),
    'list of incidents': (q) => listIncidents(q, { limit: 50 }),
    'list, second page': (q, n) => listIncidents(q, { limit: 50, before: n }),
    'list, open ones': (q) => listIncidents(q, { limit: 50, statuses: ['open', 'acknowledged'] }),
    'list, P1 of a service': (q, n) =>
      listIncidents(q, { limit: 50, severities: ['P1'], service: `service-${n % 200}` }),
    'list, service without any': (q) => listIncidents(q, { limit: 50, service: 'never-seen' }),
    'open incidents': (q) => openIncidents(q),
    'one incident with everything': (q, n) => incidentView(q, n),
    'the same, as a room shows it': (q, n) => roomView(q, n),
    'pages: ten incidents as they are told': (q, n) => tellingViews(q, tenFrom(n)),
    'rooms: ten incidents as they are told': (q, n) => deliveryViews(q, 'console', tenFrom(n)),
    'room by channel': (q, n) => roomByChannel(q, 'console', `incidentsX${n}`),
    'console: board': (q) => board(q, 50),
    'console: messages of a room': (q, n) => messages(q, `incidentsX${n}`, 50),
    'console: last posts': (q, n) => lastPosts(q, [`incidentsX${n}`]),
    'console: open pages of a person': (q, n) => openPages(q, `p${n % 20}`, now),
    'console: questions to a person': (q, n) => openQuestions(q, `p${n % 20}`),
    'metrics: open incidents': (q) => openIncidentCounts(q),
    'metrics: queue': (q) => queueFigures(q, ['console'], now),
    'digest: open incidents': (q) => digest.openIncidents(q, 10),
  }
}
