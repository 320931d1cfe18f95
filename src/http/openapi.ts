// The API described for other programs, in OpenAPI 3.1, kept by hand: a test holds it against the routes that exist.
import { changeKinds, changeStatuses } from '../core/service-change.ts'
import { severities } from '../core/severity.ts'
import { lookBackPaths, lookBackSchemas } from './openapi-lookback.ts'

const instant = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC' }
const maybe = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
const text = { type: 'string' }
const whole = { type: 'integer' }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const listOf = (items: object) => ({ type: 'array', items })
const words = (...values: readonly string[]) => ({ type: 'string', enum: values })

/** Every property is always there; null stands for what is not known or has not happened. */
function object(properties: Record<string, object>) {
  return { type: 'object', required: Object.keys(properties), properties }
}

const json = (schema: object) => ({ 'application/json': { schema } })
const answer = (description: string, schema: object) => ({ description, content: json(schema) })
const problem = (description: string) => answer(description, ref('Problem'))

const alert = object({
  source: text,
  fingerprint: text,
  status: words('firing', 'resolved'),
  title: text,
  labels: ref('Labels'),
  annotations: ref('Labels'),
  startsAt: instant,
  endsAt: maybe(instant),
  generatorUrl: maybe(text),
})

const incident = object({
  number: whole,
  title: text,
  status: words('open', 'acknowledged', 'resolved'),
  severity: words(...severities),
  service: text,
  openedAt: instant,
  acknowledgedAt: maybe(instant),
  acknowledgedBy: maybe(text),
  leaseUntil: maybe(instant),
  resolvedAt: maybe(instant),
  resolvedBy: maybe(text),
  lead: maybe(text),
  room: maybe({ type: 'string', description: 'Name of its first room' }),
  rooms: listOf(object({ platform: text, channel: text, name: text, url: maybe(text) })),
  alerts: listOf(ref('Alert')),
  unlistedAlerts: {
    ...object({ firing: whole, clear: whole }),
    description:
      'How many there are besides `alerts`: of an incident in a list, or to which something is done, the first hundred are told, those that fire before others',
  },
})

const details = object({
  trace: text,
  roles: listOf(object({ role: text, person: text })),
  update: maybe(
    object({
      ...{ conditions: text, actions: text, needs: text, by: maybe(text), at: instant },
      nextAt: maybe({ ...instant, description: 'When the next one was promised for' }),
    }),
  ),
  timeline: listOf(object({ id: whole, at: instant, kind: text, by: maybe(text), text, fact: { type: 'object' } })),
  unlistedEntries: {
    ...whole,
    description:
      'How many of single alerts there are besides `timeline`: those of a storm, where something is done to it',
  },
  pages: listOf(
    object({
      key: text,
      person: text,
      channel: text,
      step: whole,
      round: whole,
      status: {
        ...words('due', 'sending', 'sent', 'failed', 'cancelled'),
        description:
          '`cancelled`: nobody needed it any more before it was known to have gone out; an entry `page_uncertain` with its key says that it may have',
      },
      dueAt: instant,
      sentAt: maybe(instant),
    }),
  ),
  clocks: listOf(
    object({
      name: text,
      dueAt: instant,
      status: words('running', 'met', 'breached', 'cancelled'),
      startedAt: instant,
      stoppedAt: maybe(instant),
    }),
  ),
  runbook: maybe(
    object({
      path: maybe(text),
      section: maybe(text),
      steps: listOf(
        object({
          step: whole,
          title: text,
          body: { type: 'string', description: 'Markdown' },
          status: words('open', 'done', 'skipped'),
          by: maybe(text),
          at: maybe(instant),
        }),
      ),
    }),
  ),
  files: listOf(object({ name: text, type: text, size: whole, url: { type: 'string', format: 'uri' } })),
  charts: listOf({ type: 'string', format: 'uri', description: 'Address of a PNG' }),
  evidence: listOf(
    object({
      provider: text,
      title: text,
      status: words('asking', 'found', 'nothing', 'failed'),
      at: instant,
      reason: maybe(text),
      section: maybe(
        object({
          summary: text,
          items: listOf(object({ text, code: maybe(text), url: maybe(text) })),
          links: listOf(object({ title: text, url: text })),
        }),
      ),
    }),
  ),
  postmortem: maybe({ type: 'string', format: 'uri', description: 'Address of the Markdown' }),
})

