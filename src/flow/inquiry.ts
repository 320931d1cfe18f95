// Evidence about an incident besides its charts: everybody who may know is asked side by side, and what they say is kept for
// the room, the post-mortem and the API.
import type { Bot } from '../bot.ts'
import { lowest } from '../core/bounds.ts'
import type { JobOf } from '../core/job.ts'
import { servicesBehind, usualEvidence } from '../core/terms.ts'
import type { Fact } from '../core/timeline.ts'
import { PermanentError, UserError } from '../errors.ts'
import { answerOf } from '../evidence/ask.ts'
import type { Evidence, Inquiry, Provider } from '../evidence/evidence.ts'
import { providers } from '../evidence/index.ts'
import { addJobs } from '../store/changes.ts'
import { forgetEvidence, keepEvidence, wakeRooms } from '../store/evidence.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import { gathering } from './effects.ts'
import { record } from './record.ts'
import { isPassing } from './retry.ts'

/** Those that can be asked at all, in the order in which they are read. */
function askable({ config }: Pick<Bot, 'config'>): Provider[] {
  return providers.filter((provider) => provider.isConfigured(config))
}

/** Asks everybody again, soon. Answers whom. Throws UserError when there is nobody to ask. */
export async function askAgain(bot: Bot, incident: number, by: string): Promise<string[]> {
  const asked = askable(bot)
  if (asked.length === 0)
    throw new UserError(
      'There is nobody to ask: name prometheus, loki, elasticsearch or traces in tocsin.yaml, with its url.',
    )
  const now = bot.clock.now()
  const job = { task: 'gather_evidence', platform: null, incident, asked: now.toISOString(), by } as const
  await addJobs(bot.db, [job], now)
  return asked.map(({ title }) => title)
}

/**
 * Asks, and keeps each answer as it comes: the room hears the quick ones together, a moment later, and its message is edited
 * for the others. When all have answered, or their time is over, one entry on the timeline says what they said. Interrupted,
 * it is done again from the start, and leaves that entry once.
 */
export async function gatherEvidence(bot: Bot, job: JobOf<'gather_evidence'>): Promise<void> {
  const view = await incidentView(bot.db, job.incident)
  const asked = askable(bot)
  if (view === null || asked.length === 0 || isGathered(view, job)) return
  const inquiry = inquiryOf(bot, view, new Date(job.asked))
  const begun = asked.map((provider, place): Evidence => ({ ...about(bot, provider, place), status: 'asking' }))
  const quiet = quietOnes(view, job, asked)
  await bot.db.tx(async (q) => {
    const loud = begun.filter(({ provider }) => !quiet.includes(provider))
    const names = loud.map(({ provider }) => provider)
    await forgetEvidence(q, job.incident, [...names, ...quiet])
    await keepEvidence(q, job.incident, loud)
  })
  const all = await Promise.all(
    asked.map(async (provider, place): Promise<Evidence> => {
      const { timeout } = bot.config.evidence
      const answer = await answerOf((signal) => provider.ask(bot, inquiry, signal), timeout)
      if (answer.status === 'failed') warn(bot, job.incident, provider, answer)
      const one: Evidence = { ...about(bot, provider, place), ...answer }
      await keepAndShow(bot, job.incident, one, quiet)
      return one
    }),
  )
  const heard = all.filter((one) => !isUnheard(one, quiet))
  if (heard.length === 0) return
  await bot.db.tx((q) => record(bot, q, job.incident, [factOf(job, inquiry, heard)], job.by))
  // The draft was written when the incident ended, without waiting for this.
  if (view.incident.status === 'resolved') {
    const again = { task: 'draft_postmortem', platform: null, incident: job.incident } as const
    await addJobs(bot.db, [again], bot.clock.now())
  }
}

/** Nobody hears from them that all is well: nobody asked, and they did not say otherwise before. */
function quietOnes({ evidence }: IncidentView, { by }: JobOf<'gather_evidence'>, asked: Provider[]): string[] {
  const said = evidence.map(({ provider }) => provider)
  return asked.filter(({ name, isQuiet }) => isQuiet && by === null && !said.includes(name)).map(({ name }) => name)
}

/** All is well with one that is only heard of when it is not. */
function isUnheard({ provider, status }: Evidence, quiet: string[]): boolean {
  return status === 'nothing' && quiet.includes(provider)
}

function about(bot: Bot, { name, title }: Provider, place: number) {
  return { provider: name, place, title, at: bot.clock.now() }
}

function warn(
  { log }: Bot,
  incident: number,
  { name }: Provider,
  { reason, error }: { reason: string; error: unknown },
) {
  const context = { incident, provider: name, reason }
  const isForeseen = isPassing(error) || error instanceof PermanentError
  if (isForeseen) log.warn(context, 'evidence could not be asked for')
  else log.error({ ...context, err: error }, 'evidence could not be gathered for a reason nobody foresaw')
}

/**
 * Those that answer within a moment of each other are told together. Two statements, so that nothing of the incident is
 * locked while its rooms are looked up: whoever dies in between leaves the telling to the entry on the timeline.
 */
async function keepAndShow(bot: Bot, incident: number, one: Evidence, quiet: string[]): Promise<void> {
  if (isUnheard(one, quiet)) return
  await keepEvidence(bot.db, incident, [one])
  await wakeRooms(bot.db, incident, new Date(bot.clock.now().getTime() + gathering))
}

function isGathered({ timeline }: IncidentView, { asked }: JobOf<'gather_evidence'>): boolean {
  return timeline.some(({ fact }) => fact.kind === 'evidence_gathered' && fact.asked === asked)
}

function factOf({ asked }: JobOf<'gather_evidence'>, { from, until }: Inquiry, all: Evidence[]): Fact {
  return {
    kind: 'evidence_gathered',
    ...{ asked, from: from.toISOString(), until: until.toISOString() },
    found: all.flatMap((one) => (one.status === 'found' ? [{ title: one.title, summary: one.section.summary }] : [])),
    nothing: all.flatMap((one) => (one.status === 'nothing' ? [one.title] : [])),
    failed: all.flatMap((one) => (one.status === 'failed' ? [{ title: one.title, reason: one.reason }] : [])),
  }
}

const hour = 3_600_000
/** An alert that has been firing for longer before anybody was told did not begin what is looked into now. */
const longestStart = hour / 2

function inquiryOf({ config }: Bot, { incident, alerts }: IncidentView, asked: Date): Inquiry {
  const { before, after } = config.evidence
  const opened = incident.openedAt.getTime()
  const starts = alerts.map((alert) => alert.startsAt.getTime()).filter((at) => at >= opened - longestStart)
  const start = Math.min(opened, lowest(starts))
  // Whoever asks when the beginning is long over wants to know how it is now.
  const isLater = asked.getTime() > start + after
  const from = isLater ? asked.getTime() - after - before : start - before
  const { service, title, severity, number, terms } = incident
  return {
    ...{ incident: number, title, service, severity, zone: terms.zone, alerts, startedAt: new Date(start) },
    hasOlderAlert: alerts.some((alert) => alert.startsAt.getTime() < start),
    from: new Date(from),
    until: new Date(isLater ? asked : Math.min(asked.getTime(), start + after)),
    before: { from: new Date(start - before - hour), until: new Date(start - before) },
    names: (terms.evidence ?? usualEvidence).names,
    services: servicesBehind({ service, terms }),
  }
}
