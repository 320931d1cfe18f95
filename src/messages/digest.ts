// The weekly digest as a message that is read in half a minute: objectives, response times, noise, what is left to do.
import { localTime } from '../core/local-time.ts'
import type { Message, Picture, Tone } from '../core/message.ts'
import { type Severity, severities } from '../core/severity.ts'
import type { SloStanding } from '../core/slo.ts'
import { percentOf, type ResponseFigures, type Spread } from '../core/statistics.ts'
import type { Week } from '../core/week.ts'
import type { MissingPostmortem, NoisyAlert, OpenIncident } from '../store/digest.ts'
import { consoleUrl, postmortemUrl } from './addresses.ts'
import { sloFacts, sloTone } from './slo.ts'
import { setting, type Words } from './words.ts'

export type DigestFacts = {
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
}

export function digestMessage(
  words: Words,
  facts: DigestFacts & { slos: SloStanding[] },
  picture: Picture | null,
): Message {
  const { title, fields, text } = words.templates.message('digest/weekly', {
    ...setting(words, facts.week.zone, facts.asOf),
    ...digestData(words, facts),
    slo: sloFacts(facts.slos),
  })
  return { title, tone: toneOf(facts), fields, text, ...(picture === null ? {} : { picture }) }
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
    answered: figures.map(answerFacts).filter((f) => f.decided + f.undecided > 0),
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
