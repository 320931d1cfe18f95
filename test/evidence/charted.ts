// What the tests of an incident's charts have in common: an alert, what is asked for, and the chart that comes.
import { expect } from 'vitest'
import type { EvidenceRequest, Finding } from '../../src/evidence/evidence.ts'
import type { Metric } from './stand-in.ts'

export const startedAt = new Date('2026-11-12T13:02:00Z')

export function alertOn(expr: string | null, labels: Record<string, string> = {}) {
  const generatorUrl = expr === null ? null : `http://prom:9090/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`
  return { labels: { alertname: 'HighResponseTime', ...labels }, generatorUrl, annotations: {} }
}

export function requestOf(changes: Partial<EvidenceRequest> = {}): EvidenceRequest {
  return {
    title: 'p95 is too high',
    service: 'payments',
    zone: 'Europe/Berlin',
    from: new Date(startedAt.getTime() - 3_600_000),
    until: new Date(startedAt.getTime() + 120_000),
    startedAt,
    alerts: [alertOn('x_seconds > 0.5')],
    charts: [],
    marks: [],
    ...changes,
  }
}

export const level = (labels: Record<string, string>, value: number): Metric => ({
  metric: labels,
  value: () => String(value),
})

export function chartIn(finding: Finding | undefined) {
  if (!finding?.ok) return expect.fail(`expected a chart, not: ${finding?.reason}`)
  return finding.chart
}
