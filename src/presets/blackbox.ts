// What is probed from outside, as blackbox_exporter sees it. https://github.com/prometheus/blackbox_exporter
import { type Exporter, falling, rising } from './preset.ts'

const day = 86_400

export const blackbox: Exporter = {
  name: 'blackbox',
  aliases: ['probe', 'blackbox_exporter'],
  title: 'Probes from outside (blackbox_exporter)',
  variables: { all: ['instance', 'job', 'phase'], server: ['instance', 'job'] },
  signs: [
    { label: 'job', value: /blackbox|probe/i },
    { label: 'alertname', value: /^(Probe|Blackbox|Endpoint|SSLCert|Certificate)/i },
  ],
  presets: [
    {
      name: 'duration',
      aspect: 'utilisation',
      title: 'Time a probe takes',
      help: 'from the first packet to the last',
      promql: 'probe_duration_seconds{$server}',
      unit: 'seconds',
      bands: rising(0.5, 1, 3),
    },
    {
      name: 'dns',
      aspect: 'utilisation',
      title: 'Time to look the name up',
      help: 'how long DNS takes',
      promql: 'probe_dns_lookup_time_seconds{$server}',
      unit: 'seconds',
    },
    {
      name: 'phases',
      aspect: 'saturation',
      title: 'Where the time of a probe goes',
      help: 'resolve, connect, tls, processing, transfer',
      promql: 'sum by (instance, phase) (probe_http_duration_seconds{$filter})',
      unit: 'seconds',
    },
    {
      name: 'certificate',
      aspect: 'saturation',
      title: 'Time until the certificate ends',
      help: 'how long the earliest certificate of the chain is still good for',
      promql: 'probe_ssl_earliest_cert_expiry{$server} - time()',
      unit: 'seconds',
      bands: falling(30 * day, 14 * day, 7 * day),
    },
    {
      name: 'success',
      aspect: 'errors',
      title: 'Probes that succeed',
      help: '1: it answers, 0: it does not',
      promql: 'probe_success{$server} < 1',
      unit: null,
    },
    {
      name: 'status',
      aspect: 'errors',
      title: 'HTTP status',
      help: 'what it answers; 0: nothing',
      promql: 'probe_http_status_code{$server} >= 400',
      unit: null,
    },
  ],
}
