// Objectives measured in a real Prometheus that holds two days of every kind: the numbers, from the samples and from what the
// rules have recorded.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rulesYaml } from '../../src/cli/rules-yaml.ts'
import type { Indicator } from '../../src/core/indicator.ts'
import { askedShare } from '../../src/core/recorded.ts'
import type { KnownStanding, SloStanding } from '../../src/core/slo.ts'
import { ruleGroup } from '../../src/core/slo-rules.ts'
import { gaugeOf, sloStanding } from '../../src/flow/slo.ts'
import { freePort } from '../port.ts'
import { sloOf } from '../slo/objectives.ts'
import { needs } from './program.ts'
import { folder, run } from './running.ts'

const indicators: Record<string, Indicator> = {
  availability: { kind: 'availability', expr: 'up{job="shop"}', plain: true },
  computed: { kind: 'availability', expr: 'max(up{job="shop"})', plain: false },
  good: {
    kind: 'ratio',
    part: 'good',
    expr: 'rate(req_total{code="200"}[$window])',
    total: 'rate(req_total[$window])',
  },
  bad: { kind: 'ratio', part: 'bad', expr: 'rate(req_total{code="500"}[$window])', total: 'rate(req_total[$window])' },
  never: {
    kind: 'ratio',
    part: 'bad',
    expr: 'rate(req_total{code="503"}[$window])',
    total: 'rate(req_total[$window])',
  },
  latency: { kind: 'latency', metric: 'took', selector: 'job="shop"', threshold: 2, native: false },
  'no bucket': { kind: 'latency', metric: 'took', selector: '', threshold: 3, native: false },
  value: { kind: 'value', expr: 'quality', good: 'above', than: 0.8 },
  share: { kind: 'share', expr: 'sum(rate(req_total{code="200"}[$window])) / sum(rate(req_total[$window]))' },
  'no traffic': { kind: 'ratio', part: 'good', expr: 'rate(idle_total[$window])', total: 'rate(idle_total[$window])' },
  'share of nothing': { kind: 'share', expr: 'sum(rate(idle_total[$window])) / sum(rate(idle_total[$window]))' },
  'no metric': { kind: 'availability', expr: 'nothing', plain: true },
}
const slos = Object.entries(indicators).map(([name, indicator]) =>
  sloOf({ name, indicator, objective: 90, window: { days: 1 } }),
)

/** Recording is slow: of these the past is made up too. */
const recordedOnes = ['availability', 'good', 'share']

const [minute, day] = [60, 86_400]

/** Two days, a sample a minute. The last 2.4 hours, a tenth of the last day, are bad; nothing is bad before. */
function past(end: number): string {
  const times = Array.from({ length: 2 * 1440 + 1 }, (_, n) => end - 2 * day + n * minute)
  const isBad = (at: number) => at > end - day / 10
  const series = (name: string, labels: string, value: (at: number, n: number) => number) =>
    times.map((at, n) => `${name}{job="shop"${labels}} ${value(at, n)} ${at}`)
  const counter = (name: string, labels: string, per: (at: number) => number) => {
    let count = 0
    return series(name, labels, (at) => (count += per(at)))
  }
  return [
    ...['# TYPE up gauge', ...series('up', '', (at) => (isBad(at) ? 0 : 1))],
    '# TYPE req counter',
    ...counter('req_total', ',code="200"', (at) => (isBad(at) ? 30 : 60)),
    ...counter('req_total', ',code="500"', (at) => (isBad(at) ? 30 : 0)),
    '# TYPE took histogram',
    ...counter('took_bucket', ',le="1.0"', () => 10),
    ...counter('took_bucket', ',le="2.0"', (at) => (isBad(at) ? 30 : 60)),
    ...counter('took_bucket', ',le="+Inf"', () => 60),
    ...counter('took_count', '', () => 60),
    ...['# TYPE quality gauge', ...series('quality', '', (at) => (isBad(at) ? 0.5 : 0.9))],
    ...['# TYPE idle counter', ...series('idle_total', '', () => 7)],
    '# EOF\n',
  ].join('\n')
}

/** A folder with that past. */
function pastIn(promtool: string, end: number): string {
  const data = folder()
  writeFileSync(join(data, 'past'), past(end))
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', join(data, 'past'), join(data, 'tsdb')]
  execFileSync(promtool, args, { stdio: 'pipe' })
  return data
}

/** Adds to it what the rules would have recorded, had they been there; \`url\`: a Prometheus that has it. */
function record(promtool: string, data: string, url: string, end: number): void {
  const words = { burn: () => ({}), unmeasured: () => ({}), severity: () => 'info' }
  // What looks at other records can only be recorded after them, as time goes by: not here.
  const groups = slos
    .filter(({ name }) => recordedOnes.includes(name))
    .map((slo) => {
      const group = ruleGroup(slo, words)
      return { ...group, rules: group.rules.filter((rule) => 'record' in rule && !rule.expr.includes('slo:')) }
    })
  writeFileSync(join(data, 'rules.yml'), rulesYaml(groups))
  const span = [`--start=${end - day - 300}`, `--end=${end}`, '--eval-interval=5m']
  const args = ['tsdb', 'create-blocks-from', 'rules', `--url=${url}`, ...span, `--output-dir=${join(data, 'tsdb')}`]
  execFileSync(promtool, [...args, join(data, 'rules.yml')], { stdio: 'pipe' })
}

