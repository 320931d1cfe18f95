// The rules of `tocsin slo rules` held against Prometheus' own tool: it takes them, and they fire for what burns a budget
// and for nothing else.
import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/config/load.ts'
import { cli } from '../cli/cli.ts'
import { needs } from './program.ts'
import { folder } from './running.ts'

// A warning about payments is a P1 here: what is meant as a P2 has to say so with another word.
const rules = 'severity_rules: [{ match: { severity: warning, service: payments }, severity: P1 }]'

const objectives = {
  Payments: `objective: 99.9, bad: 'http_requests_total{status="500"}', total: http_requests_total`,
  Up: `objective: 99, window: 7d, availability: 'up{job="payments"}'`,
  Fast: 'objective: 95, latency: { metric: seconds, threshold: 2s }',
  Quality: 'objective: 95, window: month, value: quality, above: 0.8',
  Share: `objective: 99.5, promql: 'sum(rate(a[$window])) / sum(rate(b[$window]))'`,
  Native: `objective: 95, latency: { metric: seconds, threshold: 2s, native: true, selector: 'job="payments"' }`,
}
type Objective = keyof typeof objectives

type Case = {
  /** A series and its values, a minute each, as promtool writes them. */
  series: Record<string, string>
  /** When which burn alerts and others fire: by name and \`burn\`. */
  firing: [at: string, alerts: string[]][]
}

/** Fails with promtool's own words. `every`: between two looks at the rules. */
async function promtool(path: string, names: Objective[], cases: Case[], every = '1m'): Promise<void> {
  const home = folder()
  const slos = names.map((name) => `  - { name: ${name}, service: payments, ${objectives[name]} }`)
  writeFileSync(join(home, 'tocsin.yaml'), [rules, 'slos:', ...slos].join('\n'))
  const said = await cli(['slo', 'rules', '--out', 'rules.yml'], { TOCSIN_CONFIG: join(home, 'tocsin.yaml') }, home)
  expect(said).toMatchObject({ code: 0, err: '' })
  run(path, ['check', 'rules', 'rules.yml'], home)
  const tests = cases.map(({ series, firing }) => ({
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: firing.map(([at, alerts]) => ({
      expr: 'count by (alertname, burn, severity) (ALERTS{alertstate="firing"})',
      eval_time: at,
      exp_samples: alerts.map((labels) => ({ labels: `{${labels}}`, value: 1 })),
    })),
  }))
  writeFileSync(
    join(home, 'test.yml'),
    JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: every, tests }),
  )
  run(path, ['test', 'rules', 'test.yml'], home)
}

