// The whole bot on a real PostgreSQL, with a clock that is moved by hand and a chat that records. Time passes from one
// due instant to the next, in order, in milliseconds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOnce } from 'graphile-worker'
import { assemble } from '../../src/app.ts'
import type { Bot } from '../../src/bot.ts'
import { makeDispatch } from '../../src/chat/dispatch.ts'
import { ManualClock } from '../../src/clock.ts'
import { loadConfig } from '../../src/config/load.ts'
import { decideDue } from '../../src/flow/escalate.ts'
import { Intake } from '../../src/flow/intake.ts'
import { rescuePages } from '../../src/flow/pages.ts'
import { reroutePages } from '../../src/flow/reroute.ts'
import { endStepTimers } from '../../src/flow/steps.ts'
import { remindUpdates } from '../../src/flow/updates.ts'
import { makeLog } from '../../src/log.ts'
import { pagersOf } from '../../src/pagers/index.ts'
import type { Library } from '../../src/runbooks/library.ts'
import { sources } from '../../src/sources/index.ts'
import { nextDueAt } from '../../src/store/incidents.ts'
import { type IncidentView, incidentView } from '../../src/store/views.ts'
import { tasksOf } from '../../src/worker/jobs.ts'
import { graphileLogger } from '../../src/worker/logger.ts'
import { pageQueue } from '../../src/worker/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { type Queue, Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { freshDatabase } from '../database.ts'
import { RecordingChat } from './recording-chat.ts'

export const minute = 60_000

/** A Monday morning in Berlin: 10:00 there. */
export const monday = '2026-03-02T09:00:00Z'

export const team = `
team: Checkout
zone: Europe/Berlin
people:
  ada: { name: Ada Lovelace, slack: U-ADA }
  grace: { name: Grace Hopper, slack: U-GRACE }
  linus: { name: Linus, slack: U-LINUS }
schedules:
  primary: { zone: Europe/Berlin, rotation: { people: [ada, grace], every: week, starts: 2026-03-02, handover: "Mon 09:00" } }
  secondary: { zone: Europe/Berlin, rotation: { people: [linus], every: week, starts: 2026-03-02, handover: "Mon 09:00" } }
policies:
  default:
    rounds: 2
    steps:
      - { page: "schedule:primary", wait: 5m }
      - { page: "schedule:secondary", wait: 10m }
    last_resort: { people: [grace], every: 10m }
severities:
  P1: { policy: default, clocks: { respond: 15m, resolve: 4h } }
  P2: { policy: default }
sources:
  alertmanager: { token: secret }
  generic: { token: secret }
`

export type World = {
  bot: Bot
  clock: ManualClock
  chat: RecordingChat
  library: Library
  intake: Intake
  /** A generic alert of service checkout, severity critical unless said otherwise. */
  fire(alert?: Record<string, unknown>): Promise<void>
  clear(alert?: Record<string, unknown>): Promise<void>
  deliver(kind: string, body: unknown): Promise<void>
  /** Sends every page, tells every room and runs every job that waits, and what they leave. */
  settle(): Promise<void>
  /** Decides what is due now, and leaves it waiting to be told. */
  decide(): Promise<void>
  /** One attempt at all that waits; what fails waits on. */
  attemptJobs(): Promise<void>
  /** Answers how many pages were forgotten. */
  audit(): Promise<number>
  /** Lets time pass, deciding at each due instant on the way. */
  pass(milliseconds: number): Promise<void>
  view(incident?: number): Promise<IncidentView>
  stop(): Promise<void>
}

