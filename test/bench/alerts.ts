// Alerts of a realistic size (about 550 bytes), as Alertmanager's webhook sends them and as its own API takes them.

export type BenchAlert = { group: string; instance: string; severity: string; firing?: boolean }

function labelsOf({ group, instance, severity }: BenchAlert) {
  return {
    ...{ alertname: `HighLatency_${group}`, service: group, severity, instance },
    ...{ cluster: 'eu-west-1', namespace: 'production', job: 'node', team: 'bench' },
  }
}

function annotationsOf({ group, instance }: BenchAlert) {
  return {
    summary: `${group} answers slowly`,
    description: `99th percentile latency of ${group} on ${instance} has been above 500 ms for five minutes`,
  }
}

const startsAt = new Date().toISOString()
const generatorURL = 'http://prometheus.example.org:9090/graph?g0.expr=latency_seconds%3Aquantile99+%3E+0.5&g0.tab=1'

/** Alertmanager's webhook, version 4. */
export function webhookBody(alerts: BenchAlert[]): string {
  return JSON.stringify({
    version: '4',
    status: 'firing',
    receiver: 'tocsin',
    groupKey: '{}',
    alerts: alerts.map((alert) => ({
      status: 'firing',
      labels: labelsOf(alert),
      annotations: annotationsOf(alert),
      startsAt,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL,
      fingerprint: `${alert.group}-${alert.instance}`,
    })),
  })
}

/** What Alertmanager's POST /api/v2/alerts takes. */
export function apiBody(alerts: BenchAlert[]): string {
  return JSON.stringify(
    alerts.map((alert) => ({ labels: labelsOf(alert), annotations: annotationsOf(alert), startsAt, generatorURL })),
  )
}
