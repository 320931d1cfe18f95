// Containers, as cAdvisor measures them, alone or in the kubelet. https://github.com/google/cadvisor
import { type Exporter, rising } from './preset.ts'

// Kubernetes calls it `container`, Docker `name`; the sandbox of a pod and the groups above the containers have no image.
const by = 'namespace, pod, container, name'
const own = 'image!="", container!="POD", $filter'

export const container: Exporter = {
  name: 'container',
  aliases: ['cadvisor', 'pod', 'docker'],
  title: 'Containers (cAdvisor)',
  variables: { all: ['namespace', 'pod', 'container', 'name', 'instance', 'job'], server: ['instance', 'job'] },
  signs: [
    { label: 'pod', value: /./ },
    { label: 'container', value: /./ },
    { label: 'job', value: /cadvisor|kubelet/i },
    { label: 'alertname', value: /^(Container|KubePod|Pod)/ },
  ],
  presets: [
    {
      name: 'cpu',
      aspect: 'utilisation',
      title: 'CPU of each container',
      help: 'cores in use',
      promql: `sum by (${by}) (rate(container_cpu_usage_seconds_total{${own}}[5m]))`,
      unit: 'cores',
    },
    {
      name: 'memory',
      aspect: 'utilisation',
      title: 'Memory of each container',
      help: 'memory in use, with the limit of the worst beside it',
      promql: `sum by (${by}) (container_memory_working_set_bytes{${own}}) > sum by (${by}) (container_spec_memory_limit_bytes{${own}} > 0)`,
      unit: 'bytes',
    },
    {
      name: 'memory limit',
      aspect: 'utilisation',
      title: 'Memory against its limit',
      help: 'share of the limit in use; at all of it the container is killed',
      promql: `sum by (${by}) (container_memory_working_set_bytes{${own}}) / sum by (${by}) (container_spec_memory_limit_bytes{${own}} > 0)`,
      unit: 'ratio',
      bands: rising(0.75, 0.9, 0.97),
    },
    {
      name: 'network',
      aspect: 'utilisation',
      title: 'Network traffic',
      help: 'bytes in and out of each pod or container',
      promql: `sum by (${by}) (rate(container_network_receive_bytes_total{$filter}[5m])) + sum by (${by}) (rate(container_network_transmit_bytes_total{$filter}[5m]))`,
      unit: 'bytes per second',
    },
    {
      name: 'disk',
      aspect: 'utilisation',
      title: 'Disk of each container',
      help: 'bytes on disk',
      promql: `sum by (${by}) (container_fs_usage_bytes{${own}})`,
      unit: 'bytes',
    },
    {
      name: 'throttling',
      aspect: 'saturation',
      title: 'CPU throttled',
      help: 'share of the periods in which a container was made to wait by its CPU limit',
      promql: `sum by (${by}) (rate(container_cpu_cfs_throttled_periods_total{$filter}[5m])) / sum by (${by}) (rate(container_cpu_cfs_periods_total{$filter}[5m]))`,
      unit: 'ratio',
      bands: rising(0.05, 0.25, 0.5),
    },
    {
      name: 'failures',
      aspect: 'saturation',
      title: 'Hits of the memory limit',
      help: 'how often a container wanted more than its limit, in ten minutes',
      promql: `sum by (${by}) (increase(container_memory_failcnt{${own}}[10m]))`,
      unit: null,
    },
    {
      name: 'oom',
      aspect: 'errors',
      title: 'Containers killed for memory',
      help: 'kills by the kernel in the last ten minutes',
      promql: `sum by (${by}) (increase(container_oom_events_total{$filter}[10m]))`,
      unit: null,
    },
    {
      name: 'errors',
      aspect: 'errors',
      title: 'Network errors',
      help: 'packets that were broken or dropped, in and out',
      promql: `sum by (${by}) (rate(container_network_receive_errors_total{$filter}[5m]) + rate(container_network_transmit_errors_total{$filter}[5m]) + rate(container_network_receive_packets_dropped_total{$filter}[5m]) + rate(container_network_transmit_packets_dropped_total{$filter}[5m]))`,
      unit: 'per second',
    },
  ],
}
