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
const ownConcurrency = 2
const longestWait = 30_000
/** At half a minute each, most of a working day: longer than any outage worth waiting out. */
const mostAttempts = 1_000

export type Pools = { stop(): Promise<void> }

/** The workers of one platform, or the bot's own. */
export type Crew = { name: string; concurrency: number; tasks: TaskList }

export function crewsOf(bot: Bot): Crew[] {
  const own = crew(bot, 'tocsin', ownTasks, ownConcurrency, (job) => doOwnJob(bot, job as OwnJob))
  const chat = bot.platforms.map((platform) =>
    crew(bot, platform.name, chatTasks, concurrencyPerPlatform, (job) => doChatJob(bot, platform, job as ChatJob)),
  )
  return [...chat, own]
}

/** Starts all crews. `died`: one of them gave up, and this process is no longer of use. */
export async function startPools(bot: Bot, died: (reason: string) => void): Promise<Pools> {
  const presence = await Presence.start(bot)
  let stopping = false
  const runners: Runner[] = []
  for (const one of crewsOf(bot)) {
    const runner = await startPool(bot, presence, one)
    runner.promise.catch(() => {}).finally(() => stopping || died(`the workers for ${one.name} stopped by themselves`))
    runners.push(runner)
  }
  return {
    async stop() {
      stopping = true
      await Promise.all(runners.map((runner) => runner.stop().catch(() => {})))
      await presence.stop()
    },
  }
}

async function startPool(bot: Bot, presence: Presence, { concurrency, tasks }: Crew): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter()
  // The pool's name is only known once it exists; its first look for jobs waits until the name is held.
  let held = Promise.resolve()
  events.on('pool:create', ({ workerPool }) => {
    held = presence.hold(workerPool.id)
  })
  const pgPool = gated(bot, () => held)
  const logger = graphileLogger(bot.log)
  const options = { pgPool, concurrency, events, logger, taskList: tasks, noHandleSignals: true, pollInterval: 1_000 }
  return run(options satisfies RunnerOptions)
}

function crew(
  bot: Bot,
  name: string,
  tasks: readonly string[],
  concurrency: number,
  work: (job: Job) => Promise<number>,
): Crew {
  const task: Task = (payload) => attempt(bot, payload as Job, work)
  return { name, concurrency, tasks: Object.fromEntries(tasks.map((one) => [`${name}:${one}`, task])) }
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
    const delay =
      (error instanceof TransientError ? error.retryAfter : null) ??
      Math.min(longestWait, 500 * 2 ** Math.min(count, 10))
    if (error instanceof TransientError) bot.log.warn({ ...context, delay }, 'job will be tried again')
    else
      bot.log.error({ ...context, delay, err: error }, 'job failed for a reason nobody foresaw; it will be tried again')
    await addJobs(bot.db, [{ ...job, delay, attempt: count + 1 }], bot.clock.now())
  }
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
