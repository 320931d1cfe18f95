// The workers: one pool for each chat platform, so that one that hangs delays no other, and one for everything else.
import { EventEmitter } from 'node:events'
import { type Runner, type RunnerOptions, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Bot } from '../bot.ts'
import { type ChatJob, chatTasks, type Job, jobKey, type OwnJob, ownTasks } from '../core/job.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { record } from '../flow/record.ts'
import { jobsFailed } from '../metrics.ts'
import { addJobs } from '../store/changes.ts'
import { doChatJob, doOwnJob } from './handlers.ts'
import { graphileLogger } from './logger.ts'
import { Presence } from './presence.ts'

const concurrencyPerPlatform = 6
/** Pages have workers of their own: rooms that a slow platform keeps waiting must not keep pages waiting. */
const pagesAtATime = 3
const ownConcurrency = 2
/** Milliseconds between two attempts. */
const shortestWait = 250
const longestWait = 30_000
/** At half a minute each, most of a working day: longer than any outage worth waiting out. */
const mostAttempts = 1_000

export type Pools = { stop(): Promise<void> }

/** Workers for some tasks of one platform, or for the bot's own (null). */
export type Crew = { platform: string | null; concurrency: number; tasks: TaskList }

export function crewsOf(bot: Bot): Crew[] {
  const own = crew(bot, null, ownTasks, ownConcurrency, (job) => doOwnJob(bot, job as OwnJob))
  const others = chatTasks.filter((task) => task !== 'page_person')
  const chat = bot.platforms.flatMap((platform) => {
    const work = (job: Job) => doChatJob(bot, platform, job as ChatJob)
    return [
      crew(bot, platform.name, ['page_person'], pagesAtATime, work),
      crew(bot, platform.name, others, concurrencyPerPlatform, work),
    ]
  })
  return [own, ...chat]
}

/**
 * Starts all crews, each as soon as its platform is `ready`: one that hangs keeps no other waiting. `died`: one of them gave
 * up, and this process is no longer of use.
 */
export async function startPools(
  bot: Bot,
  ready: (platform: string) => Promise<void>,
  died: (reason: string) => void,
): Promise<Pools> {
  const presence = await Presence.start(bot)
  let stopping = false
  const runners: Runner[] = []
  const begin = async (one: Crew) => {
    if (one.platform !== null) await ready(one.platform)
    const { runner, working } = await startPool(bot, presence, one)
    const name = one.platform ?? 'charts and post-mortems'
    runner.promise.catch(() => {}).finally(() => stopping || died(`the workers for ${name} stopped by themselves`))
    runners.push(runner)
    await working
  }
  const stop = async () => {
    stopping = true
    await Promise.all(runners.map((runner) => runner.stop().catch(() => {})))
    await presence.stop()
  }
  const begun = await Promise.allSettled(crewsOf(bot).map(begin))
  const failed = begun.find((one) => one.status === 'rejected')
  if (failed === undefined) return { stop }
  await stop()
  throw failed.reason
}

/** `working`: rejects when it is of no use, and is to be stopped. */
async function startPool(
  bot: Bot,
  presence: Presence,
  { concurrency, tasks }: Crew,
): Promise<{ runner: Runner; working: Promise<unknown> }> {
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
  const options = { pgPool, concurrency, events, logger, taskList: tasks, noHandleSignals: true, pollInterval: 1_000 }
  const looked = firstLook(events)
  const runner = await run(options satisfies RunnerOptions)
  return { runner, working: Promise.all([held, looked]) }
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

function crew(
  bot: Bot,
  platform: string | null,
  tasks: readonly string[],
  concurrency: number,
  work: (job: Job) => Promise<number>,
): Crew {
  const task: Task = (payload) => attempt(bot, payload as Job, work)
  const named = tasks.map((one) => [`${platform ?? 'tocsin'}:${one}`, task])
  return { platform, concurrency, tasks: Object.fromEntries(named) }
}

/**
 * Runs one attempt. What may work later is put back with a bounded delay instead of graphile-worker's exponential one:
 * after an outage of an hour a page must go out within seconds, not after another hour.
 */
async function attempt(bot: Bot, payload: Job, work: (job: Job) => Promise<number>): Promise<void> {
  const { attempt: count = 1, ...job } = payload
  try {
    const wait = await work(job)
    if (wait > 0) await addJobs(bot.db, [{ ...job, delay: wait }], bot.clock.now())
  } catch (error) {
    jobsFailed.inc({ task: job.task })
    const context = { job: jobKey(job), attempt: count, reason: reasonOf(error) }
    if (error instanceof PermanentError || count >= mostAttempts) return giveUp(bot, job, context)
    const delay = delayAfter(error, job, count)
    if (error instanceof TransientError) bot.log.warn({ ...context, delay }, 'job will be tried again')
    else
      bot.log.error({ ...context, delay, err: error }, 'job failed for a reason nobody foresaw; it will be tried again')
    await addJobs(bot.db, [{ ...job, delay, attempt: count + 1 }], bot.clock.now())
  }
}

/** As long as the other side asks for, else longer each time; but a page is never left alone for long. */
function delayAfter(error: unknown, job: Job, count: number): number {
  const asked = error instanceof TransientError ? error.retryAfter : null
  const delay = asked ?? Math.min(longestWait, 500 * 2 ** Math.min(count, 10))
  return Math.max(shortestWait, job.task === 'page_person' ? Math.min(longestWait, delay) : delay)
}

/** It cannot work as things are: said in the log and on the incident's timeline. */
async function giveUp(bot: Bot, job: Job, context: { job: string; attempt: number; reason: string }): Promise<void> {
  bot.log.error(context, 'job given up')
  if (!('incident' in job)) return
  const what = job.task.replace('_', ' ')
  const fact = { kind: 'room_degraded', platform: job.platform ?? 'tocsin', what, reason: context.reason } as const
  await bot.db.tx((q) => record(bot, q, job.incident, [fact]))
}

/** The bot's own connections, handed out only when `ready` says so. */
function gated(bot: Bot, ready: () => Promise<void>): Bot['db']['pool'] {
  const { pool } = bot.db
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') {
        return (callback?: Parameters<typeof target.connect>[0]) =>
          callback ? void ready().then(() => target.connect(callback)) : ready().then(() => target.connect())
      }
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
