// The sample alert: the whole path, from intake to post-mortem, seen without a monitoring system.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Config, Source } from '../../config/config.ts'
import { packageRoot } from '../../config/load.ts'
import { RejectedInput } from '../../errors.ts'
import { alertsAccepted } from '../../metrics.ts'
import { firingWithLabel } from '../../store/console.ts'
import { textField } from '../body.ts'
import type { ServerDeps } from '../deps.ts'

type Labels = Record<string, string>
type Sample = { labels: Labels; annotations: Labels; [field: string]: unknown }

/** Marks our samples, so that "recovered" ends them and nothing else. */
const mark = { label: 'sample', value: 'console' }

/** The source samples go through: one that still has the quickstart's token; null when this bot is in earnest. */
export function sampleSource(config: Config): Source | null {
  return Object.values(config.sources).find((one) => one.kind === 'alertmanager' && one.token === 'quickstart') ?? null
}

export function sampleRoutes(deps: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post('/console/sample-alert', async (request, reply) => {
      const source = sampleSource(deps.bot.config)
      if (source === null) throw new RejectedInput('samples are off: no source has the token "quickstart"', 404)
      const status = textField(request.body, 'status')
      if (status !== 'firing' && status !== 'resolved') throw new RejectedInput('status: must be firing or resolved')
      const alerts = status === 'firing' ? [await nextSample(deps, source)] : await recovered(deps, source)
      if (alerts.length === 0) throw new RejectedInput('no sample alert is firing', 409)
      const body = { ...template(), status, alerts: alerts.map((alert) => ({ ...alert, status })) }
      const delivery = deps.parse(source, body, deps.bot.clock.now())
      await deps.accept(delivery, request.id)
      alertsAccepted.inc({ source: source.name }, delivery.alerts.length)
      return reply.code(202).send({ accepted: delivery.alerts.length, rejected: delivery.rejected })
    })
  }
}

/** As Alertmanager sends it; `alerts` is replaced. */
function template(): { alerts: Sample[]; [field: string]: unknown } {
  return JSON.parse(readFileSync(join(packageRoot(), 'examples/quickstart/alert.json'), 'utf8'))
}

/** One after the other: each opens an incident of its own, and when all of them fire the first gains an alert. */
const variants: Sample[] = [
  {
    labels: { alertname: 'HighLatency', service: 'checkout', severity: 'warning', instance: 'checkout-5d8f:8080' },
    annotations: {
      summary: 'Checkout: p95 response time is 3.1 s',
      description: 'The slowest 5 % of requests have taken longer than 2 s for ten minutes.',
    },
    generatorURL: ruleAddress(
      'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="checkout"}[5m]))) > 2',
    ),
  },
  {
    labels: {
      alertname: 'CertificateExpiresSoon',
      service: 'storefront',
      severity: 'info',
      instance: 'shop.example.org:443',
    },
    annotations: {
      summary: 'Storefront: TLS certificate expires in 9 days',
      description: 'It has not renewed by itself. Browsers will refuse it once it has expired.',
    },
    generatorURL: ruleAddress(
      '(probe_ssl_earliest_cert_expiry{instance="shop.example.org:443"} - time()) / 86400 < 10',
    ),
  },
]

/** As Prometheus links to the expression of a rule; charts are drawn from it. */
function ruleAddress(expr: string): string {
  return `http://127.0.0.1:9090/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`
}

async function nextSample({ bot }: ServerDeps, source: Source): Promise<Sample> {
  const first = template().alerts[0]
  if (first === undefined) throw new RejectedInput('examples/quickstart/alert.json holds no alert', 500)
  const firing = await firingWithLabel(bot.db, source.name, mark.label, mark.value)
  const names = new Set(firing.map((alert) => alert.labels.alertname))
  const sample = [first, ...variants].find((one) => !names.has(one.labels.alertname ?? '')) ?? {
    ...first,
    labels: { ...first.labels, instance: `payments-${firing.length + 1}:8080` },
  }
  return {
    ...sample,
    labels: { ...sample.labels, [mark.label]: mark.value },
    startsAt: bot.clock.now().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: randomBytes(8).toString('hex'),
  }
}

async function recovered({ bot }: ServerDeps, source: Source): Promise<Sample[]> {
  const firing = await firingWithLabel(bot.db, source.name, mark.label, mark.value)
  return firing.map(({ fingerprint, labels, annotations, startsAt, generatorUrl }) => ({
    labels,
    annotations,
    fingerprint,
    startsAt: startsAt.toISOString(),
    endsAt: bot.clock.now().toISOString(),
    generatorURL: generatorUrl ?? '',
  }))
}
