// Charts that people ask for by hand: in the room of an incident they go on its timeline, elsewhere only where it was said.
// Nothing of this is on the way of a page.
import type { Bot } from '../bot.ts'
import { chartSummary } from '../charts/summary.ts'
import { chartText } from '../charts/text.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import { beginningOf, type Labels } from '../core/alert.ts'
import type { JobOf } from '../core/job.ts'
import type { Message } from '../core/message.ts'
import { PermanentError, UserError } from '../errors.ts'
import { type AskedIn, drawAskedCharts } from '../evidence/asked-charts.ts'
import { readChartWords } from '../evidence/chart-words.ts'
import type { Finding } from '../evidence/evidence.ts'
import { noPrometheus } from '../evidence/incident-charts.ts'
import { type AskedPicture, askedChartMessage, noChartMessage } from '../messages/asked-chart.ts'
import { addJobs, waitingJobs } from '../store/changes.ts'
import { keepChart } from '../store/charts.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import { evidenceRequest } from './evidence-request.ts'
import { postOnce } from './ledger.ts'
import { record } from './record.ts'

const hour = 3_600_000

/** Pictures that may wait to be drawn, for everybody together: more would keep those waiting whom somebody wants to see. */
const mostWaiting = 20

/** What was said, where, and by whom. `room`: the incident whose room it is. */
export type ChartRequest = Omit<JobOf<'draw_asked'>, 'task' | 'asked' | 'incident'> & { room: number | null }

/**
 * Reads what was asked for and leaves a job for it; answers the titles of what will be drawn. Throws UserError when it
 * cannot be drawn.
 */
export async function askForCharts(bot: Bot, { room, ...request }: ChartRequest): Promise<string[]> {
  const now = bot.clock.now()
  const { charts } = readChartWords(request.words, await surroundings(bot, room, now))
  if (bot.config.prometheus.url === null) throw new UserError(`I cannot draw that: ${noPrometheus}.`)
  if ((await waitingJobs(bot.db, 'draw_asked')) >= mostWaiting)
    throw new UserError(`${mostWaiting} charts are waiting to be drawn already. Try again in a minute.`)
  const job = { task: 'draw_asked', ...request, incident: room, asked: now.toISOString() } as const
  await addJobs(bot.db, [job], now)
  return charts.map(({ title }) => title)
}

/** What surrounds a chart: where it is asked, and what is known there. */
async function surroundings(bot: Bot, room: number | null, now: Date) {
  const view = room === null ? null : await incidentView(bot.db, room)
  const zone = view?.incident.terms.zone ?? bot.config.zone
  const usual = view === null ? { from: new Date(now.getTime() - hour), until: now } : incidentWindow(view, now)
  return { now, zone, usual, labels: view === null ? {} : sharedLabels(view), view }
}

/** From an hour before it began until now, or until an hour after its end; 31 days at the most. */
function incidentWindow({ incident, alerts }: IncidentView, now: Date) {
  const began = beginningOf(incident.openedAt, alerts).getTime()
  const end = incident.status === 'resolved' ? incident.resolvedAt.getTime() + hour : now.getTime()
  const until = Math.min(now.getTime(), end)
  return { from: new Date(Math.max(began - hour, until - 31 * 24 * hour)), until: new Date(until) }
}

/** Labels in which all alerts agree. */
function sharedLabels({ alerts }: Pick<IncidentView, 'alerts'>): Labels {
  const [first, ...rest] = alerts
  const shared = Object.entries(first?.labels ?? {}).filter(([name, value]) =>
    rest.every(({ labels }) => labels[name] === value),
  )
  return Object.fromEntries(shared)
}

/** What is asked for outside every room and chat. Throws UserError when it cannot be read; a finding each otherwise. */
export async function findCharts({ config }: Pick<Bot, 'config'>, words: string, now: Date): Promise<Finding[]> {
  const usual = { from: new Date(now.getTime() - hour), until: now }
  const asked = readChartWords(words, { now, zone: config.zone, usual, labels: {} })
  if (config.prometheus.url === null) throw new UserError(`I cannot draw that: ${noPrometheus}.`)
  return drawAskedCharts(asked, outside(config, config.zone), config.prometheus)
}

function outside({ charts: { baseline } }: Bot['config'], zone: string): AskedIn {
  return { service: '', zone, baseline, startedAt: null, marks: [], alerts: [] }
}

function inRoom(bot: Bot, view: IncidentView): AskedIn {
  const { service, zone, startedAt, marks, alerts } = evidenceRequest(
    bot,
    view,
    view.incident.status === 'resolved' ? 'resolved' : 'opened',
  )
  return { ...outside(bot.config, zone), service, startedAt, marks, alerts }
}

/** The job: draws what was asked for and shows it where it was asked. */
export async function drawAsked(bot: Bot, platform: ChatPlatform, job: JobOf<'draw_asked'>): Promise<void> {
  const about = await surroundings(bot, job.incident, new Date(job.asked))
  const where = about.view === null ? outside(bot.config, about.zone) : inRoom(bot, about.view)
  const findings = await drawAskedCharts(readChartWords(job.words, about), where, bot.config.prometheus)
  for (const [index, finding] of findings.entries()) await show(bot, platform, job, finding, index)
}

async function show(
  bot: Bot,
  platform: ChatPlatform,
  job: JobOf<'draw_asked'>,
  finding: Finding,
  index: number,
): Promise<void> {
  const key = `chart/${job.asked}/${job.account}/${index}`
  const now = bot.clock.now()
  if (!finding.ok) return tell(bot, platform, job, key, noChartMessage(bot, finding, job.by, now))
  let picture: AskedPicture
  try {
    const { title, chart } = finding
    picture = {
      title,
      summary: chartSummary(chart, bot.clock.now()),
      text: chartText(chart),
      png: await bot.charts.render(chart),
    }
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    return tell(
      bot,
      platform,
      job,
      key,
      noChartMessage(bot, { title: finding.title, reason: error.message }, job.by, now),
    )
  }
  if (job.incident !== null) return keep(bot, job, picture)
  return tell(bot, platform, job, key, askedChartMessage(bot, picture, job.by, now))
}

/** The room shows what is on the timeline. Once: a job that runs again finds its chart kept. */
async function keep(bot: Bot, job: JobOf<'draw_asked'>, picture: AskedPicture): Promise<void> {
  const { incident } = job
  if (incident === null) return
  const asked = new Date(job.asked)
  await bot.db.tx(async (q) => {
    const drawn = {
      incident,
      moment: `asked ${job.asked} ${job.account}`,
      ...picture,
      drawnAt: bot.clock.now(),
      of: asked,
    }
    const kept = await keepChart(q, drawn)
    if (kept === null) return
    const { title, summary } = picture
    await record(bot, q, incident, [{ kind: 'chart_drawn', chart: kept, title, summary }], job.by)
  })
}

/** Where it was said; where the bot may not write, to whoever said it. */
async function tell(
  bot: Bot,
  platform: ChatPlatform,
  job: JobOf<'draw_asked'>,
  key: string,
  message: Message,
): Promise<void> {
  try {
    await postOnce(bot, platform, { key }, { channel: job.channel }, message)
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    bot.log.warn({ channel: job.channel, reason: error.message }, 'a chart goes to whoever asked for it instead')
    await postOnce(bot, platform, { key: `${key}/direct` }, { account: job.account }, message)
  }
}
