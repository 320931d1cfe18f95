// The job queue (graphile-worker), for what is slow and rare: charts, drafts of post-mortems, the digest.
import { EventEmitter } from 'node:events'
import { type Runner, type RunnerOptions, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Bot } from '../bot.ts'
import { within } from '../clock.ts'
import { type Job, type JobOf, jobKey, type Timing, taskName } from '../core/job.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { annotateDashboards } from '../flow/annotations.ts'
import { drawAsked } from '../flow/asked-charts.ts'
import { mailDigest, postDigest } from '../flow/digest.ts'
import { drawCharts } from '../flow/evidence.ts'
import { gatherEvidence } from '../flow/inquiry.ts'
import { keepMessage } from '../flow/keep.ts'
import { draftPostmortem } from '../flow/postmortem.ts'
import { record } from '../flow/record.ts'
import { delayAfter, isPassing } from '../flow/retry.ts'
import { runStep } from '../flow/step-queries.ts'
import { jobsFailed } from '../metrics.ts'
import { addJobs } from '../store/changes.ts'
import { graphileLogger } from './logger.ts'
import type { Presence } from './presence.ts'

/** Two may wait for logs that hang, and one for Grafana: the others draw and write all the same. */
const concurrency = 5
/** At half a minute each, most of a working day: longer than any outage worth waiting out. */
const mostAttempts = 1_000

/** What does each job, by the queue's name for it. */
export function tasksOf(bot: Bot): TaskList {
  const inTurn = takingTurns(bot)
  const task: Task = (payload) => attempt(bot, payload as Job & Timing, inTurn)
  const own = [
    'draw_chart',
    'gather_evidence',
    'draft_postmortem',
    'annotate_dashboards',
    'run_step',
    'mail_digest',
  ] as const
  const names = [
    ...own.map((name) => taskName({ platform: null, task: name })),
    ...bot.platforms.flatMap(({ name: platform }) =>
      (['post_digest', 'keep_message', 'draw_asked'] as const).map((task) => taskName({ platform, task })),
    ),
  ]
  return Object.fromEntries(names.map((name) => [name, task]))
}

type InTurn = (job: JobOf<'gather_evidence' | 'run_step' | 'draw_asked'>, work: () => Promise<void>) => Promise<void>

async function perform(bot: Bot, job: Job, inTurn: InTurn): Promise<void> {
  switch (job.task) {
    case 'draw_chart':
      return drawCharts(bot, job)
    case 'gather_evidence':
      return inTurn(job, () => gatherEvidence(bot, job))
    case 'run_step':
      return inTurn(job, () => runStep(bot, job))
    case 'draw_asked': {
      const platform = bot.platforms.find(({ name }) => name === job.platform)
      if (platform !== undefined) await inTurn(job, () => drawAsked(bot, platform, job))
      return
    }
    case 'draft_postmortem':
      await draftPostmortem(bot, job.incident)
      return
    case 'annotate_dashboards':
      return annotateDashboards(bot, job.incident)
    case 'post_digest': {
      const platform = bot.platforms.find(({ name }) => name === job.platform)
      if (platform !== undefined) await postDigest(bot, platform, job.week, job.digest)
      return
    }
    case 'keep_message': {
      const platform = bot.platforms.find(({ name }) => name === job.platform)
      if (platform !== undefined) await keepMessage(bot, platform, job)
      return
    }
    case 'mail_digest':
      return mailDigest(bot, job.week, job.digest, job.to)
    default:
      return job satisfies never
  }
}

/** Gatherings under way in this process: each may wait for seconds for somebody who does not answer. */
const mostGatherings = 2

/** Milliseconds between the turns of those that wait, and the longest that one is sent away for. */
const between = 500
const longestWait = 60_000

/**
 * Never takes the queue's last free hand: charts are drawn however many logs hang. Those that wait come back one after the
 * other: in a storm they would otherwise keep that hand, and the database, busy with being sent away. What a person asked for
 * does not wait behind them.
 */
