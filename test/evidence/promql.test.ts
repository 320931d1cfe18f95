import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expressionOf } from '../../src/evidence/alert-link.ts'
import { atEachMoment, rangesOf, splitExpression, watchesNothing } from '../../src/evidence/promql.ts'
import { promqlProblem } from '../../src/evidence/promql-problem.ts'
import { unitOf } from '../../src/evidence/units.ts'
import { workOf } from '../work.ts'

const above = (value: number) => ({ value, bad: 'above' })
const below = (value: number) => ({ value, bad: 'below' })

describe('an expression is split into what to draw and its threshold', () => {
  test.each([
    ['a > 5', 'a', above(5)],
    ['a >= 5', 'a', above(5)],
    ['5 < a', 'a', above(5)],
    ['5 > a', 'a', below(5)],
    ['a < 5', 'a', below(5)],
    ['a / b > 0.8', 'a / b', above(0.8)],
    ['(a / b) > 0.8', 'a / b', above(0.8)],
    ['((a > 5))', 'a', above(5)],
    ['a > bool 5', 'a', above(5)],
    ['a > bool 5 == 1', 'a', above(5)],
    ['a > -5', 'a', above(-5)],
    ['a > (5)', 'a', above(5)],
    ['a > 1e3', 'a', above(1000)],
    ['a > 0x1F', 'a', above(31)],
    ['a > 2 * 1024', 'a', above(2048)],
    ['a < 10 * 1024 ^ 3', 'a', below(10 * 1024 ** 3)],
    ['a > 1h30m', 'a', above(5400)],
    ['a > vector(3)', 'a', above(3)],
    ['up == 0', 'up', below(0)],
    ['degraded == 1', 'degraded', above(1)],
    ['errors != 0', 'errors', above(0)],
    ['up != 1', 'up', below(1)],
    ['a > 5 and on(x) b < 3', 'a', above(5)],
    ['a > 5 or b', 'a', above(5)],
    ['a > 5 unless b', 'a', above(5)],
    ['a unless on() b > 3', 'a', null],
    ['5 < a < 10', 'a', below(10)],
    ['x and y > 1', 'y', above(1)],
    ['(x and y > 1) == 0', 'x', below(0)],
    ['(count(x) or vector(0)) < 1', 'count(x) or vector(0)', below(1)],
    ['absent(up) or up == 0', 'up', below(0)],
    ['(a > 5) * on(instance) group_left(nodename) node_uname_info{nodename=~".+"}', 'a', above(5)],
    ['target_info * on(job) group_right() (a < 3)', 'a', below(3)],
    ['5 < a offset 1h', 'a offset 1h', above(5)],
    ['absent(up{job="x"})', 'up{job="x"}', null],
    ['absent(up{job="x"} == 1)', 'up{job="x"}', null],
    ['absent_over_time(up{job="x"}[5m])', 'up{job="x"}', null],
    ['absent(x) == 1', 'x', null],
    ['a > +Inf', 'a', null],
    ['# why\na > 5 # so', 'a', above(5)],
    ['count(up == 0) > 3', 'count(up == 0)', above(3)],
    [
      'histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 2',
      'histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))',
      above(2),
    ],
  ])('%s', (expr, query, threshold) => {
    expect(splitExpression(expr)).toMatchObject({ query, threshold, limit: null })
  })

  test.each([
    'a',
    '1 > 0',
    'a ==',
    'not promql {',
    '',
    '(a > 5) * 2',
    'a or b',
    'a > bool b',
    'sum(a > 5)',
    'vector(1)',
  ])('%s is drawn whole', (expr) => {
    expect(splitExpression(expr)).toEqual({ query: expr.trim(), threshold: null, others: [], limit: null })
  })

  test.each([
    ['a > b', 'a', { query: 'b', bad: 'above' }],
    ['a < b * 0.9', 'a', { query: 'b * 0.9', bad: 'below' }],
    ['(a > on(x) group_left b) and c == 0', 'a', { query: 'b', bad: 'above' }],
    ['sum(a) < 0.5 * sum(a offset 1w)', 'sum(a)', { query: '0.5 * sum(a offset 1w)', bad: 'below' }],
    ['a > b offset 1d', 'a', { query: 'b offset 1d', bad: 'above' }],
  ])('%s is held to a line that moves', (expr, query, limit) => {
    expect(splitExpression(expr)).toEqual({ query, threshold: null, others: [], limit })
  })

  test.each([
    ['3 <= a < 20', below(20), [above(3)]],
    ['a > 0.9 < 1', below(1), [above(0.9)]],
    ['a <= 199 or a >= 400', below(199), [above(400)]],
    ['a != 1', below(1), [above(1)]],
    ['a > 14.4 * 0.01 and b > 14.4 * 0.01', above(0.144), []],
  ])('%s may be held to more than one line', (expr, threshold, others) => {
    expect(splitExpression(expr)).toEqual({ query: 'a', threshold, others, limit: null })
  })
})

