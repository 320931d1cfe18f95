// The five stacks the product must serve, each with configuration alone.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, packageRoot } from '../../src/config/load.ts'
import { classify } from '../../src/core/classify.ts'
import { badShare } from '../../src/core/indicator.ts'
import { errorBudget } from '../../src/core/slo.ts'
import { topOf } from '../../src/evidence/promql-tree.ts'

const folder = join(packageRoot(), 'examples/seeds')
const load = (name: string) => loadConfig({ TOCSIN_CONFIG: join(folder, `${name}.yaml`) }, { cwd: folder })
const minute = 60_000
const hour = 60 * minute

test.each(readdirSync(folder))('%s loads', (file) => {
  const config = load(file.replace('.yaml', ''))
  expect(config.severities.P1.policy.steps.length).toBeGreaterThan(0)
  expect(config.slos.length).toBeGreaterThan(0)
  for (const slo of config.slos) expect(topOf(badShare(slo.indicator, hour)), slo.name).not.toBeNull()
})

test('all five are there', () => {
  expect(readdirSync(folder)).toHaveLength(5)
})

test('logs and traces are asked for where they are', () => {
  const of = (name: string) => {
    const { loki, elasticsearch, kibana, traces } = load(name).evidence
    return Object.entries({ loki, elasticsearch, kibana, traces }).flatMap(([key, one]) => (one === null ? [] : [key]))
  }
  expect(of('causal-ui-gym')).toEqual(['loki', 'traces'])
  expect(of('active-inference-sim-lab')).toEqual(['elasticsearch', 'kibana'])
  expect(of('causal-interface-gym')).toEqual(['elasticsearch', 'kibana'])
  expect(of('causal-evaluation-framework')).toEqual(['traces'])
})

test('Active Inference Sim Lab: each baseline has its three bands, whichever way is worse', () => {
  const { inference, model } = load('active-inference-sim-lab').services
  const bands = [...(inference?.charts ?? []), ...(model?.charts ?? [])].map((chart) => [chart.unit, chart.bands])
  expect(bands).toEqual([
    ['seconds', { bad: 'above', target: 0.1, acceptable: 0.5, critical: 1 }],
    ['ratio', { bad: 'above', target: 0.001, acceptable: 0.01, critical: 0.05 }],
    ['percent', { bad: 'above', target: 60, acceptable: 80, critical: 90 }],
    [null, { bad: 'below', target: 0.95, acceptable: 0.8, critical: 0.7 }],
  ])
})

test('Causal UI Gym: 15 minutes, an hour, the next business day; primary, secondary, manager', () => {
  const config = load('causal-ui-gym')
  const respond = [config.severities.P1, config.severities.P2, config.severities.P3].map((s) => s.clocks[0]?.within)
  expect(respond).toEqual([15 * minute, hour, 'next business day'])
  expect(config.severities.P1.policy.steps.map((step) => step.targets[0])).toEqual([
    { schedule: 'primary' },
    { schedule: 'secondary' },
    { person: 'manager' },
  ])
  expect(classify(config, { alertname: 'JAXBackendDown' })).toBe('P1')
  expect(classify(config, { alertname: 'CausalInferenceAccuracyLow' })).toBe('P2')
})

test('Active Inference Sim Lab: a P1 has four clocks, and names decide where labels do not', () => {
  const config = load('active-inference-sim-lab')
  expect(config.severities.P1.clocks).toEqual([
    { name: 'respond', within: 5 * minute, from: 'opened', until: 'acknowledged' },
    { name: 'investigate', within: 15 * minute, from: 'opened', until: 'noted' },
    { name: 'resolve', within: hour, from: 'opened', until: 'resolved' },
    { name: 'postmortem', within: 24 * hour, from: 'resolved', until: 'published' },
  ])
  const named = [
    'ApplicationDown',
    'HighErrorRate',
    'MemoryLeak',
    'HighResponseTime',
    'LowModelAccuracy',
    'TrainingStalled',
  ]
  expect(named.map((alertname) => classify(config, { alertname }))).toEqual(['P1', 'P1', 'P1', 'P2', 'P2', 'P3'])
})

describe('Multimodal Counterfactual Lab', () => {
  const config = load('multimodal-counterfactual-lab')

  test('its objectives are held, 99.9 % being 43.2 minutes in 30 days', () => {
    expect(config.slos.map((slo) => slo.objective)).toEqual([99.9, 95, 99, 95, 95])
    const [availability] = config.slos
    expect(availability?.window).toEqual({ days: 30 })
    expect(errorBudget(availability?.objective ?? 0, 30 * 24 * hour)).toBe(43.2)
    expect(config.slos.map(({ indicator }) => indicator)).toMatchObject([
      { kind: 'availability', expr: 'up{job="cf-lab"}', plain: true },
      { kind: 'latency', metric: 'cf_lab_duration_seconds', threshold: 2 },
      { kind: 'latency', metric: 'cf_lab_duration_seconds', threshold: 5 },
      { kind: 'ratio', part: 'good', expr: 'rate(cf_lab_generations_total{status="success"}[$window])' },
      { kind: 'value', good: 'above', than: 0.8 },
    ])
  })

  test('critical is P1, warning P2, and what threatens data or security P1 whatever it says', () => {
    expect(classify(config, { severity: 'critical' })).toBe('P1')
    expect(classify(config, { severity: 'warning' })).toBe('P2')
    expect(classify(config, { severity: 'info', category: 'security' })).toBe('P1')
  })
})

test('Causal Interface Gym: a team without a rotation is paged all together, and its own checks may send', () => {
  const config = load('causal-interface-gym')
  expect(config.severities.P1.policy.steps[0]?.targets).toEqual([{ person: 'dana' }, { person: 'robin' }])
  expect(config.sources.health?.kind).toBe('generic')
})

test('Causal evaluation framework: grouped by name alone, a fortnight each', () => {
  const config = load('causal-evaluation-framework')
  expect(config.grouping).toEqual({ by: ['alertname'], reopenWithin: hour, quietFor: 5 * minute })
  expect(config.schedules.evaluation?.layers[0]).toMatchObject({
    every: { days: 14 },
    handover: '10:00',
    weekday: 'mon',
  })
  expect(config.slos.map((slo) => slo.objective)).toEqual([99.9, 95, 99.9, 99])
})