function takingTurns(bot: Bot): InTurn {
  let gatherings = 0
  let lastTurn = 0
  return async (job, work) => {
    if (gatherings >= mostGatherings) {
      const now = bot.clock.now()
      if (job.task !== 'gather_evidence') return addJobs(bot.db, [{ ...job, delay: between }], now)
      lastTurn = Math.min(Math.max(lastTurn, now.getTime()) + between, now.getTime() + longestWait)
      return addJobs(bot.db, [{ ...job, delay: lastTurn - now.getTime() }], now)
    }
    gatherings += 1
    try {
      await work()
    } finally {
      gatherings -= 1
    }
  }
}

/** Milliseconds for a pool that is of no use to end; by itself it does nothing any more. */
const longestEnd = 2_000

/** Starts the queue's worker. Resolves once it works; rejects with nothing left of it. */
export async function startJobs(bot: Bot, presence: Presence): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter()
  // The pool's name is only known once it exists; its first look for jobs waits until the name is held.
  let held = Promise.resolve()
  const atWork = new Set<string>()
  events.on('pool:create', ({ workerPool }) => {
    held = presence.hold(workerPool.id, atWork)
    held.catch(() => {})
  })
  events.on('job:start', ({ job }) => atWork.add(String(job.id)))
  events.on('job:complete', ({ job }) => atWork.delete(String(job.id)))
  const pgPool = gated(bot, () => held)
  const logger = graphileLogger(bot.log)
  const taskList = tasksOf(bot)
  const options = { pgPool, concurrency, events, logger, taskList, noHandleSignals: true, pollInterval: 1_000 }
  const looked = firstLook(events)
  const runner = await run(options satisfies RunnerOptions)
  try {
    await Promise.all([held, looked])
    return runner
  } catch (error) {
    runner.promise.catch(() => {})
    await within(longestEnd, runner.stop()).catch(() => {})
    throw error
  }
}

/**
 * Resolves when a pool has looked for jobs. graphile-worker asks for the numbers of its tasks then, once: a pool that the
 * database failed at that moment never does a job, and does not say so.
 */
function firstLook(events: WorkerEvents): Promise<void> {
  const looked = new Promise<void>((resolve, reject) => {
    events.once('worker:getJob:empty', () => resolve())
    events.once('job:start', () => resolve())
    events.once('worker:getJob:error', ({ error }) => reject(error))
  })
  looked.catch(() => {})
  return looked
}

/** Runs one attempt. What may work later is put back with a bounded delay instead of graphile-worker's exponential one. */
async function attempt(bot: Bot, payload: Job & Timing, inTurn: InTurn): Promise<void> {
  const { attempt: count = 1, ...job } = payload
  try {
    await perform(bot, job, inTurn)
  } catch (error) {
    jobsFailed.inc({ task: job.task })
    const context = { job: jobKey(job), attempt: count, reason: reasonOf(error) }
    if (error instanceof PermanentError || count >= mostAttempts) return giveUp(bot, job, context)
    const delay = delayAfter(error, count)
    if (isPassing(error)) bot.log.warn({ ...context, delay }, 'job will be tried again')
    else
      bot.log.error({ ...context, delay, err: error }, 'job failed for a reason nobody foresaw; it will be tried again')
    await addJobs(bot.db, [{ ...job, delay, attempt: count + 1 }], bot.clock.now())
  }
}

/** It cannot work as things are: said in the log and on the incident's timeline. */
async function giveUp(bot: Bot, job: Job, context: { job: string; attempt: number; reason: string }): Promise<void> {
  bot.log.error(context, 'job given up')
  if (!('incident' in job) || job.incident === null) return
  const { incident } = job
  const what = job.task.replace('_', ' ')
  const fact = { kind: 'room_degraded', platform: job.platform ?? 'tocsin', what, reason: context.reason } as const
  await bot.db.tx((q) => record(bot, q, incident, [fact]))
}

/** The bot's own connections, handed out only when `ready` says so. */
function gated(bot: Bot, ready: () => Promise<void>): Bot['db']['pool'] {
  const { pool } = bot.db
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') {
        return (callback?: Parameters<typeof target.connect>[0]) =>
          callback
            ? void ready().then(
                () => target.connect(callback),
                (error: Error) => callback(error, undefined, () => {}),
              )
            : ready().then(() => target.connect())
      }
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