const schemas = {
  ...lookBackSchemas,
  Problem: object({ error: text }),
  Labels: { type: 'object', additionalProperties: text },
  Alert: alert,
  Incident: incident,
  IncidentDetails: { allOf: [ref('Incident'), details] },
  IncidentList: object({ incidents: listOf(ref('Incident')), next: maybe(text) }),
  Actor: object({
    by: {
      type: 'string',
      description: 'Somebody of people: in tocsin.yaml (key, name, e-mail or account), or a program by its own name',
    },
  }),
  ChartRequest: object({
    query: { type: 'string', description: 'As after /chart: `node cpu 6h`, `up{job="api"} == 0 2h`' },
  }),
  Override: object({
    kind: words('override', 'calendar'),
    schedule: text,
    person: text,
    from: instant,
    until: instant,
  }),
  Change: object({
    source: text,
    key: text,
    kind: words(...changeKinds),
    title: text,
    service: maybe(text),
    environment: maybe(text),
    version: maybe(text),
    url: maybe(text),
    by: maybe(text),
    status: words(...changeStatuses),
    startedAt: instant,
    finishedAt: maybe(instant),
    toldAt: instant,
  }),
  Accepted: {
    ...object({ accepted: whole, rejected: listOf(object({ index: whole, reason: text })) }),
    properties: {
      accepted: whole,
      rejected: listOf(object({ index: whole, reason: text })),
      warnings: {
        ...listOf({ type: 'object', required: ['reason'], properties: { index: whole, reason: text } }),
        description: 'Only where there are any: faults of alerts that were taken all the same',
      },
    },
  },
}

const number = { name: 'number', in: 'path', required: true, schema: whole }
const chart = { name: 'id', in: 'path', required: true, schema: whole }
const source = { name: 'source', in: 'path', required: true, schema: text }
const filter = (name: string, schema: object, description: string) => ({ name, in: 'query', schema, description })

const filters = [
  filter('status', words('open', 'acknowledged', 'resolved'), 'Several with commas'),
  filter('severity', words(...severities), 'Several with commas'),
  filter('service', text, 'Its exact name'),
  filter('limit', { type: 'integer', minimum: 1, maximum: 200, default: 50 }, 'Incidents an answer holds at most'),
  filter('cursor', text, 'The `next` of the answer before'),
]

const change = (summary: string) => ({
  summary,
  description: 'Answers 200 with the incident when it already is so: asking twice is harmless.',
  parameters: [number],
  requestBody: { required: true, content: json(ref('Actor')) },
  responses: {
    200: answer('The incident as it is now', ref('IncidentDetails')),
    404: problem('There is no such incident'),
    409: problem('It cannot be done in the status the incident is in'),
  },
})

/** Grafana can be told to use either. */
const delivery = (how: string) => ({
  summary: `Hand over alerts by ${how}; 202 only after they are committed`,
  parameters: [source],
  security: [{ source: [] }],
  requestBody: { required: true, content: json({ type: 'object' }) },
  responses: {
    202: answer('Committed', ref('Accepted')),
    400: problem('Malformed: names the field'),
    401: problem('Not the token of this source'),
    404: problem('No source of that name'),
    413: problem('Too large'),
    415: problem('Not JSON'),
    503: problem('Nothing was accepted: send it again after Retry-After seconds'),
  },
})

