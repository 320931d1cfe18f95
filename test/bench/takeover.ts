// kill -9 of one of two replicas while its pages are on their way: how long until the other has sent all of them, none twice.
import type { Db } from '../../src/store/db.ts'
import { startBot } from './bot.ts'
import type { Server } from './database.ts'
import { atMost, type Row, type Section } from './figures.ts'
import { dueAt, seedIncidents } from './seed.ts'
import { RecordingSlack } from './slack.ts'
import { until, wall } from './waiting.ts'

/** More than one replica sends at a time, so that both have some; else few, because what is measured is the taking over. */
const incidents = 100

export async function takeoverSection(server: Server): Promise<Section> {
  const slack = await RecordingSlack.start()
  const { url, db } = await server.fresh('takeover')
  const survivor = await startBot(url, slack.url('survivor'))
  await seedIncidents(db, survivor.url, incidents)
  const victim = await startBot(url, slack.url('victim'))
  const before = slack.pages().length
  slack.delay = 250
  await dueAt(db, new Date(wall() + 500))
  const caught = await until(() => (slack.held.get('victim') ?? 0) >= 2, 20_000)
  const inFlight = slack.held.get('victim') ?? 0
  const killedAt = wall()
  await victim.kill()
  const sent = () =>
    new Set(
      slack
        .pages()
        .slice(before)
        .map((page) => page.key),
    ).size
  const all = await until(() => sent() >= incidents, 30_000)
  const lastSent = Math.max(...slack.pages().map((page) => page.at))
  const recorded = await until(() => everyPageSent(db), 30_000)
  const recordedAfter = (wall() - killedAt) / 1000
  const pages = slack.pages().slice(before)
  const doubled = pages.length - new Set(pages.map((page) => page.key)).size
  await survivor.stop()
  await slack.stop()
  const rows: Row[] = [
    timed('until the last page had arrived', caught && all ? (lastSent - killedAt) / 1000 : Number.NaN),
    timed('until the ledger held all of them as sent', caught && recorded ? recordedAfter : Number.NaN),
    { figure: 'pages lost', value: incidents - sent(), unit: '', target: { text: '= 0', met: sent() === incidents } },
    { figure: 'pages doubled', value: doubled, unit: '', target: { text: '= 0', met: doubled === 0 } },
  ]
  const notes = [`${incidents} pages, each taking Slack 250 ms; the killed replica had ${inFlight} of them under way`]
  if (!caught) notes.push('not measured: the replica to be killed never had two pages under way')
  return { title: 'kill -9 of one of two replicas', rows, notes }
}

function timed(figure: string, value: number): Row {
  const target = atMost(value, 5, 's')
  return { figure, value, unit: 's', ...(target && { target }) }
}

async function everyPageSent(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ open: boolean }>(
    `select exists (select from pages where status in ('due', 'sending')) as open`,
  )
  return rows[0]?.open === false
}