export async function world(options: { yaml?: string; start?: string; clock?: ManualClock } = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-world-'))
  writeFileSync(join(folder, 'tocsin.yaml'), options.yaml ?? team)
  const config = loadConfig({ TOCSIN_CONFIG: join(folder, 'tocsin.yaml') }, { cwd: folder })
  const database = await freshDatabase()
  const clock = options.clock ?? new ManualClock(options.start ?? monday)
  const log = makeLog({ level: process.env.WORLD_LOG ?? 'silent', file: null })
  const { bot, library } = await assemble(config, { db: database.db, clock, log })
  const chat = new RecordingChat('slack', clock)
  bot.platforms.splice(0, bot.platforms.length, chat)
  bot.channels.slack = { incidents: '#incidents', alerts: '#alerts' }
  await chat.start({ dispatch: makeDispatch(bot), standing: () => {} })
  const intake = new Intake(bot)
  const deliver = async (kind: string, body: unknown) => {
    const source = sources[kind]
    if (!source) throw new Error(`no source ${kind}`)
    const { alerts, rejected } = source.parse(body, clock.now())
    if (rejected.length > 0) throw new Error(rejected[0]?.reason)
    await intake.accept({ alerts }, 'trace')
  }
  const alert = (given: Record<string, unknown>) => ({
    title: 'Checkout is down',
    service: 'checkout',
    severity: 'critical',
    ...given,
  })
  const settle = () => runJobs(bot)
  const decide = async () => {
    while ((await decideDue(bot)).more);
    await reroutePages(bot)
    await remindUpdates(bot)
    await endStepTimers(bot)
  }
  return {
    ...{ bot, clock, chat, intake, deliver, settle, decide, library },
    attemptJobs: async () => void (await attemptJobs(bot)),
    audit: () =>
      rescuePages(
        bot,
        pagersOf(bot).map((pager) => pager.name),
      ),
    fire: (given = {}) => deliver('generic', { status: 'firing', ...alert(given) }),
    clear: (given = {}) => deliver('generic', { status: 'resolved', ...alert(given) }),
    async pass(milliseconds) {
      const until = new Date(clock.now().getTime() + milliseconds)
      await settle()
      for (let due = await nextInstant(bot); due !== null && due <= until; due = await nextInstant(bot)) {
        if (due > clock.now()) clock.set(due)
        await decide()
        await settle()
      }
      clock.set(until)
      await settle()
    },
    async view(incident = 1) {
      const view = await incidentView(bot.db, incident)
      if (view === null) throw new Error(`no incident ${incident}`)
      return view
    },
    async stop() {
      await bot.charts.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** When something is next to be decided, or a page that was written ahead is due. */
async function nextInstant(bot: Bot): Promise<Date | null> {
  const { rows } = await bot.db.query<{ at: Date | null }>(
    "select least((select min(due_at) from pages where status = 'due'), (select min(remind_at) from update_reminders), (select min(timer_until) from runbook_steps)) as at",
  )
  const [decision, page] = [await nextDueAt(bot.db), rows[0]?.at ?? null]
  return decision === null || (page !== null && page < decision) ? page : decision
}

/** The senders' own queues, worked off until nothing is left; a delay is over at once. */
async function runJobs(bot: Bot): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    if (!(await attemptJobs(bot))) return
  }
  throw new Error('the work never comes to an end')
}

/** More than any scenario has to send. */
const atATime = 1_000

/** False: there was nothing to do. */
async function attemptJobs(bot: Bot): Promise<boolean> {
  const now = bot.clock.now()
  await bot.db.query(
    "update pages set try_at = $1 where status = 'due' and attempts > 0 and try_at > $1 and due_at <= $1",
    [now],
  )
  await bot.db.query('update deliveries set wake_at = $1 where holder is null and wake_at > $1', [now])
  const holder = new Holder('world')
  const how = () => ({ width: new Width(atATime, atATime), traffic: new Traffic() })
  const queues: Queue[] = [
    ...pagersOf(bot).map((pager) => pageQueue(bot, pager, holder, how())),
    ...bot.platforms.map((platform) => roomQueue(bot, platform, holder, { ...how(), patient: false })),
  ]
  let done = 0
  for (const queue of queues) {
    for (const work of (await queue.claim(atATime)).claimed) {
      await work({ leave: () => {} })
      done++
    }
  }
  const { rows } = await bot.db.query<{ left: number }>(
    'select count(*)::int as left from graphile_worker._private_jobs where attempts < max_attempts',
  )
  const jobs = rows[0]?.left ?? 0
  if (jobs > 0) {
    await bot.db.query('update graphile_worker._private_jobs set run_at = current_timestamp where locked_at is null')
    await doJobs(bot, 2)
  }
  return done + jobs > 0
}

/** Does the jobs that wait. When it resolves the database has heard so: by itself, graphile-worker goes on before that. */
export async function doJobs(bot: Bot, concurrency: number): Promise<void> {
  const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } }
  const how = { concurrency, preset, noHandleSignals: true, logger: graphileLogger(bot.log) }
  await runOnce({ pgPool: bot.db.pool, taskList: tasksOf(bot), ...how })
}
