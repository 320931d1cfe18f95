// Thousands of escalation steps that fall due in the same second: how late they are decided, how late the pages arrive, and
// whether any arrives twice. Beside them, as many empty jobs of graphile-worker due at one instant.
import { Logger, run } from 'graphile-worker'
import { connect, type Db } from '../../src/store/db.ts'
import { startBot } from './bot.ts'
import { type Server, settled } from './database.ts'
import { atMost, percentile, type Row, type Section } from './figures.ts'
import { dueAt, seedIncidents } from './seed.ts'
import { RecordingSlack } from './slack.ts'
import { pause, until, wall } from './waiting.ts'

/** Milliseconds before the instant, for PostgreSQL and the bot to come to rest. */
const ahead = 2_500
/** Milliseconds after which the rest counts as not sent. */
const patience = 40_000

export async function escalationSection(server: Server): Promise<Section> {
  const rows: Row[] = []
  const notes: string[] = []
  for (const count of [1_000, 5_000]) {
    const measured = await escalate(server, count)
    const beside = await emptyJobs(server, count)
    const name = `${count.toLocaleString('en')} steps due at once`
    for (const [what, late] of [
      ['decided', measured.decided],
      ['page sent', measured.sent],
    ] as const) {
      for (const [label, share] of [
        ['p50', 0.5],
        ['p99', 0.99],
        ['max', 1],
      ] as const) {
        const value = percentile(late, share)
        const row: Row = { figure: `${name}: ${what} late, ${label}`, value, unit: 'ms' }
        row.beside = { what: 'graphile-worker, empty jobs', value: percentile(beside, share) }
        const target = share === 0.99 ? atMost(value, 300, 'ms') : undefined
        rows.push(target ? { ...row, target } : row)
      }
    }
    const doubled = measured.doubled
    const target = atMost(doubled, 0, '')
    rows.push({ figure: `${name}: pages doubled`, value: doubled, unit: '', ...(target && { target }) })
    if (measured.sent.length < count)
      notes.push(`${name}: ${measured.sent.length} of ${count} pages were sent within ${patience / 1000} s`)
    notes.push(`${name}: all rooms were told after ${measured.settledAfter}`)
  }
  notes.push('one bot, twenty people, a Slack that answers at once; “decided” is the commit')
  return { title: 'Escalation', rows, notes }
}

async function escalate(server: Server, count: number) {
  const { url, db } = await server.fresh(`escalation_${count}`)
  const slack = await RecordingSlack.start()
  const bot = await startBot(url, slack.url())
  await seedIncidents(db, bot.url, count)
  const before = slack.pages().length
  const due = new Date(wall() + ahead)
  await dueAt(db, due)
  if (wall() > due.getTime()) throw new Error('seeding took longer than the time left until the instant')
  await until(() => slack.pages().length >= before + count, ahead + patience)
  const decided = await decisionsLate(db, due)
  const wellAfter = wall()
  const done = await settled(db, 5_000)
  const settledAfter = done
    ? `${((wall() - due.getTime()) / 1000).toFixed(1)} s`
    : `more than ${((wall() - wellAfter) / 1000).toFixed(0)} s`
  const pages = slack.pages().slice(before)
  await bot.stop()
  await slack.stop()
  return {
    decided,
    sent: firsts(pages).map((at) => at - due.getTime()),
    doubled: pages.length - new Set(pages.map((page) => page.key)).size,
    settledAfter,
  }
}

function firsts(pages: { key: string | null; at: number }[]): number[] {
  const first = new Map<string, number>()
  for (const { key, at } of pages) if (key !== null && !first.has(key)) first.set(key, at)
  return [...first.values()]
}

/** From the instant to the commit in which the step was decided. */
async function decisionsLate(db: Db, due: Date): Promise<number[]> {
  const { rows } = await db.query<{ late: number }>(
    `select extract(epoch from pg_xact_commit_timestamp(xmin) - $1::timestamptz)::float8 * 1000 as late
       from timeline where kind = 'people_paged' and at >= $1::timestamptz`,
    [due],
  )
  return rows.map((row) => row.late)
}

/** As many jobs that do nothing, tuned as well as it can be: polled every 100 ms, fetched 200 at a time. */
async function emptyJobs(server: Server, count: number): Promise<number[]> {
  const { url, db } = await server.fresh(`jobs_${count}`)
  const late: number[] = []
  let due = Number.POSITIVE_INFINITY
  // Its own pool is gone before its connections are, and nobody hears then that the server stops.
  const own = connect(url)
  const runner = await run({
    ...{ pgPool: own.pool, concurrency: 6, pollInterval: 100, noHandleSignals: true },
    preset: { worker: { localQueue: { size: 200 } } },
    taskList: { nothing: async () => void late.push(wall() - due) },
    logger: new Logger(() => () => {}),
  })
  due = wall() + ahead
  await db.query(
    `select count(*) from (select graphile_worker.add_job('nothing', run_at => $2) from generate_series(1, $1)) jobs`,
    [count, new Date(due)],
  )
  await pause(Math.max(0, due - wall()))
  await until(() => late.length >= count, patience)
  await runner.stop()
  await own.end()
  return late
}