const paths = {
  '/api/v1/overrides': {
    get: {
      summary: 'Who has a pager for a while, and shifts out of calendars: active or to come',
      parameters: [filter('from', instant, 'Those that end after it; now when left out')],
      responses: { 200: answer('What stands above the rotations', object({ overrides: listOf(ref('Override')) })) },
    },
  },
  '/api/v1/charts': {
    post: {
      summary: 'Draw any PromQL, or one preset: a picture, and what it shows in words in the header x-chart-text',
      requestBody: { required: true, content: json(ref('ChartRequest')) },
      responses: {
        200: { description: 'The picture', content: { 'image/png': {} } },
        400: problem('No PromQL, no preset, several charts, or a span that cannot be shown'),
        422: problem('There is nothing to draw: no data, or what Prometheus has against it'),
        503: problem('Too many pictures are waiting: ask again'),
      },
    },
  },
  '/alerts/{source}': { post: delivery('POST'), put: delivery('PUT') },
  '/changes/{source}': {
    post: {
      summary:
        'Tell of a deployment, a flag or another change; 202 only after it is committed. /changes alone will do, too',
      parameters: [source],
      security: [{ source: [] }],
      requestBody: { required: true, content: json({ type: 'object' }) },
      responses: {
        202: answer('Committed', object({ accepted: whole, ignored: listOf(text) })),
        400: problem('Malformed: names the field; nothing of it was kept'),
        401: problem('Not the token, or not the signature, of this source'),
        404: problem('No source of changes of that name'),
      },
    },
  },
  '/changes': { post: { $ref: '#/paths/~1changes~1{source}/post' } },
  '/api/v1/digest': {
    get: {
      summary: 'A digest as it would be posted now',
      parameters: [
        filter('name', text, 'One of digests: in tocsin.yaml; the usual one when left out'),
        filter('week', text, 'Such as 2026-W47; the last seven days when left out'),
      ],
      responses: {
        200: answer('It', object({ week: text, title: text, markdown: text })),
        404: problem('No such digest'),
      },
    },
  },
  '/api/v1/runbooks': {
    get: {
      summary: 'How runbooks fare: what became of their steps, and which are stale',
      parameters: [filter('days', { type: 'integer' }, 'How far the figures go back; 90 when left out')],
      responses: {
        200: answer(
          'Those used last first',
          object({ days: { type: 'integer' }, runbooks: listOf({ type: 'object' }) }),
        ),
        400: problem('days is no number of days'),
      },
    },
  },
  '/api/v1/changes': {
    get: {
      summary: 'What changed, the latest first',
      parameters: [
        filter('service', text, 'Its changes, and those of no one service'),
        filter('from', instant, 'Began after it; a day ago when left out'),
        filter('until', instant, 'Began before it; now when left out'),
      ],
      responses: { 200: answer('At most 200', object({ changes: listOf(ref('Change')) })) },
    },
  },
  '/api/v1/slos': {
    get: {
      summary: 'Where the objectives stand, not older than half a minute',
      responses: {
        200: answer('All of them, in the order of tocsin.yaml', object({ at: instant, slos: listOf(ref('Slo')) })),
      },
    },
  },
  '/api/v1/incidents': {
    get: {
      summary: 'Incidents, newest first',
      parameters: filters,
      responses: { 200: answer('A page of them', ref('IncidentList')), 400: problem('Names the parameter') },
    },
  },
  '/api/v1/incidents/{number}': {
    get: {
      summary: 'One incident with everything known about it',
      parameters: [number],
      responses: { 200: answer('It', ref('IncidentDetails')), 404: problem('There is no such incident') },
    },
  },
  '/api/v1/incidents/{number}/acknowledge': { post: change('Take it: stops the paging') },
  '/api/v1/incidents/{number}/resolve': { post: change('End it') },
  ...lookBackPaths,
  '/api/v1/incidents/{number}/charts/{id}.png': {
    get: {
      summary: 'A chart',
      parameters: [number, chart],
      responses: { 200: { description: 'PNG', content: { 'image/png': {} } }, 404: problem('There is no such chart') },
    },
  },
  '/api/v1/incidents/{number}/files/{id}': {
    get: {
      summary: 'A picture or file of a message that was pinned',
      parameters: [number, chart],
      responses: {
        200: { description: 'The file', content: { 'image/*': {}, 'application/octet-stream': {} } },
        404: problem('There is no such file'),
      },
    },
  },
  '/api/v1/openapi.json': { get: { summary: 'This description', responses: { 200: { description: 'OpenAPI 3.1' } } } },
}

const refused = problem(
  'Anything else: 400 and 415 name what is wrong with the request, 401, 403 and 429 who may ask, 5xx to ask again',
)

/** Whatever is asked may be refused for what all requests have in common. */
function withRefusals<T extends Record<string, object>>(operations: T) {
  return Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      'responses' in operation
        ? { ...operation, responses: { ...(operation.responses as object), default: refused } }
        : operation,
    ]),
  )
}

/** The whole description. */
export function openApi(version: string) {
  return {
    openapi: '3.1.0',
    info: { title: 'Tocsin', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ access: [] }, {}],
    components: {
      schemas,
      securitySchemes: {
        access: {
          type: 'http',
          scheme: 'bearer',
          description: 'access_token in tocsin.yaml, where one is set. After ten wrong ones from one address 429',
        },
        source: { type: 'http', scheme: 'bearer', description: 'The token of the source' },
      },
    },
    paths: Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, withRefusals(operations)])),
  }
}