const pieces = fc.constantFrom(
  ...[
    'a',
    'up{job="x"}',
    '5',
    '-',
    '(',
    ')',
    '>',
    '<',
    '==',
    'bool',
    'and',
    'absent(',
    'rate(',
    '[5m]',
    '*',
    '/',
    '1e3',
  ],
  ...['by (x)', 'sum', ',', '"', '\n', '#', 'Inf', 'offset 5m', '@ end()', '\u0000', '{', '🔥', '1_0', '1h'],
)

test('whatever stands in a rule, reading it never throws and never loses it', () => {
  const soup = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (expr) => {
      const { query, threshold } = splitExpression(expr)
      expect(expr).toContain(query)
      expect(threshold === null || Number.isFinite(threshold.value)).toBe(true)
      unitOf(expr)
      expressionOf(expr)
    }),
    { numRuns: 2000 },
  )
  const deep = `${'('.repeat(100_000)}a${')'.repeat(100_000)} > 5`
  expect(splitExpression(deep).query).not.toBe('')
  unitOf(deep)
})

test.each(['"', '{,', ') ', '1 ', '` ', 'up{', 'a, '])('a page of what is no PromQL takes no time: %s', (piece) => {
  const page = piece.repeat(16_000 / piece.length)
  const work = workOf(() => {
    expect(splitExpression(page)).toMatchObject({ query: page.trim(), threshold: null })
    expect([watchesNothing(page), rangesOf(page)]).toEqual([false, null])
    expect(promqlProblem(page.slice(0, 4_000))).toContain('▸')
  })
  // It took up to ten seconds, in which nobody was paged.
  expect(work).toBeLessThan(2_000)
})

test('a rule with a page of spaces behind a bracket in a label takes no time: it took minutes, in which nobody was paged', () => {
  const ofLabel = (label: string) => `rate(x{a="${label}"}[ 5m ])`
  const work = workOf(() => expect(rangesOf(ofLabel(`[${' '.repeat(3_900)}]`))).toEqual([300]))
  expect(work).toBeLessThan(2_000)
  expect(rangesOf(ofLabel('[0-9'))).toEqual([300])
})

describe('the expression behind a link', () => {
  test.each([
    ['http://prom:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1', 'up == 0'],
    ['http://prom:9090/query?g0.expr=rate%28x%5B5m%5D%29+%3E+1&g0.tab=0', 'rate(x[5m]) > 1'],
    ['https://prom.example/base/graph?g0.expr=a%20%3E%205', 'a > 5'],
    ['/graph?g0.expr=up', 'up'],
    ['http://grafana:3000/alerting/grafana/abc/view?orgId=1', null],
    ['http://prom:9090/graph?g0.expr=', null],
    ['javascript:g0.expr=up', null],
    ['not a url at all ://', null],
    ['', null],
    [null, null],
  ])('%s', (url, expr) => {
    expect(expressionOf(url)).toBe(expr)
  })
})

test.each([
  ['temp @ end() > 80', 'temp > 80'],
  ['sum(rate(x[5m] @ start ( ))) / sum(y offset 1h @ end()) > 2', 'sum(rate(x[5m])) / sum(y offset 1h) > 2'],
  ['max_over_time(temp[1h:] @ end()) > 5', 'max_over_time(temp[1h:]) > 5'],
  ['temp @ 1609746000 > 80', 'temp @ 1609746000 > 80'],
  ['x{at="@ end()"} > 1', 'x{at="@ end()"} > 1'],
  ['no promql @ end(', 'no promql @ end('],
])('at each moment %s is %s', (expr, at) => {
  expect(atEachMoment(expr)).toBe(at)
})

