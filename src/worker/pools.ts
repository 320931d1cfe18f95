// The workers: one pool for each chat platform, so that one that hangs delays no other, and one for everything else.
import { EventEmitter } from 'node:events'
import { type Runner, type RunnerOptions, run, type WorkerEvents } from 'graphile-worker'
import type { Bot } from '../bot.ts'
import { type ChatJob, chatTasks, type Job, jobKey, type OwnJob, ownTasks } from '../core/job.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { jobsFailed } from '../metrics.ts'
import { addJobs } from '../store/changes.ts'
import { doChatJob, doOwnJob } from './handlers.ts'
import { graphileLogger } from './logger.ts'
import { Presence } from './presence.ts'

const concurrencyPerPlatform = 6
const ownConcurrency = 2
const longestWait = 30_000

export type Pools = { stop(): Promise<void> }

/** Starts all pools. Resolves once each of them takes jobs. */
export async function startPools(bot: Bot, died: (reason: string) => void): Promise<Pools> {
  const presence = await Presence.start(bot)
  const runners: Runner[] = []
  let stopping = false
  // A pool that gave up (the database was away for too long) is a dead pager: better to start anew as a process.
  const ended = (tasks: string[]) => {
    if (!stopping) died(`the workers for ${tasks[0]?.split(':')[0]} stopped by themselves`)
  }
  for (const platform of bot.platforms) {
    const tasks = chatTasks.map((task) => `${platform.name}:${task}`)
    runners.push(
      await startPool(
        bot,
        presence,
        tasks,
        concurrencyPerPlatform,
        (job) => doChatJob(bot, platform, job as ChatJob),
        ended,
      ),
    )
  }
  runners.push(
    await startPool(
      bot,
      presence,
      ownTasks.map((task) => `tocsin:${task}`),
      ownConcurrency,
      (job) => doOwnJob(bot, job as OwnJob),
      ended,
    ),
  )
  return {
    async stop() {
      stopping = true
      await Promise.all(runners.map((runner) => runner.stop().catch(() => {})))
      await presence.stop()
    },
  }
}

async function startPool(
  bot: Bot,
  presence: Presence,
  tasks: string[],
  concurrency: number,
  work: (job: Job) => Promise<number>,
  ended: (tasks: string[]) => void,
): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter()
  // The pool's name is only known once it exists; its first look for jobs waits until the name is held.
  let held = Promise.resolve()
  events.on('pool:create', ({ workerPool }) => {
    held = presence.hold(workerPool.id)
  })
  const options: RunnerOptions = {
    pgPool: gated(bot, () => held),
    concurrency,
    events,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: graphileLogger(bot.log),
    taskList: Object.fromEntries(tasks.map((task) => [task, (payload: unknown) => attempt(bot, payload as Job, work)])),
  }
  const runner = await run(options)
  runner.promise.catch(() => {}).finally(() => ended(tasks))
  return runner
}

/**
 * Runs one attempt. What may work later is put back with a bounded delay instead of graphile-worker's exponential one:
 * after an outage of an hour a page must go out within seconds, not after another hour.
 */
async function attempt(bot: Bot, payload: Job, work: (job: Job) => Promise<number>): Promise<void> {
  const { attempt: count = 1, ...job } = payload
  try {
    const wait = await work(job)
    if (wait > 0) await addJobs(bot.db, [{ ...job, delay: wait }])
  } catch (error) {
    jobsFailed.inc({ task: job.task })
    const context = { job: jobKey(job), attempt: count, reason: reasonOf(error) }
    if (error instanceof PermanentError) {
      bot.log.error(context, 'job given up: it cannot work as things are')
      return
    }
    if (!(error instanceof TransientError)) throw error
    const delay = error.retryAfter ?? Math.min(longestWait, 500 * 2 ** count)
    bot.log.warn({ ...context, delay }, 'job will be tried again')
    await addJobs(bot.db, [{ ...job, delay, attempt: count + 1 }])
  }
}

/** The bot's own connections, handed out only when `ready` says so. */
function gated(bot: Bot, ready: () => Promise<void>): Bot['db']['pool'] {
  const { pool } = bot.db
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return () => ready().then(() => target.connect())
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
