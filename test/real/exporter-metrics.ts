// What the five exporters serve, cut down to what presets ask for, with counters that grow: text for a /metrics endpoint.

type Shape = 'steady' | 'grows'
type Sample = [metric: string, labels: string, value: number, shape?: Shape]

const grows = (metric: string, labels: string, perSecond: number): Sample => [metric, labels, perSecond, 'grows']

const node: Sample[] = [
  ...[0, 1].flatMap((cpu): Sample[] => [
    grows('node_cpu_seconds_total', `cpu="${cpu}",mode="idle"`, 0.3),
    grows('node_cpu_seconds_total', `cpu="${cpu}",mode="user"`, 0.7),
  ]),
  ['node_load1', '', 3.1],
  ['node_memory_MemAvailable_bytes', '', 2.1e9],
  ['node_memory_MemTotal_bytes', '', 1.6e10],
  ['node_filesystem_avail_bytes', 'device="/dev/sda1",fstype="ext4",mountpoint="/"', 4e9],
  ['node_filesystem_size_bytes', 'device="/dev/sda1",fstype="ext4",mountpoint="/"', 5e10],
  ['node_filesystem_avail_bytes', 'device="tmpfs",fstype="tmpfs",mountpoint="/run"', 1],
  ['node_filesystem_size_bytes', 'device="tmpfs",fstype="tmpfs",mountpoint="/run"', 5],
  ['node_filesystem_files', 'device="/dev/sda1",fstype="ext4",mountpoint="/"', 3e6],
  ['node_filesystem_files_free', 'device="/dev/sda1",fstype="ext4",mountpoint="/"', 2e6],
  grows('node_disk_io_time_seconds_total', 'device="sda"', 0.4),
  grows('node_disk_io_time_weighted_seconds_total', 'device="sda"', 2.5),
  ...['receive_bytes', 'transmit_bytes', 'receive_errs', 'transmit_errs', 'receive_drop', 'transmit_drop'].map((what) =>
    grows(`node_network_${what}_total`, 'device="eth0"', what.endsWith('bytes') ? 2e6 : 3),
  ),
  grows('node_vmstat_pgmajfault', '', 12),
  grows('node_vmstat_oom_kill', '', 0.1),
  grows('node_pressure_cpu_waiting_seconds_total', '', 0.2),
]

const one = 'namespace="shop",pod="api-7d9f",container="api",name="k8s_api",image="api:1.2",id="/kubepods/api"'
const container: Sample[] = [
  grows('container_cpu_usage_seconds_total', one, 0.8),
  grows('container_cpu_usage_seconds_total', 'namespace="",pod="",container="",name="",image="",id="/"', 9),
  ['container_memory_working_set_bytes', one, 4.7e8],
  ['container_spec_memory_limit_bytes', one, 5.3e8],
  ['container_fs_usage_bytes', one, 1.2e9],
  grows('container_cpu_cfs_throttled_periods_total', one, 4),
  grows('container_cpu_cfs_periods_total', one, 10),
  grows('container_memory_failcnt', one, 0.5),
  grows('container_oom_events_total', one, 0.1),
  ...['receive_bytes', 'transmit_bytes', 'receive_errors', 'transmit_errors'].map((what) =>
    grows(`container_network_${what}_total`, one, 50),
  ),
  ...['receive_packets_dropped', 'transmit_packets_dropped'].map((what) =>
    grows(`container_network_${what}_total`, one, 2),
  ),
]

const blackbox: Sample[] = [
  ['probe_success', '', 1],
  ['probe_duration_seconds', '', 0.8],
  ['probe_dns_lookup_time_seconds', '', 0.02],
  ['probe_http_status_code', '', 200],
  ...['resolve', 'connect', 'tls', 'processing', 'transfer'].map(
    (phase, index): Sample => ['probe_http_duration_seconds', `phase="${phase}"`, 0.05 * (index + 1)],
  ),
  ['probe_ssl_earliest_cert_expiry', '', Math.floor(Date.now() / 1000) + 20 * 86_400],
]

const redis: Sample[] = [
  ['redis_up', '', 1],
  ['redis_memory_used_bytes', '', 9e8],
  ['redis_memory_max_bytes', '', 1e9],
  ['redis_connected_clients', '', 830],
  ['redis_config_maxclients', '', 1000],
  ['redis_blocked_clients', '', 3],
  ['redis_master_link_up', 'master_host="10.0.0.1",master_port="6379"', 1],
  ['redis_connected_slave_lag_seconds', 'slave_ip="10.0.0.9",slave_port="6379",slave_state="online"', 1],
  ...['commands_processed', 'net_input_bytes', 'net_output_bytes', 'evicted_keys', 'rejected_connections'].map((what) =>
    grows(`redis_${what}_total`, '', 40),
  ),
  grows('redis_keyspace_hits_total', '', 90),
  grows('redis_keyspace_misses_total', '', 10),
  ...['get', 'set'].flatMap((cmd): Sample[] => [
    grows('redis_commands_duration_seconds_total', `cmd="${cmd}"`, 0.01),
    grows('redis_commands_total', `cmd="${cmd}"`, 50),
  ]),
]

const shop = 'datname="shop"'
const postgres: Sample[] = [
  ['pg_up', '', 1],
  ['pg_settings_max_connections', 'server="db:5432"', 100],
  ...['active', 'idle', 'idle in transaction'].flatMap((state, index): Sample[] => [
    ['pg_stat_activity_count', `${shop},state="${state}"`, 20 + index],
    ['pg_stat_activity_max_tx_duration', `${shop},state="${state}"`, 30 * index],
  ]),
  ['pg_database_size_bytes', shop, 6e9],
  ['pg_locks_count', `${shop},mode="accesssharelock"`, 12],
  ['pg_replication_lag_seconds', '', 4],
  ...['xact_commit', 'blks_hit'].map((what) => grows(`pg_stat_database_${what}`, `${shop},datid="5"`, 100)),
  ...['xact_rollback', 'blks_read', 'deadlocks', 'conflicts'].map((what) =>
    grows(`pg_stat_database_${what}`, `${shop},datid="5"`, 2),
  ),
]

export const exporterSamples: Record<string, Sample[]> = { node, container, blackbox, redis, postgres }

/** Prometheus' text format, `seconds` after the exporter began. */
export function metricsText(exporter: string, seconds: number): string {
  const lines = (exporterSamples[exporter] ?? []).map(([metric, labels, value, shape]) => {
    const now = shape === 'grows' ? 1000 + value * seconds : value
    return `${metric}${labels === '' ? '' : `{${labels}}`} ${now}`
  })
  return `${lines.join('\n')}\n`
}
