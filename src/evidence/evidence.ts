// The small interface behind which every system with evidence about an incident stands: one file each.
import type { Chart } from '../charts/chart.ts'
import type { Labels } from '../core/alert.ts'
import type { ChartSpec } from '../core/terms.ts'

/** What is known about the incident when its evidence is looked for. */
export type EvidenceRequest = {
  title: string
  service: string
  /** IANA zone people read times in. */
  zone: string
  from: Date
  until: Date
  startedAt: Date
  alerts: { labels: Labels; generatorUrl: string | null; annotations: Labels }[]
  /** Charts the service asks for by itself. */
  charts: ChartSpec[]
  marks: Chart['marks']
}

/** Something to show, or why it cannot be shown, in words for the room. */
export type Finding = { ok: true; title: string; chart: Chart } | { ok: false; title: string; reason: string }

export type EvidenceProvider = {
  name: string
  /** Never throws: evidence that cannot be had is a finding too, and nothing else waits for it. */
  find(request: EvidenceRequest): Promise<Finding[]>
}

/** The window to look at: an hour of normal life before the start, so that people see what changed. */
export function windowAround(startedAt: Date, until: Date): { from: Date; until: Date } {
  const from = new Date(startedAt.getTime() - 60 * 60_000)
  return { from, until: until > startedAt ? until : startedAt }
}
