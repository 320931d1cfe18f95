// What an alert rule does week after week, and what could be changed about it: computed from what happened, with the numbers.
import { pairsOf } from './alert-pairs.ts'
import { highest } from './bounds.ts'
import type { Severity } from './severity.ts'
import type { AlertVerdict } from './verdict.ts'

/** An incident as these figures see it. */
export type LookedAt = {
  number: number
  service: string
  severity: Severity
  /** Name of the rule that opened it; its title where there is none. */
  alert: string
  openedAt: Date
  resolvedAt: Date | null
  /** The first time. */
  acknowledgedAt: Date | null
  /** Somebody did something: acknowledged, noted, escalated, resolved. */
  touched: boolean
  verdict: AlertVerdict | null
  /** Milliseconds its longest alert fired; null while one still does, or nobody knows. */
  fired: number | null
}

export type Proposal =
  /** It cleared itself `times` times, within `within` milliseconds each time: let it fire for longer than that first. */
  | { kind: 'raise for'; alert: string; times: number; within: number }
  /** Called noise `noise` times, or `ignored` incidents that nobody touched. */
  | { kind: 'demote'; alert: string; severity: Severity; to: Severity; noise: number; ignored: number }
  /** They came together `times` times. */
  | { kind: 'group'; alerts: [string, string]; times: number }

const minute = 60_000
/** What is over sooner needs nobody. */
const brief = 10 * minute
const together = 5 * minute
/** Once is chance, twice may be. */
const fewest = 3
const mostProposals = 5

const below: Partial<Record<Severity, Severity>> = { P1: 'P2', P2: 'P3', P3: 'P4' }

/** The strongest first: those that would have saved most incidents. An alert is proposed one change at a time. */
export function proposals(incidents: LookedAt[]): Proposal[] {
  const byAlert = new Map<string, LookedAt[]>()
  for (const one of incidents) {
    const known = byAlert.get(one.alert)
    if (known === undefined) byAlert.set(one.alert, [one])
    else known.push(one)
  }
  const own = [...byAlert].flatMap(([alert, all]) => raised(alert, all) ?? demoted(alert, all) ?? [])
  const weight = (proposal: Proposal) =>
    proposal.kind === 'demote' ? proposal.noise + proposal.ignored : proposal.times
  return [...own, ...grouped(incidents)].sort((a, b) => weight(b) - weight(a)).slice(0, mostProposals)
}

function raised(alert: string, all: LookedAt[]): Proposal | null {
  const alone = all.filter((one) => !one.touched && one.resolvedAt !== null && one.verdict !== 'useful')
  const short = alone.flatMap(({ fired }) => (fired !== null && fired <= brief ? [fired] : []))
  // One that lasted would come later all the same: it is what the rule is for.
  if (short.length < fewest || short.length * 2 < all.length) return null
  return { kind: 'raise for', alert, times: short.length, within: highest(short) }
}

function demoted(alert: string, all: LookedAt[]): Proposal | null {
  const urgent = all.filter(({ severity }) => severity === 'P1' || severity === 'P2')
  const [first] = urgent.toSorted((a, b) => (a.severity < b.severity ? -1 : 1))
  const to = first && below[first.severity]
  if (first === undefined || to === undefined || urgent.some(({ verdict }) => verdict === 'useful')) return null
  const noise = urgent.filter(({ verdict }) => verdict === 'noise').length
  const ignored = urgent.filter((one) => one.verdict === null && !one.touched && one.resolvedAt !== null).length
  if (noise < 2 && noise + ignored < fewest) return null
  return { kind: 'demote', alert, severity: first.severity, to, noise, ignored }
}

/** Two rules that open incidents of their own within minutes of each other, again and again. */
function grouped(incidents: LookedAt[]): Proposal[] {
  const openings = incidents.map(({ alert, service, openedAt }) => ({ alert, service, at: openedAt.getTime() }))
  return pairsOf(openings, together, fewest).map((pair) => ({ kind: 'group', ...pair }))
}

/** Acknowledged within `within` milliseconds of opening: nobody reads an incident that fast. */
export function hastyAnswers(incidents: LookedAt[], within = 30_000): LookedAt[] {
  return incidents.filter(
    ({ acknowledgedAt, openedAt }) => acknowledgedAt !== null && acknowledgedAt.getTime() - openedAt.getTime() < within,
  )
}
