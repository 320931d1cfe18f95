// What evidence about an incident is asked for with, and what is found: one shape for every system that has some.
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
