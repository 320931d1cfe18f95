// What the API has of post-mortems, action items and objectives, described in OpenAPI; a part of openapi.ts.

const text = { type: 'string' }
const whole = { type: 'integer' }
const instant = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC' }
const day = { type: 'string', format: 'date', description: 'A local day, YYYY-MM-DD' }
const maybe = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
const listOf = (items: object) => ({ type: 'array', items })
const words = (...values: string[]) => ({ type: 'string', enum: values })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  ...{ type: 'object', required, properties },
})
const json = (schema: object) => ({ 'application/json': { schema } })
const answer = (description: string, schema: object) => ({ description, content: json(schema) })
const problem = (description: string) => answer(description, ref('Problem'))
const body = (schema: object) => ({ required: true, content: json(schema) })
const path = (name: string) => ({ name, in: 'path', required: true, schema: whole })

const by = {
  type: 'string',
  description: 'Somebody of people: in tocsin.yaml (key, name, e-mail or account), or a program by its own name',
}
const kind = words('generated', 'merged', 'edited', 'restored')
const status = words('open', 'done', 'dropped')
const missing = listOf(object({ kind: text, text: { type: 'string', description: 'Markdown' } }))

const action = {
  ...{ incident: whole, item: whole, text, owner: maybe(text), due: maybe(day), status },
  ...{ madeBy: text, madeAt: instant, closedBy: maybe(text), closedAt: maybe(instant) },
}
const listed = { ...action, title: text, severity: words('P1', 'P2', 'P3', 'P4'), service: text }

const conflict = object({
  error: text,
  version: { type: 'integer', description: 'The version to save upon' },
  by: maybe(text),
  at: instant,
  current: { type: 'string', description: 'That version' },
  merged: { type: 'string', description: 'Both together: nothing that either wrote is left out' },
  isClean: { type: 'boolean', description: 'Whether the two went together without a note' },
})

const figure = { type: 'number' }

const slo = object({
  name: text,
  service: text,
  objective: { ...figure, description: 'Percent' },
  window: object({ from: instant, until: instant, text }),
  status: words('kept', 'at risk', 'missed', 'unknown'),
  reason: maybe({ ...text, description: 'Why it is unknown' }),
  attained: maybe({ ...figure, description: 'Share of good ones, 0 to 1' }),
  measuredSince: maybe({
    ...instant,
    description: 'When it was first measured, where that is well after the window began',
  }),
  budgetMinutes: figure,
  budgetLeft: maybe({
    ...figure,
    description: 'Share of the error budget; negative when more was spent than there was',
  }),
  burn: maybe(object({ rate: figure, seconds: whole, alert: maybe(words('fast', 'slow', 'ticket')) })),
  forecast: maybe(object({ kind: words('spent', 'lasts', 'runs out'), at: maybe(instant), seconds: maybe(whole) })),
})

export const lookBackSchemas = {
  Slo: slo,
  Postmortem: object({
    version: whole,
    markdown: text,
    at: instant,
    by: maybe(text),
    kind,
    draftedAt: instant,
    publishedAt: maybe(instant),
    publishedBy: maybe(text),
    missing,
  }),
  PostmortemConflict: conflict,
  Action: object(action),
}

const number = path('number')
const none = problem('There is no such incident, or it has no post-mortem yet')
const found = answer('As it is now; the ETag is its version', ref('Postmortem'))
const file = (summary: string, type: string) => ({
  get: {
    summary,
    parameters: [number],
    responses: { 200: { description: 'The file', content: { [type]: {} } }, 404: problem('Not drafted yet') },
  },
})

const base = '/api/v1/incidents/{number}/postmortem'

const postmortemPaths = {
  [base]: {
    get: {
      summary: 'The post-mortem, its version and what it lacks',
      parameters: [number],
      responses: { 200: found, 404: none },
    },
    put: {
      summary: 'Write it, upon the version that was seen',
      description: 'The version is in the body, or in If-Match as the ETag of an earlier answer.',
      parameters: [number, { name: 'If-Match', in: 'header', schema: text }],
      requestBody: body(object({ markdown: text, version: whole, by }, ['markdown', 'by'])),
      responses: {
        ...{ 200: found, 400: problem('Names the field'), 404: none },
        409: answer('Somebody wrote meanwhile; nothing was saved', ref('PostmortemConflict')),
        412: answer('The same, where If-Match was sent', ref('PostmortemConflict')),
        413: problem('Too long'),
      },
    },
  },
  [`${base}/draft`]: {
    post: {
      summary: 'Draft it, or put in what came to be known since; what people wrote stays',
      parameters: [number],
      responses: { 200: found, 404: none, 409: problem('The incident is not resolved') },
    },
  },
  [`${base}/publish`]: {
    post: {
      summary: 'Publish it',
      parameters: [number],
      requestBody: body(
        object({ by, anyway: { type: 'boolean', description: 'Also while something is missing' } }, ['by']),
      ),
      responses: {
        ...{ 200: found, 404: none },
        409: answer('Something is missing, or it is published already', object({ error: text, missing }, ['error'])),
      },
    },
  },
  [`${base}/restore`]: {
    post: {
      summary: 'Make an earlier version the latest again',
      parameters: [number],
      requestBody: body(object({ restore: whole, version: { type: 'integer', description: 'That was seen' }, by })),
      responses: { 200: found, 404: none, 409: answer('Somebody wrote meanwhile', ref('PostmortemConflict')) },
    },
  },
  [`${base}/versions`]: {
    get: {
      summary: 'Its versions, newest first',
      parameters: [number],
      responses: {
        200: answer(
          'Without their texts',
          object({ versions: listOf(object({ version: whole, at: instant, by: maybe(text), kind })) }),
        ),
      },
    },
  },
  [`${base}/versions/{version}`]: {
    get: {
      summary: 'One version, and what changed in it',
      parameters: [number, path('version')],
      responses: {
        200: answer('It', object({ version: whole, markdown: text, changes: listOf({ type: 'object' }) })),
        404: problem('There is no such version'),
      },
    },
  },
  [`${base}.md`]: file('The post-mortem as Markdown, each citation with its address', 'text/markdown'),
  [`${base}.html`]: file('The post-mortem as one HTML file, pictures inside', 'text/html'),
}

const filter = (name: string, schema: object) => ({ name, in: 'query', schema })

const actionPaths = {
  '/api/v1/actions': {
    get: {
      summary: 'Action items, the one that is due first at the top',
      parameters: [filter('status', status), filter('owner', text), filter('incident', whole), filter('limit', whole)],
      responses: {
        200: answer(
          'Those of the filter; `total` without the limit',
          object({ actions: listOf(object(listed)), total: whole }),
        ),
        400: problem('Names the parameter'),
      },
    },
  },
  '/api/v1/incidents/{number}/actions': {
    post: {
      summary: 'Add an action item',
      parameters: [number],
      requestBody: body(object({ by, text, owner: maybe(text), due: maybe(day) }, ['by', 'text'])),
      responses: {
        201: answer('It', ref('Action')),
        400: problem('Names the field'),
        404: problem('There is no such incident'),
      },
    },
  },
  '/api/v1/incidents/{number}/actions/{item}': {
    patch: {
      summary: 'Change an action item; what is left out stays',
      parameters: [number, path('item')],
      requestBody: body(object({ by, text, owner: maybe(text), due: maybe(day), status }, ['by'])),
      responses: {
        200: answer('As it is now', ref('Action')),
        400: problem('Names the field'),
        404: problem('There is no such item'),
      },
    },
  },
}

export const lookBackPaths = { ...postmortemPaths, ...actionPaths }
