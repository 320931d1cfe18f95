// The weekly digest as a message that is read in half a minute: objectives, response times, noise, what is left to do.
import { localDate } from '../core/action.ts'
import type { Proposal } from '../core/alert-habits.ts'
import { type Goals, shareOf } from '../core/goals.ts'
import { localTime } from '../core/local-time.ts'
import type { Message, Picture, Tone } from '../core/message.ts'
import { type Severity, severities } from '../core/severity.ts'
import type { SloStanding } from '../core/slo.ts'
import { percentOf, type ResponseFigures, type Spread } from '../core/statistics.ts'
import type { Week } from '../core/week.ts'
import type { ListedAction } from '../store/actions.ts'
import type { ChecklistFigures } from '../store/checklists.ts'
import type { MissingPostmortem, NoisyAlert, OpenIncident } from '../store/digest.ts'
import type { FlappingAlert } from '../store/look-back.ts'
import type { Precision } from '../store/verdicts.ts'
import { consoleUrl, postmortemUrl } from './addresses.ts'
import { sloFacts, sloTone } from './slo.ts'
import { setting, type Words } from './words.ts'

export type DigestFacts = {
  /** Empty: the usual one. */
  name: string
  /** Empty: all. */
  services: string[]
  goals: Goals
  week: Week
  /** When this was counted: what is open or missing is so at this instant. */
  asOf: Date
  opened: Partial<Record<Severity, number>>
  /** The same of the week before. */
  before: Partial<Record<Severity, number>>
  figures: ({ severity: Severity } & ResponseFigures)[]
  noisiest: NoisyAlert[]
  open: { list: OpenIncident[]; total: number }
  missing: { list: MissingPostmortem[]; total: number }
  /** P1 and P2 together, of those resolved in the week and in the week before. */
  resolveTimes: { now: Spread | null; before: Spread | null }
  betweenFailures: { mean: number; atLeast: boolean } | null
  deployments: { deployments: number; failed: number }
  precision: Precision
  /** Acknowledged within half a minute, of all that were acknowledged. */
  hasty: { times: number; of: number }
  /** Pages at night by person, most first. */
  nights: { person: string; times: number }[]
  flapping: FlappingAlert[]
  proposals: Proposal[]
  /** Open action items, the most overdue first. */
  actions: { list: ListedAction[]; total: number }
  checklists: ChecklistFigures[]
  /** Why each is: phrases. */
  staleRunbooks: { title: string; why: string[] }[]
}

export function digestMessage(
  words: Words,
  facts: DigestFacts & { slos: SloStanding[] },
  picture: Picture | null,
): Message {
  const { title, fields, text } = words.templates.message('digest/weekly', {
    ...setting(words, facts.week.zone, facts.asOf),
    ...digestData(words, facts),
    ...figureData(facts),
    slo: sloFacts(facts.slos),
  })
  return { title, tone: toneOf(facts), fields, text, ...(picture === null ? {} : { picture }) }
}

function actionData(words: Words, { actions, checklists, staleRunbooks, week, asOf }: DigestFacts) {
  const today = localDate(asOf, week.zone)
  return {
    actions: actions.list.map(({ incident, item, text, owner, due }) => ({
      ...{ label: `#${incident}`, url: postmortemUrl(words, incident), item, text, owner },
      // By the day, as people promise it.
      due: due ?? '',
      overdue: due !== null && due < today,
    })),
    actionsTotal: actions.total,
    moreActions: actions.total - actions.list.length,
    checklists,
    staleRunbooks: staleRunbooks.slice(0, shownPeople).map(({ title, why }) => ({ title, why: why.join('; ') })),
    moreStale: Math.max(0, staleRunbooks.length - shownPeople),
  }
}

/** What is held to goals, what came at night, what could be changed. */
function figureData(facts: DigestFacts) {
  const { goals, resolveTimes, betweenFailures, deployments, precision, hasty, nights, flapping, proposals } = facts
  const judged = precision.useful + precision.noise + precision.duplicate
  const precise = shareOf(precision.useful, judged)
  const failed = shareOf(deployments.failed, deployments.deployments)
  const { now, before } = resolveTimes
  return {
    name: facts.name,
    services: facts.services,
    mttr: now && {
      ...{ ...now, before: before?.mean ?? null, goal: goals.mttr, kept: goals.mttr === null || now.mean < goals.mttr },
    },
    mtbf: betweenFailures && {
      ...{ ...betweenFailures, goal: goals.mtbf },
      kept: goals.mtbf === null || betweenFailures.atLeast || betweenFailures.mean > goals.mtbf,
      // Too early to say that nothing failed for long enough.
      early: goals.mtbf !== null && betweenFailures.atLeast && betweenFailures.mean < goals.mtbf,
    },
    changeFailures: failed !== null && {
      ...{ ...deployments, percent: failed, goal: goals.changeFailures },
      // By what there was: what is shown is cut, and 15.04 % is not 15. Divided, as 18.4 times 375 is a little less than 6900 here.
      kept:
        goals.changeFailures === null || (deployments.failed * 100) / deployments.deployments <= goals.changeFailures,
    },
    precision: precise !== null && {
      ...{ ...precision, judged, percent: precise, goal: goals.precision },
      kept: goals.precision === null || (precision.useful * 100) / judged > goals.precision,
    },
    unsaid: precision.unsaid,
    ...{ hasty, nights: nights.slice(0, shownPeople), flapping },
    nightPages: nights.reduce((sum, { times }) => sum + times, 0),
    proposals: proposals.map((one) => ({
      ...proposalBlank,
      ...one,
      ...(one.kind === 'raise for' ? raisedTo(one) : {}),
    })),
  }
}