describe('the unit is guessed from names and from what is done to them', () => {
  test.each([
    ['histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
    ['histogram_quantile(0.95, rate(http_request_duration_seconds[5m]))', 'seconds'],
    ['histogram_quantiles(rate(http_request_duration_seconds[5m]), "q", 0.5, 0.9)', 'seconds'],
    ['histogram_avg(rate(http_request_duration_seconds[5m]))', 'seconds'],
    ['histogram_stddev(rate(http_request_duration_seconds[5m]))', 'seconds'],
    ['histogram_stdvar(rate(http_request_duration_seconds[5m]))', null],
    ['histogram_count(http_request_duration_seconds)', null],
    ['histogram_count(rate(http_request_duration_seconds[5m]))', 'per second'],
    ['histogram_sum(rate(x_seconds[5m])) / histogram_count(rate(x_seconds[5m]))', 'seconds'],
    ['{"http.server.duration_seconds", "http.route"="/pay"}', 'seconds'],
    ['rate({"http.route"="/pay", "http.server.requests_total"}[5m])', 'per second'],
    ['ts_of_max_over_time(x_seconds[5m])', null],
    ['http_request_duration_seconds_bucket', null],
    ['rate(http_request_duration_seconds_count[5m])', 'per second'],
    ['rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m])', 'seconds'],
    ['1000 * x_seconds', 'milliseconds'],
    ['sum(rate(http_requests_total[5m]))', 'per second'],
    ['increase(http_requests_total[5m])', null],
    ['rate(http_requests_total{code=~"5.."}[5m]) / rate(http_requests_total[5m])', 'ratio'],
    ['100 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100', 'percent'],
    ['(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100', 'percent'],
    ['node_filesystem_avail_bytes', 'bytes'],
    ['rate(node_network_receive_bytes_total[5m])', 'bytes per second'],
    ['rate(process_cpu_seconds_total[5m])', 'ratio'],
    ['causal_inference_accuracy_ratio', 'ratio'],
    ['time() - process_start_time_seconds', 'seconds'],
    ['time() - backup_last_success_seconds', 'seconds'],
    ['max by (job) (time() - last_success)', 'seconds'],
    ['probe_ssl_earliest_cert_expiry - time()', 'seconds'],
    ['(probe_ssl_earliest_cert_expiry - time()) / 86400', null],
    ['time() - x_bytes', null],
    ['process_start_time_seconds', null],
    ['job:http_requests:rate5m', 'per second'],
    ['cf_lab:error_rate:rate5m', null],
    ['up', null],
    ['count(up_bytes)', null],
    ['max_over_time(queue_age_seconds[10m])', 'seconds'],
    ['not promql {', null],
  ])('%s → %s', (query, unit) => {
    expect(unitOf(query)).toBe(unit)
  })
})

describe('links of others than Prometheus', () => {
  const state = (queries: object[]) =>
    JSON.stringify({ datasource: 'x', queries, range: { from: 'now-1h', to: 'now' } })
  const query = encodeURIComponent('up == 0')
  test.each([
    ['VictoriaMetrics', `https://vm.test/vmui/#/?g0.expr=${query}&g0.range_input=1h`],
    ['its cluster', `https://vm.test/select/0/vmui/?#/?g0.range_input=30m&g0.expr=${query}`],
    ['Explore', `https://g.test/explore?left=${encodeURIComponent(state([{ refId: 'A', expr: 'up == 0' }]))}`],
    [
      'Explore since 10',
      `https://g.test/explore?panes=${encodeURIComponent(`{"a":${state([{ expr: 'up == 0' }])}}`)}&orgId=1`,
    ],
    ['Explore of old', `https://g.test/explore?left=${encodeURIComponent('["now-1h","now","VM",{"expr":"up == 0"}]')}`],
  ])('%s', (_, url) => {
    expect(expressionOf(url)).toBe('up == 0')
  })

  test('a query of Loki is none for Prometheus', () => {
    const logs = encodeURIComponent(state([{ expr: 'sum(rate({app="x"} |= "error" [5m])) > 1' }]))
    expect(expressionOf(`https://g.test/explore?left=${logs}`)).toBeNull()
  })

  test.each([
    // As its ruler wrote them before 2.9: github.com/grafana/loki/issues/4722
    ['sum by (app) (count_over_time({namespace="foo"} | json | bar="maxRetries" [5m])) > 0'],
    ['sum(rate({app="foo", env="production"}[5m])) by (job) > 10'],
    ['quantile_over_time(0.99, {app="a}b"} | unwrap latency [5m]) > 2'],
    ['sum(count_over_time({app="x"} != "debug" [5m])) > 3'],
  ])('nor is one that looks like one of Prometheus: %s', (expr) => {
    expect(expressionOf(`https://g.test/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`)).toBeNull()
  })

  test('Explore says whose query it is: Loki’s has a type, or names its source', () => {
    const link = (query: object) => expressionOf(`https://g.test/explore?left=${encodeURIComponent(state([query]))}`)
    const expr = 'absent_over_time({app="x"}[5m])'
    expect(link({ expr, queryType: 'range' })).toBeNull()
    expect(link({ expr, datasource: { type: 'loki', uid: 'l' } })).toBeNull()
    expect(link({ expr, queryType: 'range', datasource: { type: 'prometheus', uid: 'p' } })).toBe(expr)
    expect(link({ expr, datasource: 'x', range: true })).toBe(expr)
  })

  test.each([
    'count({job="api"}) < 3',
    'absent_over_time({job="api"}[5m])',
    'rate({__name__=~"http_.*_total", job="a"}[5m]) > 1',
    'rate({"http.requests", "http.route"="/a"}[5m]) > 1',
    'x{path=~"a|=b"} > 1',
  ])('what Prometheus may well be asked is kept: %s', (expr) => {
    expect(expressionOf(`https://p.test/graph?g0.expr=${encodeURIComponent(expr)}`)).toBe(expr)
  })

  test.each(['https://g.test/explore?left=%7Bno', 'https://g.test/alerting/grafana/x/view', 'https://vm.test/#g0'])(
    '%s has none',
    (url) => {
      expect(expressionOf(url)).toBeNull()
    },
  )
})
