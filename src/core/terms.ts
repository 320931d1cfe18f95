// What an incident is promised when it opens. Frozen on it: a later edit of the configuration does not move its goal posts.
import type { Bands } from './bands.ts'
import type { ClockTerm } from './clocks.ts'
import { type Hours, nextOpening } from './hours.ts'
import type { Policy, Rung } from './policy.ts'
import type { Severity } from './severity.ts'

export type SeverityTerms = {
  /** `room`: a channel of its own. `card`: a card in the alerts channel. `none`: only recorded. */
  presence: 'room' | 'card' | 'none'
  paging: 'always' | 'business hours' | 'never'
  policy: Policy
  clocks: ClockTerm[]
  /**
   * Milliseconds after which a page that its way does not take goes over the next way as well; null: never. Absent on
   * incidents that opened before there was such a thing.
   */
  rerouteAfter?: number | null
  /**
   * Milliseconds an acknowledgement holds before its holder has to renew it; null: until the end. Absent on incidents that
   * opened before there were leases: the default.
   */
  ackLease?: number | null
  /**
   * Milliseconds from one status update to the next, when it says nothing else; null: nobody is reminded. Absent on incidents
   * that opened before there were updates: the default.
   */
  updateEvery?: number | null
}

/** What holds where nothing is said: the urgent ones do not wait long. */
export const usualReroute: Record<Severity, number | null> = { P1: 120_000, P2: 120_000, P3: null, P4: null }

/** When a page that is due at `dueAt` goes over the next way as well; null: never. */
export function rerouteAt({ rerouteAfter }: SeverityTerms, severity: Severity, dueAt: Date): Date | null {
  const after = rerouteAfter === undefined ? usualReroute[severity] : rerouteAfter
  return after === null ? null : new Date(dueAt.getTime() + after)
}

/** A chart a service asks for by itself, when its alerts carry no expression or besides it. */
export type ChartSpec = {
  title: string
  expr: string
  unit: string | null
  /** Absent: `linear`, and on incidents that opened before there was a choice. */
  scale?: 'linear' | 'log'
  /** Absent: none, and on incidents that opened before there were any. */
  bands?: Bands
}

/**
 * Where people look at a service. `vars`: it is a dashboard of Grafana, opened at the time of the incident with these variables
 * (`$service` and `$<label>` stand for the incident's); absent: the address is used as it is.
 */
export type DashboardLink = { title: string; url: string; vars?: Record<string, string> }

/** What a service is called where evidence is looked for; null: as it is called here. */
export type ServiceNames = {
  /** Loki: the streams of the service, or a whole query. */
  selector: string | null
  query: string | null
  /** Elasticsearch: the value of its service field, and the indexes. */
  logs: string | null
  index: string | null
  /** Traces: the name of its service. */
  traces: string | null
}

export type EvidenceTerms = {
  severities: Severity[]
  names: ServiceNames
  /** Services whose changes may have broken this one; absent: none is named. */
  dependsOn?: string[]
}

/** What holds where nothing is said, and for incidents that opened before evidence was gathered. */
export const usualEvidence: EvidenceTerms = {
  severities: ['P1', 'P2'],
  names: { selector: null, query: null, logs: null, index: null, traces: null },
}

export type Terms = {
  /** IANA zone the team reads times in. */
  zone: string
  hours: Hours
  severities: Record<Severity, SeverityTerms>
  /** Milliseconds all alerts must stay clear before the incident resolves itself. */
  quietFor: number
  /** Path of the runbook file and the section in it; null when none matched. */
  runbook: { path: string; section: string } | null
  charts: ChartSpec[]
  dashboards: DashboardLink[]
  /** At which severities evidence is gathered by itself, and under which names. Absent on older incidents: as usual. */
  evidence?: EvidenceTerms
  /** Names of the post-mortem templates. Absent on incidents that opened before there was a choice: `default`. */
  postmortems?: Record<Severity, string>
}

/** Whose changes may have begun the incident: its own service first. */
export function servicesBehind({ service, terms }: { service: string; terms: Pick<Terms, 'evidence'> }): string[] {
  return [service, ...(terms.evidence?.dependsOn ?? [])]
}

/** The earliest instant at or after `at` at which an incident of these terms may page. */
export function pagingTime({ terms, severity }: { terms: Terms; severity: Severity }, at: Date): Date {
  return terms.severities[severity].paging === 'business hours' ? nextOpening(terms.hours, at) : at
}

/** The same for the step at `position`. Whoever escalated wants people now, opened or closed. */
export function stepTime(about: { terms: Terms; severity: Severity }, position: Pick<Rung, 'byHand'>, at: Date): Date {
  return position.byHand ? at : pagingTime(about, at)
}