const shownPeople = 5
const proposalBlank = {
  alert: '',
  times: 0,
  within: 0,
  severity: '',
  to: '',
  noise: 0,
  ignored: 0,
  alerts: [] as string[],
  for: 0,
}
const minute = 60_000

/** Longer than it ever took to clear itself, in whole minutes. */
function raisedTo({ within }: { within: number }): { for: number } {
  return { for: (Math.floor(within / minute) + 1) * minute }
}

function toneOf({ slos, figures, missing, asOf }: DigestFacts & { slos: SloStanding[] }): Tone {
  const tone = sloTone(slos)
  if (tone === 'critical') return tone
  const late = figures.some((f) => f.late > 0) || missing.list.some((m) => m.dueAt !== null && m.dueAt < asOf)
  if (late || tone === 'warning') return 'warning'
  return slos.some((slo) => slo.status === 'unknown') ? 'neutral' : 'good'
}

function digestData(words: Words, facts: DigestFacts) {
  const { week, asOf, opened, before, figures, noisiest, open, missing } = facts
  const answered = figures.map(answerFacts).filter((f) => f.decided + f.undecided > 0)
  const total = (counts: DigestFacts['opened']) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  return {
    week: week.key,
    days: daysOf(week),
    opened: total(opened),
    before: total(before),
    bySeverity: severities.flatMap((severity) => {
      const count = opened[severity] ?? 0
      return count > 0 ? [{ severity, count }] : []
    }),
    late: figures.reduce((sum, { late }) => sum + late, 0),
    todo: facts.proposals.length + open.total + missing.total + facts.actions.total,
    ...actionData(words, facts),
    answered,
    allAnswered: answered.length > 0 && answered.every((f) => f.undecided + f.endedUnanswered === 0),
    timesToAcknowledge: timesOf(figures, (f) => f.timeToAcknowledge),
    timesToResolve: timesOf(figures, (f) => f.timeToResolve),
    noisiest,
    open: open.list.map((one) => ({ ...one, label: `#${one.number}`, url: consoleUrl(words, one.number) })),
    openTotal: open.total,
    moreOpen: open.total - open.list.length,
    missing: missing.list.map((one) => ({
      ...one,
      label: `#${one.number}`,
      overdue: one.dueAt !== null && one.dueAt < asOf,
      url: postmortemUrl(words, one.number),
    })),
    missingTotal: missing.total,
    moreMissing: missing.total - missing.list.length,
  }
}

function answerFacts(figures: { severity: Severity } & ResponseFigures) {
  const { severity, inTime, late, undecided, endedUnanswered } = figures
  const decided = inTime + late
  return { severity, inTime, late, decided, undecided, endedUnanswered, percent: percentOf(inTime, decided) }
}

function timesOf(
  figures: DigestFacts['figures'],
  spreadOf: (figures: ResponseFigures) => Spread | null,
): ({ severity: Severity } & Spread)[] {
  return figures.flatMap((one) => {
    const spread = spreadOf(one)
    return spread === null ? [] : [{ severity: one.severity, ...spread }]
  })
}

/** `16–22 Nov 2026`, `30 Nov – 6 Dec 2026`, `28 Dec 2026 – 3 Jan 2027`. */
function daysOf({ from, until, zone }: Week): string {
  const parts = (at: Date) => localTime(at, zone).day.split(' ').slice(1)
  const [firstDay, firstMonth, firstYear] = parts(from)
  const [lastDay, lastMonth, lastYear] = parts(new Date(until.getTime() - 1))
  const last = `${lastDay} ${lastMonth} ${lastYear}`
  if (firstYear !== lastYear) return `${firstDay} ${firstMonth} ${firstYear} – ${last}`
  return firstMonth === lastMonth ? `${firstDay}–${last}` : `${firstDay} ${firstMonth} – ${last}`
}