function run(path: string, args: string[], cwd: string): void {
  try {
    execFileSync(path, args, { cwd, stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    throw new Error(`${stdout}\n${stderr}`)
  }
}

const burn = (kind: string, severity: string, name: Objective = 'Payments') =>
  `alertname="${name}ErrorBudgetBurn",burn="${kind}",severity="${severity}"`
const [fast, slow, ticket] = [burn('fast', 'critical'), burn('slow', 'error'), burn('ticket', 'info')]

/** Requests a minute by status. */
const requests = (ok: string, failed: string) => ({
  'http_requests_total{status="200"}': ok,
  'http_requests_total{status="500"}': failed,
})

describe('Prometheus takes the rules, and of a budget of 99.9 %', () => {
  test('a total outage is told within two minutes, and at every speed soon after', async (context) => {
    // Three good hours, then nothing but failures.
    const outage = requests('0+100x180 18000+0x60', '0+0x180 0+100x60')
    await promtool(
      needs(context, 'promtool'),
      ['Payments'],
      [
        {
          series: outage,
          firing: [
            ['3h', []],
            ['3h2m', [fast, ticket]],
            ['3h5m', [fast, slow, ticket]],
            ['3h30m', [fast, slow, ticket]],
          ],
        },
      ],
    )
  })

  test('a blip that is over is not told any more, although an hour still remembers it', async (context) => {
    // Two minutes in which everything fails: 3.3 % of the hour, which is more than 14.4 times.
    const blip = requests('0+100x2880 288000+0x2 288000+100x60', '0+0x2880 0+100x2 200+0x60')
    await promtool(
      needs(context, 'promtool'),
      ['Payments'],
      [
        {
          series: blip,
          firing: [
            ['48h2m', [fast]],
            ['48h12m', []],
          ],
        },
      ],
      '2m',
    )
  })

  test('eight times too fast is for the slow alert, twice for the ticket, half as fast for nobody', async (context) => {
    const rate = (bad: string) => requests('0+1000x4500', `0+${bad}x4500`)
    await promtool(
      needs(context, 'promtool'),
      ['Payments'],
      [
        { series: rate('8'), firing: [['72h', [slow, ticket]]] },
        { series: rate('2'), firing: [['72h', [ticket]]] },
        { series: rate('0.5'), firing: [['72h', []]] },
      ],
      '10m',
    )
  })

  test('no traffic is no outage, and neither is a counter of failures that never was', async (context) => {
    await promtool(
      needs(context, 'promtool'),
      ['Payments'],
      [
        { series: requests('5+0x300', '1+0x300'), firing: [['4h', []]] },
        { series: { 'http_requests_total{status="200"}': '0+100x300' }, firing: [['4h', []]] },
      ],
    )
  })

  test('a metric that has gone for an hour is told as such', async (context) => {
    const gone = requests('0+100x120 _x200', '0+0x120 _x200')
    const blind = 'alertname="PaymentsNotMeasured",severity="info"'
    await promtool(
      needs(context, 'promtool'),
      ['Payments'],
      [
        {
          series: gone,
          firing: [
            ['2h30m', []],
            ['3h15m', [blind]],
          ],
        },
      ],
    )
  })
})

test('time that is down burns a budget of a week, and one target of three a third of it', async (context) => {
  const up = (down: number) =>
    Object.fromEntries([0, 1, 2].map((n) => [`up{job="payments",instance="${n}"}`, n < down ? '1x300 0x200' : '1x500']))
  const name = 'Up'
  const all = [burn('fast', 'critical', name), burn('slow', 'error', name), burn('ticket', 'info', name)]
  await promtool(
    needs(context, 'promtool'),
    ['Up'],
    [
      {
        series: up(1),
        firing: [
          ['5h', []],
          ['5h20m', all],
        ],
      },
      { series: up(0), firing: [['5h20m', []]] },
    ],
  )
})

test('too slow, too low and a share that is 0/0 now and then are told like failures', async (context) => {
  const path = needs(context, 'promtool')
  const histogram = {
    'seconds_bucket{le="2.0"}': '0+100x180 18000+0x60',
    'seconds_bucket{le="+Inf"}': '0+100x240',
    seconds_count: '0+100x240',
  }
  const shares = { a: '5+0x60 5+100x120 12005+0x60', b: '5+0x60 5+100x240' }
  // A quarter of four hours is bad: of 5 % that is five times too fast over six hours, which is not yet too fast.
  const [fastOf, ticketOf] = [
    (name: Objective) => burn('fast', 'critical', name),
    (name: Objective) => burn('ticket', 'info', name),
  ]
  const told = (name: Objective): Case['firing'] => [
    ['3h', []],
    ['4h', [fastOf(name), ticketOf(name)]],
  ]
  await promtool(path, ['Fast'], [{ series: histogram, firing: told('Fast') }])
  await promtool(path, ['Quality'], [{ series: { quality: '0.9x180 0.1x60' }, firing: told('Quality') }])
  const all = [fastOf('Share'), burn('slow', 'error', 'Share'), ticketOf('Share')]
  await promtool(
    path,
    ['Share'],
    [
      {
        series: shares,
        firing: [
          ['3h', []],
          ['4h', all],
        ],
      },
    ],
  )
})

test('Prometheus takes the rules of every kind of objective, and of all five teams', async (context) => {
  const path = needs(context, 'promtool')
  await promtool(path, Object.keys(objectives) as Objective[], [])
  const [home, seeds] = [folder(), join(packageRoot(), 'examples', 'seeds')]
  for (const seed of readdirSync(seeds)) {
    const said = await cli(['slo', 'rules', '--out', seed], { TOCSIN_CONFIG: join(seeds, seed) }, home)
    expect(said).toMatchObject({ code: 0, err: '' })
    run(path, ['check', 'rules', seed], home)
  }
})
