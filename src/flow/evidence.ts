// Charts for an incident: queried, drawn, kept, and left on the timeline for the room to show.
import type { Bot } from '../bot.ts'
import type { Chart } from '../charts/chart.ts'
import { chartSummary } from '../charts/summary.ts'
import { chartText } from '../charts/text.ts'
import type { JobOf } from '../core/job.ts'
import type { Entry, Fact } from '../core/timeline.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import type { Finding } from '../evidence/evidence.ts'
import { chartsOfIncident } from '../evidence/incident-charts.ts'
import { addJobs } from '../store/changes.ts'
import { keepChart } from '../store/charts.ts'
import type { Queryable } from '../store/db.ts'
import { type IncidentView, incidentView, tellingView } from '../store/views.ts'
import { evidenceRequest } from './evidence-request.ts'
import { record } from './record.ts'
import { deploymentMarks } from './service-changes.ts'

/**
 * Draws what Prometheus has to say. Slow, absent, empty, or not to be drawn: the room is told so, and nothing else waits
 * for it. At `after` the pictures of the end are drawn once more, with what came after it; nobody is told.
 */
export async function drawCharts(bot: Bot, job: JobOf<'draw_chart'>): Promise<void> {
  const view = await incidentView(bot.db, job.incident)
  if (view === null) return
  // It came back in the meantime: the next end has its own pictures.
  if (job.moment === 'after' && view.incident.status !== 'resolved') return
  // It is over: the end has its own pictures.
  if (job.again && view.incident.status === 'resolved') return
  const request = evidenceRequest(bot, view, job.moment)
  request.marks.push(...(await deploymentMarks(bot, request)))
  const findings = await chartsOfIncident(request, bot.config.prometheus)
  const delay = findings.some((finding) => !finding.ok && finding.later) ? untilNextTry(job, view) : null
  for (const finding of findings) await show(bot, job, view, finding)
  if (delay !== null) await addJobs(bot.db, [{ ...job, again: (job.again ?? 0) + 1, delay }], bot.clock.now())
  // The draft was written when the incident ended, without waiting for these pictures.
  if (job.moment !== 'opened') {
    const again = { task: 'draft_postmortem', platform: null, incident: job.incident } as const
    await addJobs(bot.db, [again], bot.clock.now())
  }
}

/** Tries after the first: half an hour. An incident that takes Prometheus along must not be without a picture until it is over. */
const mostAgain = 5

/** Milliseconds until the next try, twice as many each time: it may be in trouble itself. Null: there is none. */
export function untilNextTry({ moment, again = 0 }: JobOf<'draw_chart'>, { incident }: IncidentView): number | null {
  const isWanted = moment === 'opened' && incident.status !== 'resolved' && again < mostAgain
  return isWanted ? 60_000 * 2 ** again : null
}

async function show(bot: Bot, job: JobOf<'draw_chart'>, view: IncidentView, finding: Finding): Promise<void> {
  const { title } = finding
  if (!finding.ok) {
    // At the end of an incident a missing chart is no news: the opening one already said so.
    const { reason, offers, later } = finding
    const again = later && untilNextTry({ ...job, again: 0 }, view) !== null
    if (job.moment === 'opened')
      await tellMissing(bot, view, { title, reason, ...(offers && { offers }), ...(again && { again }) })
    return
  }
  try {
    await keep(bot, job, view, title, finding.chart)
  } catch (error) {
    // This chart for good; the others have their turn.
    if (!(error instanceof PermanentError)) throw error
    if (job.moment !== 'after') await tellMissing(bot, view, { title, reason: reasonOf(error) })
  }
}

async function keep(
  bot: Bot,
  job: JobOf<'draw_chart'>,
  view: IncidentView,
  title: string,
  chart: Chart,
): Promise<void> {
  const { incident } = view
  const png = await bot.charts.render(chart)
  const summary = chartSummary(chart)
  const now = bot.clock.now()
  const ended = incident.status === 'resolved' ? incident.resolvedAt : incident.openedAt
  await bot.db.tx(async (q) => {
    const drawn = {
      incident: job.incident,
      moment: job.moment === 'opened' ? 'opened' : 'resolved',
      ...{ title, summary, text: chartText(chart), png, drawnAt: now },
      of: job.moment === 'after' ? now : job.moment === 'resolved' ? ended : incident.openedAt,
    }
    const kept = await keepChart(q, drawn)
    if (kept === null || (job.moment === 'after' && (await isTold(q, job.incident, kept, ended)))) return
    await record(bot, q, job.incident, [{ kind: 'chart_drawn', chart: kept, title, summary }])
  })
}

/** While Prometheus was away, the picture of the end may have had to wait for longer than the one after it. */
async function isTold(q: Queryable, incident: number, chart: number, since: Date): Promise<boolean> {
  const view = await tellingView(q, incident)
  const told = ({ at, fact }: Entry) =>
    fact.kind === 'chart_drawn' && Number(fact.chart) === Number(chart) && at >= since
  return view?.timeline.some(told) ?? true
}

type Missing = Extract<Fact, { kind: 'chart_missing' }>

/** Once: a job that runs again has the same to say, and whoever is away may be so in more than one way. */
async function tellMissing(bot: Bot, view: IncidentView, missing: Omit<Missing, 'kind'>): Promise<void> {
  const fact: Missing = { kind: 'chart_missing', ...missing }
  if (saidSinceOpening(view.timeline, fact)) return
  await bot.db.tx((q) => record(bot, q, view.incident.number, [fact]))
}

function saidSinceOpening(timeline: Entry[], said: Missing): boolean {
  const opened = timeline.findLastIndex(({ fact }) => /^incident_(re)?opened$/.test(fact.kind))
  return timeline
    .slice(opened + 1)
    .some(
      ({ fact }) =>
        fact.kind === 'chart_missing' &&
        fact.title === said.title &&
        (fact.reason === said.reason || (fact.again && said.again)),
    )
}
