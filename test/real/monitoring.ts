// A real Prometheus with an alerting rule on a shop, and a real Alertmanager that sends to the bot.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'vitest'
import { freePort } from '../port.ts'
import { needs } from './program.ts'
import { folder, run } from './running.ts'
import { Shop } from './shop.ts'

export const rule = 'PaymentsErrorRateHigh'
export const token = 'the-token-of-alertmanager'
export const summary = 'Payments: more than 5 % of requests fail'

const ratio = (window: string) =>
  `sum(rate(http_requests_total{service="payments",status=~"5.."}[${window}])) / sum(rate(http_requests_total{service="payments"}[${window}]))`

export type Monitoring = {
  shop: Shop
  /** For PROMETHEUS_URL. */
  url: string
  /** For ALERTMANAGER_URL. */
  alertmanagerUrl: string
  /** Starts Alertmanager; from then on alerts reach the bot at `tocsin`. */
  sendTo(tocsin: string): Promise<void>
}

/** `rules`: a file of rules instead of the shop's own. `past`: whether Prometheus has an hour of the shop's. */
export type Setup = { rules?: string; past?: boolean }

/** Prometheus looks and judges every second. */
export async function startMonitoring(context: TestContext, setup: Setup = {}): Promise<Monitoring> {
  const prometheus = needs(context, 'prometheus')
  const alertmanager = needs(context, 'alertmanager')
  const [shop, port, alertsPort, data] = [await Shop.open(), await freePort(), await freePort(), folder()]
  writeFileSync(join(data, 'prometheus.yml'), prometheusConfig(shop.port, alertsPort))
  writeFileSync(join(data, 'rules.yml'), setup.rules ?? rules)
  if (setup.past ?? true) backfill(prometheus, data, shop)
  const url = `http://127.0.0.1:${port}`
  await run(
    prometheus,
    [
      `--config.file=${join(data, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(data, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=${url}`,
    ],
    `${url}/-/ready`,
  )
  const sendTo = async (tocsin: string) => {
    writeFileSync(join(data, 'alertmanager.yml'), alertmanagerConfig(tocsin))
    const listen = `127.0.0.1:${alertsPort}`
    await run(
      alertmanager,
      [
        `--config.file=${join(data, 'alertmanager.yml')}`,
        `--storage.path=${join(data, 'alerts')}`,
        `--web.listen-address=${listen}`,
        '--cluster.listen-address=',
      ],
      `http://${listen}/-/ready`,
    )
  }
  return { shop, url, alertmanagerUrl: `http://127.0.0.1:${alertsPort}`, sendTo }
}

function backfill(prometheus: string, data: string, shop: Shop): void {
  const promtool = join(dirname(prometheus), 'promtool')
  if (!existsSync(promtool)) return
  writeFileSync(join(data, 'history'), shop.history(`,instance="127.0.0.1:${shop.port}",job="shop"`))
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', join(data, 'history'), join(data, 'tsdb')]
  execFileSync(promtool, args, { stdio: 'pipe' })
}

const prometheusConfig = (shop: number, alerts: number) => `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ["127.0.0.1:${shop}"] }]
alerting:
  alertmanagers:
    - static_configs: [{ targets: ["127.0.0.1:${alerts}"] }]
`

/** Over ten looks: a machine that was busy for three of them has recovered from nothing. */
const rules = `
groups:
  - name: shop
    rules:
      - alert: ${rule}
        expr: ${ratio('10s')} > 0.05
        for: 1s
        labels: { severity: critical, service: payments }
        annotations:
          summary: "${summary}"
          description: "{{ $value | humanizePercentage }} of requests to payments answer 5xx. Customers cannot pay."
          runbook_url: https://wiki.example.org/payments-errors
`

const alertmanagerConfig = (tocsin: string) => `
route: { receiver: tocsin, group_by: [alertname, service], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: tocsin
    webhook_configs:
      - url: ${tocsin}/alerts/alertmanager
        send_resolved: true
        http_config: { authorization: { type: Bearer, credentials: ${token} } }
`
