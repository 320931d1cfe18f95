// The presets are PromQL about metrics that the exporters really have, whatever is asked about.
import { describe, expect, test } from 'vitest'
import { readChartWords } from '../../src/evidence/chart-words.ts'
import { splitExpression } from '../../src/evidence/promql.ts'
import { promqlProblem } from '../../src/evidence/promql-problem.ts'
import { unitNamed } from '../../src/evidence/unit-names.ts'
import { exportersFor, filled, presetsNamed } from '../../src/presets/find.ts'
import { exporters } from '../../src/presets/index.ts'

const every = exporters.flatMap((exporter) =>
  exporter.presets.map((preset) => ({ exporter, preset, name: `${exporter.name} ${preset.name}` })),
)

const metricsOf = (promql: string) =>
  [...promql.matchAll(/\b((?:node|container|probe|redis|pg)_\w+)\{/g)].map(([, metric]) => metric)

/** What each exporter's /metrics has, as its own documentation or fixtures list it. */
const known: Record<string, string> = {
  node: `node_cpu_seconds_total node_memory_MemAvailable_bytes node_memory_MemTotal_bytes node_filesystem_avail_bytes
    node_filesystem_size_bytes node_filesystem_files node_filesystem_files_free node_disk_io_time_seconds_total
    node_disk_io_time_weighted_seconds_total node_network_receive_bytes_total node_network_transmit_bytes_total node_load1
    node_vmstat_pgmajfault node_vmstat_oom_kill node_pressure_cpu_waiting_seconds_total node_network_receive_errs_total
    node_network_transmit_errs_total node_network_receive_drop_total node_network_transmit_drop_total`,
  container: `container_cpu_usage_seconds_total container_memory_working_set_bytes container_spec_memory_limit_bytes
    container_network_receive_bytes_total container_network_transmit_bytes_total container_fs_usage_bytes
    container_cpu_cfs_throttled_periods_total container_cpu_cfs_periods_total container_memory_failcnt
    container_oom_events_total container_network_receive_errors_total container_network_transmit_errors_total
    container_network_receive_packets_dropped_total container_network_transmit_packets_dropped_total`,
  blackbox: `probe_success probe_duration_seconds probe_dns_lookup_time_seconds probe_http_duration_seconds
    probe_http_status_code probe_ssl_earliest_cert_expiry`,
  redis: `redis_up redis_memory_used_bytes redis_memory_max_bytes redis_connected_clients redis_config_maxclients
    redis_commands_processed_total redis_net_input_bytes_total redis_net_output_bytes_total
    redis_commands_duration_seconds_total redis_commands_total redis_blocked_clients redis_evicted_keys_total
    redis_keyspace_hits_total redis_keyspace_misses_total redis_connected_slave_lag_seconds
    redis_rejected_connections_total redis_master_link_up`,
  postgres: `pg_up pg_stat_activity_count pg_settings_max_connections pg_stat_database_xact_commit
    pg_stat_database_xact_rollback pg_database_size_bytes pg_locks_count pg_stat_activity_max_tx_duration
    pg_stat_database_blks_hit pg_stat_database_blks_read pg_replication_lag_seconds pg_stat_database_deadlocks
    pg_stat_database_conflicts`,
}

describe.each(every)('$name', ({ exporter, preset }) => {
  test('is PromQL, with and without labels', () => {
    const labels = exporter.variables.all.map((name) => ({ name, operator: '=' as const, value: 'a"b\\c' }))
    for (const matchers of [[], labels]) {
      const expr = filled(exporter, preset, matchers)
      expect(promqlProblem(expr), expr).toBeNull()
      expect(expr).not.toContain('$')
      expect(promqlProblem(splitExpression(expr).query)).toBeNull()
    }
  })

  test('asks for metrics that its exporter has, each with the labels that were asked about', () => {
    const all = (known[exporter.name] ?? '').split(/\s+/)
    expect(metricsOf(preset.promql).length).toBeGreaterThan(0)
    for (const metric of metricsOf(preset.promql)) expect(all).toContain(metric)
    const expr = filled(exporter, preset, [{ name: 'instance', operator: '=', value: 'web-1' }])
    expect(expr.match(/instance="web-1"/g)).toHaveLength(metricsOf(preset.promql).length)
  })

  test('has a unit the axes know, and a line of help', () => {
    if (preset.unit !== null) expect(unitNamed(preset.unit)).toBe(preset.unit)
    expect(preset.help.length).toBeGreaterThan(10)
  })
})

test('every exporter has all three aspects, and its words are nobody else’s', () => {
  for (const { presets } of exporters)
    expect(new Set(presets.map(({ aspect }) => aspect))).toEqual(new Set(['utilisation', 'saturation', 'errors']))
  const words = exporters.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(new Set(words).size).toBe(words.length)
})

test('words mean presets', () => {
  const names = (text: string) => {
    const found = presetsNamed(text)
    return found === null ? null : 'wrong' in found ? 'wrong' : found.presets.map(({ name }) => name)
  }
  expect(names('node cpu')).toEqual(['cpu'])
  expect(names('Cadvisor memory limit')).toEqual(['memory limit'])
  expect(names('pg')).toEqual(['connections', 'locks', 'deadlocks'])
  expect(names('redis errors')).toEqual(['rejected', 'up', 'replication'])
  expect(names('node cpuu')).toBe('wrong')
  expect(names('up == 0')).toBeNull()
})

test('labels of an alert say whose metrics it may be about', () => {
  const names = (labels: Record<string, string>) => exportersFor(labels).map(({ name }) => name)
  expect(names({ alertname: 'NodeFilesystemAlmostFull', job: 'node-exporter', mountpoint: '/' })).toEqual(['node'])
  expect(names({ alertname: 'KubePodCrashLooping', pod: 'a', container: 'b' })).toEqual(['container'])
  expect(names({ alertname: 'RedisDown', job: 'redis' })).toEqual(['redis'])
  expect(names({ alertname: 'Slow', job: 'pg-main' })).toEqual(['postgres'])
  expect(names({ alertname: 'Slow', job: 'payments' })).toEqual([])
})

describe('what is typed after /chart', () => {
  const now = new Date('2026-03-02T09:00:00Z')
  const usual = { from: new Date(now.getTime() - 3_600_000), until: now }
  const read = (text: string, labels = {}) => readChartWords(text, { now, zone: 'Europe/Berlin', usual, labels })
  const span = (text: string) => {
    const { from, until } = read(text).window
    return [from.toISOString(), until.toISOString()]
  }

  test('what is longer than anybody types is refused before it is read', () => {
    expect(() => read(`{"$a${'}{"$a'.repeat(400)}`)).toThrow('longer than 1500 characters')
  })

  test('times are told from PromQL', () => {
    expect(read('up == 0 2h')).toMatchObject({ charts: [{ exprs: ['up == 0'] }] })
    expect(span('up == 0 2h')).toEqual(['2026-03-02T07:00:00.000Z', now.toISOString()])
    expect(read('up offset 2h').charts[0]?.exprs).toEqual(['up offset 2h'])
    expect(span('up offset 2h')[0]).toBe('2026-03-02T08:00:00.000Z')
    expect(span('node cpu 1h30m')[0]).toBe('2026-03-02T07:30:00.000Z')
    expect(span('up yesterday')).toEqual(['2026-02-28T23:00:00.000Z', '2026-03-01T23:00:00.000Z'])
    expect(span('node cpu today')).toEqual(['2026-03-01T23:00:00.000Z', now.toISOString()])
  })

  test('quotes as telephones write them, and backticks, are none of it', () => {
    expect(read('`up{job=“api”} == 0`').charts[0]?.exprs).toEqual(['up{job="api"} == 0'])
  })

  test('a metric that is called like a preset can still be drawn', () => {
    expect(read('redis{}').charts[0]?.exprs).toEqual(['redis{}'])
    expect(read('node + 1').charts[0]?.exprs).toEqual(['node + 1'])
  })

  test('labels are typed or taken from the incident', () => {
    const [typed] = read('redis commands instance=~10.* job="a"').charts
    expect(typed?.exprs).toEqual(['rate(redis_commands_processed_total{instance=~"10.*", job="a"}[5m])'])
    const [taken] = read('node memory', { instance: 'web-1:8080', job: 'payments' }).charts
    expect(taken?.exprs.map((expr) => /\{(.*?)\}/.exec(expr)?.[1])).toEqual([
      'instance="web-1:8080"',
      'instance=~"web-1(:.*)?"',
      '',
    ])
  })
})