async function prometheus(path: string, data: string): Promise<string> {
  const port = await freePort()
  writeFileSync(join(data, 'prometheus.yml'), 'rule_files: []\n')
  const url = `http://127.0.0.1:${port}`
  const args = [`--config.file=${join(data, 'prometheus.yml')}`, `--storage.tsdb.path=${join(data, 'tsdb')}`]
  const more = [`--web.listen-address=127.0.0.1:${port}`, '--storage.tsdb.retention.time=10y']
  await run(path, [...args, ...more], `${url}/-/ready`)
  return url
}

function known(standings: SloStanding[], name: string): KnownStanding {
  const found = standings.find(({ slo }) => slo.name === name)
  if (found === undefined || found.status === 'unknown') throw new Error(`${name}: ${found?.reason}`)
  return found
}

type Bot = Parameters<typeof sloStanding>[0]

async function measured(url: string, now: Date, held = slos): Promise<{ standings: SloStanding[]; asked: string[] }> {
  const bot = {
    config: { prometheus: { url, timeout: 10_000 }, slos: held },
    clock: { now: () => now },
  } as unknown as Bot
  const gauge = gaugeOf(bot)
  if (gauge === null) throw new Error('no Prometheus')
  const asked: string[] = []
  const value: typeof gauge.value = (expr, at) => {
    asked.push(expr)
    return gauge.value(expr, at)
  }
  return { standings: await sloStanding(bot, { ...gauge, value }, now), asked }
}

/** A tenth of the time was bad; of the requests half of those in that tenth. */
function check(standings: SloStanding[], now: Date): void {
  for (const name of ['availability', 'computed', 'value']) {
    expect(known(standings, name).attained, name).toBeCloseTo(0.9, 2)
    expect(known(standings, name).burn, name).toMatchObject({ kind: 'fast' })
  }
  for (const name of ['good', 'bad', 'latency', 'share']) {
    const { attained, burn, left, history } = known(standings, name)
    expect(attained, name).toBeCloseTo(0.95, 2)
    expect(left.share, name).toBeCloseTo(0.5, 1)
    expect(burn?.rate, name).toBeCloseTo(5, 0)
    // Untouched for nine tenths of the window, then straight down.
    const shareAt = (part: number) => history.find(([at]) => at >= now.getTime() - (1 - part) * day * 1000)?.[1]
    expect(shareAt(0.85), name).toBeCloseTo(1, 2)
    expect(shareAt(0.95), name).toBeCloseTo(0.75, 1)
  }
  expect(known(standings, 'never')).toMatchObject({ status: 'kept', attained: 1, burn: { rate: 0 } })
}

test('the numbers are what happened, for every kind of objective, by the samples and by what the rules recorded', async (context) => {
  const [path, promtool] = [needs(context, 'prometheus'), needs(context, 'promtool')]
  const end = Math.floor(Date.now() / 3_600_000) * 3600 - 7200
  const now = new Date(end * 1000)
  const url = await prometheus(path, pastIn(promtool, end))
  const raw = await measured(url, now)
  const reasons = Object.fromEntries(
    raw.standings.map((s) => [s.slo.name, s.status === 'unknown' ? s.reason : s.status]),
  )
  expect(reasons).toMatchObject({
    'no bucket': 'took has no bucket le="3"; the nearest are 1, 2',
    'no traffic': 'no traffic',
    'share of nothing': 'no traffic',
    'no metric': 'no data',
  })
  check(raw.standings, now)
  expect(raw.asked.filter((expr) => expr.includes('slo:'))).toEqual([])
  expect(raw.standings.filter((one) => one.status !== 'unknown' && one.since !== null)).toEqual([])
  // Of 30 days there are two.
  const month = await measured(
    url,
    now,
    slos.map((slo) => ({ ...slo, window: { days: 30 } })),
  )
  for (const name of ['availability', 'computed', 'good', 'bad', 'never', 'latency', 'value', 'share']) {
    const since = known(month.standings, name).since?.getTime() ?? 0
    expect(Math.abs(since - (now.getTime() - 2 * day * 1000)), name).toBeLessThan(10 * minute * 1000)
  }

  const data = pastIn(promtool, end)
  record(promtool, data, url, end)
  const recorded = await measured(await prometheus(path, data), now)
  check(recorded.standings, now)
  for (const slo of slos.filter(({ name }) => recordedOnes.includes(name))) {
    expect(recorded.asked).toContain(askedShare(slo, day * 1000, 'recorded'))
    expect(recorded.asked).not.toContain(askedShare(slo, day * 1000, 'raw'))
  }
}, 240_000)
