// Where evidence is looked for: logs, traces, and what leads to them.
import { z } from 'zod'
import { address, duration, link, oneOf, secret, severity, text, textLike, wait, yesNo } from '../notation.ts'
import { access, tenant, token } from './access.ts'
import type { Known } from './known.ts'
import { anyName, keys, leaf, list, named } from './parts.ts'

/** In what follows what the bot knows of the incident is put. */
const place = '`$service` and `$<label>` stand for the incident’s'

const names = (example: string, help: string, usual: string) => {
  const one = leaf(textLike(example), help, { 'x-default': usual })
  return z.union([one.transform((name) => [name]), list(one)]).optional()
}

export const evidence = keys({
  severities: list(leaf(severity, 'At which severities evidence is gathered by itself.')).prefault(['P1', 'P2']),
  timeout: leaf(wait, 'How long each of those that are asked has; the others wait for none.').prefault('10s'),
  before: leaf(duration, 'How much is looked at before the start.').prefault('5m'),
  after: leaf(duration, 'How much after it, as far as that has come.').prefault('10m'),
})

export const loki = (known: Known) =>
  keys({
    url: leaf(address, 'Loki to ask for log lines.'),
    ...access(known),
    token,
    tenant,
    selector: leaf(textLike('{service="$service"}'), `Streams of the service (LogQL); ${place}.`).prefault(
      '{service="$service"}',
    ),
    query: leaf(
      textLike('{app="$service"} | json | level="error"'),
      `A whole LogQL query instead, with a filter of your own; ${place}.`,
    ).optional(),
    datasource: leaf(textLike('loki'), 'Its uid in Grafana, for links.').prefault('loki'),
  })

export const elasticsearch = (known: Known) =>
  keys({
    url: leaf(address, 'Elasticsearch or OpenSearch to ask for log lines.'),
    ...access(known),
    api_key: leaf(secret, 'API key, as Elasticsearch encodes it.').optional(),
    index: leaf(textLike('logs-*'), 'Indexes that are searched.').prefault('logs-*,filebeat-*'),
    fields: keys({
      time: leaf(text, 'Field of the instant.').prefault('@timestamp'),
      message: names('message', 'Fields of the text; the first that a record has counts.', 'message, log, msg, …'),
      level: names('log.level', 'Fields of the level.', 'log.level, level, severity, …'),
      service: names('service.name', 'Fields of the service.', 'service.name, service, app, kubernetes.labels.app, …'),
    }).prefault({}),
  })

export const kibana = keys({
  url: leaf(address, 'Kibana or OpenSearch Dashboards, with `/s/<space>` when it is another space, for links.'),
  data_view: leaf(text, 'Id of the data view the links open.', { 'x-default': 'the default one' }).optional(),
})

export const traces = (known: Known) =>
  keys({
    kind: leaf(
      oneOf('jaeger', 'jaeger v3', 'tempo'),
      'What answers: `jaeger` (`/api/traces`), `jaeger v3`, `tempo`.',
    ).prefault('jaeger'),
    url: leaf(address, 'Jaeger’s query service, or Tempo.'),
    ...access(known),
    token,
    tenant,
    ui: leaf(address, 'Jaeger’s pages, for links.', { 'x-default': 'its `url`' }).optional(),
    datasource: leaf(textLike('tempo'), 'Uid of Tempo in Grafana, for links.').prefault('tempo'),
  })

export const grafana = (known: Known) =>
  keys({
    url: leaf(address, 'Grafana as people open it.'),
    api_url: leaf(address, 'Grafana as the bot asks it.', { 'x-default': 'its `url`' }).optional(),
    ...access(known),
    token: leaf(secret, 'Token of a service account that may write annotations.').optional(),
    annotations: leaf(yesNo, 'Whether incidents are noted on its dashboards, from start to end.', {
      'x-default': 'whether it has a token, user or header',
    }).optional(),
  })

/** Links of a service; those to Grafana are opened at the time of the incident. */
export const dashboards = list(
  keys({
    title: leaf(textLike('Payments in Grafana'), 'Text of the link.'),
    url: leaf(link, 'Where it leads; a dashboard of Grafana gets the time of the incident.'),
    vars: named(anyName, leaf(textLike('$service'), `Value of a dashboard’s variable; ${place}.`)).optional(),
  }),
)

/** Under a service: what it is called in its logs and traces. */
export const serviceLogs = keys({
  selector: leaf(textLike('{app="payments-api"}'), 'Its streams in Loki.', { 'x-default': 'loki.selector' }).optional(),
  query: leaf(textLike('{app="payments-api"} |= "ERROR"'), 'A whole query for Loki.', {
    'x-default': 'loki.query',
  }).optional(),
  service: leaf(textLike('payments-api'), 'Value of its service field in Elasticsearch.', {
    'x-default': 'the service’s name',
  }).optional(),
  index: leaf(textLike('payments-*'), 'Its indexes in Elasticsearch.', {
    'x-default': 'elasticsearch.index',
  }).optional(),
})

export const serviceTraces = leaf(textLike('payments-api'), 'Name of its service in traces.', {
  'x-default': 'the service’s name',
}).optional()
