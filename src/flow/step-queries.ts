// Queries of a runbook's step, run where they are shown: asked for by a person, done by a job, told by the timeline.
import type { Bot } from '../bot.ts'
import type { JobOf } from '../core/job.ts'
import { runbookMark } from '../core/runbook-step.ts'
import type { Asked, StepFact } from '../core/step-fact.ts'
import { PermanentError, reasonOf, UserError } from '../errors.ts'
import { answerStep, type StepAnswer } from '../evidence/step-answer.ts'
import { queriesOf } from '../evidence/step-queries.ts'
import { addJobs } from '../store/changes.ts'
import { keepChart } from '../store/charts.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import { type IncidentView, incidentView, tellingView } from '../store/views.ts'
import { evidenceRequest } from './evidence-request.ts'
import { record } from './record.ts'
import { type StepMeant, stepMeant } from './steps.ts'

/** Milliseconds that a chart of a step looks back at the most. */
const longestLook = 6 * 3_600_000
const minute = 60_000

/**
 * Asks the queries of a step soon. Answers how many. Throws UserError when it has none, when nobody can be asked, or as
 * `workOnStep`.
 */
export async function askStep(bot: Bot, number: number, meant: StepMeant, by: string): Promise<number> {
  const view = await tellingView(bot.db, number)
  const { body } = stepMeant(number, view, view?.runbook ?? [], meant)
  const queries = queriesOf(body)
  if (queries.length === 0)
    throw new UserError(
      `Step ${meant.step} has no query: only blocks of promql and logql are run; commands are for you to copy.`,
    )
  const { prometheus, evidence } = bot.config
  const canAsk = { promql: prometheus.url !== null, logql: evidence.loki !== null }
  if (!queries.some(({ language }) => canAsk[language]))
    throw new UserError(
      queries.some(({ language }) => language === 'promql')
        ? 'There is nobody to ask: set PROMETHEUS_URL, or prometheus.url in tocsin.yaml.'
        : 'There is nobody to ask: name loki in tocsin.yaml, with its url.',
    )
  const now = bot.clock.now()
  const { step, mark } = { ...meant, mark: runbookMark(view?.incident.terms.runbook ?? null) }
  const job = { task: 'run_step', platform: null, incident: number, step, mark, asked: now.toISOString(), by } as const
  await addJobs(bot.db, [job], now)
  return queries.length
}

/**
 * Asks them side by side, and leaves an entry for each. Interrupted, it is done again, and leaves each entry once. What cannot
 * be asked says why; nothing is tried again by itself: whoever wants to know presses once more.
 */
export async function runStep(bot: Bot, job: JobOf<'run_step'>): Promise<void> {
  const view = await incidentView(bot.db, job.incident)
  const step = view?.runbook.find((one) => one.step === job.step)
  // Another runbook took its place meanwhile.
  if (view === null || step === undefined || job.mark !== runbookMark(view.incident.terms.runbook)) return
  const title = `Step ${step.step}: ${step.title}`
  const request = { ...evidenceRequest(bot, view, 'opened'), ...windowOf(bot, view), title, baseline: 'none' as const }
  await Promise.all(
    queriesOf(step.body).map(async (query, place) => {
      const asked = { step: step.step, asked: job.asked, place, language: query.language }
      if (isAnswered(view, asked)) return
      await keep(
        bot,
        view,
        job,
        { step: step.step, title: step.title },
        asked,
        await answerStep(bot.config, query, request),
      )
    }),
  )
}

/** One query of one asking. */
type About = Omit<Asked, 'query'> & { step: number }

/** Until now, or as far as the incident goes; from the hour before its beginning. */
function windowOf(bot: Bot, { incident }: IncidentView): { from: Date; until: Date } {
  const now = bot.clock.now().getTime()
  const end = incident.status === 'resolved' ? Math.min(now, incident.resolvedAt.getTime() + 30 * minute) : now
  const start = incident.openedAt.getTime() - 60 * minute
  return { from: new Date(Math.max(start, end - longestLook)), until: new Date(end) }
}

async function keep(
  bot: Bot,
  { incident }: IncidentView,
  job: JobOf<'run_step'>,
  about: { step: number; title: string },
  asked: About,
  answer: StepAnswer,
): Promise<void> {
  const known = 'reason' in answer ? answer : await withPicture(bot, answer)
  await bot.db.tx(async (q) => {
    // A process that was taken for dead may still be at it: under the lock only one of the two finds nothing said yet.
    await lockIncident(q, incident.number)
    const view = await tellingView(q, incident.number)
    if (view === null || isAnswered(view, asked)) return
    const fact: StepFact =
      'reason' in known
        ? { kind: 'runbook_query_failed', ...about, ...asked, query: known.query, reason: known.reason }
        : {
            kind: 'runbook_query_ran',
            ...about,
            ...{ ...asked, query: known.query, summary: known.summary, lines: known.lines },
            chart:
              known.png === null
                ? null
                : await keepPicture(bot, q, incident.number, { about, asked, ...known, png: known.png }),
          }
    await record(bot, q, incident.number, [fact], job.by)
  })
}

type Found = Exclude<StepAnswer, { reason: string }>

async function withPicture(
  bot: Bot,
  answer: Found,
): Promise<(Found & { png: Uint8Array | null }) | { query: string; reason: string }> {
  if (answer.chart === null) return { ...answer, png: null }
  try {
    return { ...answer, png: await bot.charts.render(answer.chart) }
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    return { query: answer.query, reason: reasonOf(error) }
  }
}

/** A picture of its own for each time it was asked: what was said then still shows what was seen then. */
async function keepPicture(
  bot: Bot,
  q: Queryable,
  incident: number,
  {
    about,
    asked,
    png,
    summary,
    inWords,
  }: { about: { step: number; title: string }; asked: About; png: Uint8Array } & Found,
): Promise<number | null> {
  const at = bot.clock.now()
  const moment = `step ${about.step}, query ${asked.place + 1}, ${asked.asked}`
  return keepChart(q, { incident, moment, title: about.title, summary, text: inWords, png, drawnAt: at, of: at })
}

function isAnswered({ timeline }: Pick<IncidentView, 'timeline'>, { step, asked, place }: About): boolean {
  return timeline.some(
    ({ fact }) =>
      (fact.kind === 'runbook_query_ran' || fact.kind === 'runbook_query_failed') &&
      fact.step === step &&
      fact.asked === asked &&
      fact.place === place,
  )
}
