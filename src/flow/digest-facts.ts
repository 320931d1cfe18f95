// Counts what a digest tells of a week, as the database knows it at this moment.
import type { Bot } from '../bot.ts'
import type { DigestConfig } from '../config/config.ts'
import { hastyAnswers, type LookedAt, proposals } from '../core/alert-habits.ts'
import { isNight, timeBetweenFailures } from '../core/goals.ts'
import { localTime } from '../core/local-time.ts'
import { staleText } from '../core/runbook-habits.ts'
import { type ResponseFigures, responseFigures } from '../core/statistics.ts'
import { type Week, weekBefore } from '../core/week.ts'
import type { DigestFacts } from '../messages/digest.ts'
import { openActions } from '../store/actions.ts'
import { checklistFigures } from '../store/checklists.ts'
import { missingPostmortems, noisiestAlerts, openedCounts, openIncidents, responses } from '../store/digest.ts'
import {
  deploymentsIn,
  failuresIn,
  flappingAlerts,
  incidentsLookedAt,
  type LookBack,
  pagesSent,
} from '../store/look-back.ts'
import { precisionOf } from '../store/verdicts.ts'
import { staleRunbooks } from './runbook-figures.ts'

/** Lines of each list in a digest: it is read in half a minute, and the console has the rest. */
const listed = 5
const noisy = 3
const day = 86_400_000
/** Habits show in more than one week; failures of the worst kind in more than a month. */
const habitDays = 28
const failureDays = 90
/** Milliseconds after a deployment in which what breaks is blamed on it. */
const blame = 2 * 3_600_000
/** An alert that fires so often within one incident flaps. */
const flaps = 3

export async function digestFacts(
  bot: Pick<Bot, 'config' | 'db' | 'clock' | 'runbooks'>,
  week: Week,
  digest: DigestConfig = bot.config.digest,
): Promise<DigestFacts> {
  const { db, config } = bot
  const asOf = bot.clock.now()
  const services = digest.services.length === 0 ? null : digest.services
  const span: LookBack = { from: week.from, until: week.until, services }
  const past = { ...weekBefore(week), services }
  const since = (days: number): LookBack => ({ ...span, from: new Date(week.until.getTime() - days * day) })
  const [opened, before, answered, earlier, noisiest, open, missing] = await Promise.all([
    openedCounts(db, span),
    openedCounts(db, past),
    responses(db, span, asOf),
    responses(db, past, asOf),
    noisiestAlerts(db, span, noisy),
    openIncidents(db, listed, services),
    missingPostmortems(db, span, listed),
  ])
  const [looked, flapping, pages, failed, deployments, precision, actions, checklists, stale] = await Promise.all([
    incidentsLookedAt(db, since(habitDays)),
    flappingAlerts(db, span, { times: flaps, limit: 3 }),
    pagesSent(db, span),
    failuresIn(db, since(failureDays)),
    deploymentsIn(db, span, blame),
    precisionOf(db, span),
    openActions(db, listed, services),
    services === null ? checklistFigures(db, span) : [],
    services === null ? staleRunbooks(bot) : [],
  ])
  const own = looked.filter(({ openedAt }) => openedAt >= week.from)
  return {
    // What fired once made no noise.
    noisiest: noisiest.filter(({ fired }) => fired > 1),
    ...{ week, asOf, opened, before, open, missing, flapping, deployments, precision, actions, checklists },
    ...{ name: digest.name, services: digest.services, goals: config.goals },
    figures: (['P1', 'P2'] as const).map((severity) => ({
      severity,
      ...figuresOf(
        answered.filter((r) => r.severity === severity),
        week,
      ),
    })),
    resolveTimes: {
      now: figuresOf(answered, week).timeToResolve,
      before: figuresOf(earlier, past).timeToResolve,
    },
    betweenFailures: betweenFailures(failed, since(failureDays)),
    hasty: { times: hastyAnswers(own).length, of: own.filter(wasAcknowledged).length },
    staleRunbooks: stale.map(({ title, reasons }) => ({ title, why: reasons.map(staleText) })),
    nights: nightPages(pages, { ...config.night, zone: week.zone }),
    proposals: proposals(looked),
  }
}

type Answered = Awaited<ReturnType<typeof responses>>

function figuresOf(answered: Answered, { from, until }: Pick<Week, 'from' | 'until'>): ResponseFigures {
  return responseFigures(answered, from, until)
}

function wasAcknowledged({ acknowledgedAt }: LookedAt): boolean {
  return acknowledgedAt !== null
}

/** Before the first incident of all nobody was counting. */
function betweenFailures({ failures, since }: { failures: number; since: Date | null }, { from, until }: LookBack) {
  if (since === null) return null
  return timeBetweenFailures(failures, since > from ? since : from, until)
}

/** Who was paged how often at night, most first. */
function nightPages(pages: { person: string; at: Date }[], night: { from: string; until: string; zone: string }) {
  const counts = new Map<string, number>()
  for (const { person, at } of pages)
    if (isNight(night, localTime(at, night.zone).minute)) counts.set(person, (counts.get(person) ?? 0) + 1)
  return [...counts].map(([person, times]) => ({ person, times })).sort((a, b) => b.times - a.times)
}
