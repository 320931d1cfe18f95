// tocsin slo: where the objectives stand, in a terminal, and the rules for Prometheus as a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../config/files.ts'
import { fakePrometheus } from '../flow/look-back.ts'
import { cli } from './cli.ts'

const slos = `
slos:
  - { name: Payments availability, service: payments, objective: 99.9, availability: 'up{job="payments"}' }
`
const at = (yaml: string) => {
  const folder = folderWith({ 'tocsin.yaml': yaml })
  return (argv: string[], env: Record<string, string> = {}) => cli(argv, env, folder)
}

test('the standing is told in plain words', async () => {
  const prometheus = await fakePrometheus((expr) =>
    expr.includes('[30d]') ? 0.0005 : expr.includes('slo_version') ? null : 0,
  )
  try {
    const said = await at(slos)(['slo'], { PROMETHEUS_URL: prometheus.url })
    expect(said.out).toBe(
      'Objective Payments availability: safe\n\n- Payments availability: 99.950 %, objective 99.9 % over 30 days. █████░░░░░ 50 % of the error budget left (21.6 min of 43.2 min). Nothing burned in the last 1 h. At the rate of the last 3 d it lasts the window.\n',
    )
  } finally {
    await prometheus.close()
  }
})

test('rules are printed, or written where --out says, and are the same for the same objectives', async () => {
  const run = at(slos)
  const printed = await run(['slo', 'rules'])
  expect(printed).toMatchObject({ code: 0, err: '' })
  expect(printed.out).toContain('  # P1 above 14.4 times over 1 h and 5 min (2 % of the budget)\n')
  expect(printed.out).toContain('- alert: "PaymentsAvailabilityErrorBudgetBurn"')
  const folder = folderWith({ 'tocsin.yaml': slos })
  const written = await cli(['slo', 'rules', '--out', 'rules.yml'], {}, folder)
  expect(written.out).toMatch(/^20 rules for 1 objective are in rules\.yml\.\nName the file under rule_files/)
  expect(readFileSync(join(folder, 'rules.yml'), 'utf8')).toBe(printed.out)
})

test('severities are said in words that the severity rules read as what is meant', async () => {
  const severities = async (more: string) => {
    const said = await at(`${slos}${more}`)(['slo', 'rules'])
    return {
      labels: [...said.out.matchAll(/burn: "(\w+)"\n +severity: "(\w+)"/g)].map(([, b, s]) => `${b} ${s}`),
      err: said.err,
    }
  }
  expect((await severities('')).labels).toEqual(['fast critical', 'slow warning', 'ticket info'])
  const warned = await severities('services: { payments: { severity: { warning: P1 } } }')
  expect(warned.labels).toEqual(['fast critical', 'slow error', 'ticket info'])
  const all = await severities('services: { payments: { severity: P3 } }')
  expect(all.labels).toEqual(['fast critical', 'slow warning', 'ticket info'])
  expect(all.err).toContain('severity rules make something else than P1 of PaymentsAvailabilityErrorBudgetBurn')
})

test('braces in a name are no template of Prometheus', async () => {
  const said = await at(
    'slos: [{ name: "a {{ b }}", objective: 99, availability: up, runbook_url: "https://w.example/{{x}}" }]',
  )(['slo', 'rules'])
  expect(said.out).toContain('summary: "a {{ \\"{{\\" }} b }}: the error budget burns far too fast"')
  expect(said.out).toContain('runbook_url: "https://w.example/{{ \\"{{\\" }}x}}"')
})

test('what Prometheus would refuse is not written', async () => {
  const said = await at('slos: [{ name: A, objective: 99, promql: "rate(x[$window]" }]')([
    'slo',
    'rules',
    '--out',
    'r.yml',
  ])
  expect(said).toMatchObject({ code: 1, out: '' })
  expect(said.err).toContain('promql of the objective “A” is no PromQL')
  expect((await at('team: A')(['slo', 'rules'])).err).toContain('No objectives are configured')
})
