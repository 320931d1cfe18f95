// What a real Prometheus says of targets it cannot scrape and rules it cannot evaluate, as the room reads it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { monitoring } from '../../src/evidence/monitoring.ts'
import { ask } from '../evidence/inquiry.ts'
import { freePort } from '../port.ts'
import { needs } from './program.ts'
import { folder, run } from './running.ts'

const rules = `
groups:
  - name: shop
    rules:
      - { alert: Slow, expr: "up * on (job) group_left () up > 5" }
      - { alert: Fine, expr: "up == 2" }
`

test('targets that are down and rules that fail are told, with the reasons of Prometheus', async (context) => {
  const prometheus = needs(context, 'prometheus')
  const [port, a, b, c, data] = [await freePort(), await freePort(), await freePort(), await freePort(), folder()]
  const config = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }
  - { job_name: 'sh"op', static_configs: [{ targets: ["127.0.0.1:${a}", "127.0.0.1:${b}"] }] }
  - { job_name: node, static_configs: [{ targets: ["127.0.0.1:${c}"] }] }
`
  writeFileSync(join(data, 'prometheus.yml'), config)
  writeFileSync(join(data, 'rules.yml'), rules)
  const url = `http://127.0.0.1:${port}`
  const files = [`--config.file=${join(data, 'prometheus.yml')}`, `--storage.tsdb.path=${join(data, 'tsdb')}`]
  await run(prometheus, [...files, `--web.listen-address=127.0.0.1:${port}`], `${url}/-/ready`)
  const alerts = [
    { labels: { job: 'sh"op', alertname: 'Slow' }, annotations: {}, generatorUrl: `${url}/graph?g0.expr=up` },
  ]
  const look = async () => {
    const now = new Date()
    return ask(monitoring, `prometheus: { url: "${url}" }`, { alerts, startedAt: now, until: now })
  }
  // Prometheus looks at one target after the other, and at the rules at a time of their own.
  await expect.poll(look, { interval: 200 }).toMatchObject({
    status: 'found',
    section: {
      summary: '2 of 2 targets of sh"op are down, rules of one rule group cannot be evaluated',
      items: [
        { text: expect.stringContaining(`127.0.0.1:${a}`), code: expect.stringContaining('connection refused') },
        { text: 'Down elsewhere: node 1 of 1' },
        {
          text: 'Slow of the group shop cannot be evaluated',
          code: expect.stringMatching(/many-to-many|duplicate series/),
        },
      ],
      links: [{ url: `${url}/targets` }, { url: `${url}/rules` }],
    },
  })
})
