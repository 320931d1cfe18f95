// Whether the seals of the timelines keep up with a storm, and what they cost whoever writes meanwhile.
import { Settlement, sealTimeline } from '../../src/flow/seal.ts'
import { verifyTimeline } from '../../src/flow/verify.ts'
import type { Db } from '../../src/store/db.ts'
import { webhookBody } from './alerts.ts'
import { startBot } from './bot.ts'
import type { Server } from './database.ts'
import { atLeast, atMost, percentile, type Row, type Section } from './figures.ts'
import { mixed, webhookOf } from './intake.ts'
import { closedLoop } from './load.ts'

const entries = 20_000
const incidents = 200
const seconds = 5

/** Entries a second that the seals must reach at least: more than alerts come in a storm. */
const enough = 2_000

export async function sealingSection(server: Server): Promise<Section> {
  const bare = await server.fresh('sealing')
  await (await startBot(bare.url, null)).stop()
  await seed(bare.db)
  const bot = { db: bare.db, clock: { now: () => new Date() } as never }
  const settlement = new Settlement()
  const batches: number[] = []
  const begun = performance.now()
  for (let more = true; more; ) {
    const since = performance.now()
    more = (await sealTimeline(bot, settlement))?.more ?? false
    batches.push(performance.now() - since)
  }
  const sealed = entries / ((performance.now() - begun) / 1000)
  const since = performance.now()
  const { damages } = await verifyTimeline(bot, { incident: null, against: null })
  const verified = entries / ((performance.now() - since) / 1000)
  if (damages.length > 0) throw new Error(`the seals do not hold: ${damages[0]?.text}`)
  const rows: Row[] = [
    {
      figure: 'sealed, without a pause',
      value: sealed,
      unit: 'entries/s',
      ...target(atLeast(sealed, enough, 'entries/s')),
    },
    { figure: 'one batch, p99', value: percentile(batches, 0.99), unit: 'ms' },
    { figure: 'verified', value: verified, unit: 'entries/s' },
    ...(await duringStorm(server)),
  ]
  return { title: 'Sealing the timelines', rows, notes: [`${entries} entries of ${incidents} incidents`] }
}

async function duringStorm(server: Server): Promise<Row[]> {
  const { url, db } = await server.fresh('sealing_storm')
  const bot = await startBot(url, null)
  const alerts = mixed('warning')
  const run = (time: number) =>
    closedLoop(webhookOf(bot.url), {
      connections: 32,
      alertsEach: 1,
      seconds: time,
      body: () => webhookBody(alerts(1)),
    })
  await run(seconds)
  const load = await run(seconds)
  const left = await waiting(db)
  const begun = performance.now()
  while ((await waiting(db)) > 0 && performance.now() - begun < 120_000) await new Promise((go) => setTimeout(go, 100))
  const caughtUp = (performance.now() - begun) / 1000
  await bot.stop()
  return [
    { figure: 'alerts taken meanwhile', value: load.alerts / load.seconds, unit: 'alerts/s' },
    { figure: `not sealed after ${seconds} s of storm`, value: left, unit: 'entries' },
    { figure: 'sealed after the storm', value: caughtUp, unit: 's', ...target(atMost(caughtUp, 30, 's')) },
  ]
}

function target(target: Row['target']): Pick<Row, 'target'> {
  return target === undefined ? {} : { target }
}

async function waiting(db: Db): Promise<number> {
  const { rows } = await db.query<{ left: number }>(
    'select count(*)::int as left from timeline t where not exists (select from timeline_links l where l.entry = t.id)',
  )
  return rows[0]?.left ?? 0
}

async function seed(db: Db): Promise<void> {
  await db.query(
    `insert into incidents (number, status, severity, service, title, opened_at, trace, terms)
     select n, 'open', 'P2', 'checkout', 'Seeded', $1, 'bench', '{}' from generate_series(1, $2) n`,
    [new Date(), incidents],
  )
  await db.query(
    `insert into timeline (incident, at, kind, text, fact)
     select 1 + n % $2, $1, 'alert_fired', 'Alert firing: HighErrorRate ' || n,
            jsonb_build_object('kind', 'alert_fired', 'alert', 'HighErrorRate ' || n, 'fingerprint', md5(n::text))
       from generate_series(1, $3) n`,
    [new Date(), incidents, entries],
  )
}
