// What a real Prometheus says of targets it cannot scrape and rules it cannot evaluate, as the room reads it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { monitoring } from '../../src/evidence/monitoring.ts'
import { ask } from '../evidence/inquiry.ts'
import { needs } from './program.ts'
import { folder, freePort, run } from './running.ts'

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
    return ask(monitoring, `prometheus: { url: "${url}" }`, { alerts, startedAt: now, until: now }, 5_000)
  }
  await expect
    .poll(async () => JSON.stringify(await look()), { timeout: 20_000, interval: 500 })
    .toMatch(/sh.{1,3}op are down.*evaluated/)
  const answer = await look()
  if (answer.status !== 'found') throw new Error('nothing is found')
  const { summary, items, links } = answer.section
  expect(summary).toBe('2 of 2 targets of sh"op are down, rules of one rule group cannot be evaluated')
  expect(items[0]?.text).toContain(`127.0.0.1:${a}`)
  expect(items[0]?.code).toContain('connection refused')
  expect(items[1]?.text).toBe('Down elsewhere: node 1 of 1')
  expect(items[2]?.text).toBe('Slow of the group shop cannot be evaluated')
  expect(items[2]?.code).toMatch(/many-to-many|duplicate series/)
  expect(links.map((link) => link.url)).toEqual([`${url}/targets`, `${url}/rules`])
})
