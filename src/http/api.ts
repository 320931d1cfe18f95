// The REST API under /api/v1: read incidents, acknowledge and resolve them.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Incident } from '../core/incident.ts'
import { severities } from '../core/severity.ts'
import { RejectedInput } from '../errors.ts'
import type { Queryable } from '../store/db.ts'
import { keptFile } from '../store/kept.ts'
import { overridesAt } from '../store/overrides.ts'
import { serviceChangesBetween } from '../store/service-changes.ts'
import { chartPng, type IncidentView, incidentView, listIncidents, type RoomView, roomView } from '../store/views.ts'
import { byField } from './actor.ts'
import { chartRoutes } from './charts.ts'
import type { Act, ServerDeps } from './deps.ts'
import { digestJson } from './digest.ts'
import { InTurn } from './in-turn.ts'
import { incidentJson, listedJson } from './incident-json.ts'
import { openApi } from './openapi.ts'
import { choices, incidentNumber, instant, onlyKnown, type Query, text, wholeNumber } from './query.ts'
import { runbooksJson } from './runbooks.ts'
import { sloAnswers } from './slo-json.ts'

const day = 86_400_000
const statuses = ['open', 'acknowledged', 'resolved'] as const
const parameters = ['status', 'severity', 'service', 'limit', 'cursor'] as const

type ByNumber = { Params: { number: string } }
type ViewOf = (q: Queryable, number: number) => Promise<(IncidentView & Partial<RoomView>) | null>

export function apiRoutes(deps: ServerDeps) {
  const objectives = sloAnswers(deps.bot)
  const whole = new InTurn()
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/v1/openapi.json', async () => openApi(deps.version))
    app.get<{ Querystring: Query }>('/api/v1/incidents', (request) => list(deps, request.query))
    app.get<ByNumber>('/api/v1/incidents/:number', async (request, reply) => {
      const json = await whole.json(`${request.host} ${request.params.number}`, () => one(deps, request))
      return reply.type('application/json; charset=utf-8').send(json)
    })
    for (const kind of ['acknowledge', 'resolve'] as const) {
      app.post<ByNumber>(`/api/v1/incidents/:number/${kind}`, async (request, reply) => {
        const number = incidentNumber(request.params.number)
        const refusal = await act(deps, number, { kind, by: byField(deps.bot.config, request.body) })
        if (refusal !== null) return reply.code(409).send({ error: refusal })
        return one(deps, request, roomView)
      })
    }
    app.get<{ Querystring: Query }>('/api/v1/overrides', async ({ query }) => {
      onlyKnown(query, ['from'])
      const all = await overridesAt(deps.bot.db, instant(query, 'from') ?? deps.bot.clock.now())
      // What is left of a calendar that the schedule no longer goes by is nobody's pager.
      const { schedules } = deps.bot.config
      return { overrides: all.filter(({ kind, schedule }) => kind === 'override' || schedules[schedule]?.calendar) }
    })
    app.get<{ Querystring: Query }>('/api/v1/changes', async ({ query }) => {
      onlyKnown(query, ['service', 'from', 'until'])
      const until = instant(query, 'until') ?? deps.bot.clock.now()
      const from = instant(query, 'from') ?? new Date(until.getTime() - day)
      const service = text(query, 'service')
      const asked = { from, until, services: service === undefined ? null : [service], limit: 200 }
      return { changes: await serviceChangesBetween(deps.bot.db, asked) }
    })
    app.get('/api/v1/slos', () => objectives())
    app.get<{ Querystring: Query }>('/api/v1/digest', ({ query }) => digestJson(deps, query))
    app.get<{ Querystring: Query }>('/api/v1/runbooks', ({ query }) => runbooksJson(deps, query))
    pictures(app, deps)
    files(app, deps)
    chartRoutes(app, deps)
  }
}

/** What is not JSON: the pictures. */
function pictures(app: FastifyInstance, { bot }: ServerDeps): void {
  app.get<{ Params: { number: string; id: string } }>(
    '/api/v1/incidents/:number/charts/:id.png',
    async (request, reply) => {
      const number = incidentNumber(request.params.number)
      const id = wholeNumber(request.params, 'id', 0, Number.MAX_SAFE_INTEGER) ?? 0
      const png = await chartPng(bot.db, id, number)
      if (png === null) throw new RejectedInput(`incident ${number} has no chart of that id`, 404)
      return reply.type('image/png').header('cache-control', 'private, max-age=31536000, immutable').send(png)
    },
  )
}

/** Pictures are shown, everything else is saved: what somebody uploaded never runs as a page of ours. */
function files(app: FastifyInstance, { bot }: ServerDeps): void {
  app.get<{ Params: { number: string; id: string } }>('/api/v1/incidents/:number/files/:id', async (request, reply) => {
    const number = incidentNumber(request.params.number)
    const id = wholeNumber(request.params, 'id', 0, Number.MAX_SAFE_INTEGER) ?? 0
    const found = await keptFile(bot.db, number, id)
    if (found === null) throw new RejectedInput(`incident ${number} has no file of that id`, 404)
    const isPicture = found.type.startsWith('image/')
    const name = encodeURIComponent(found.name).replaceAll("'", '%27')
    return reply
      .type(isPicture ? found.type : 'application/octet-stream')
      .header('content-disposition', `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(found.bytes)
  })
}

async function list({ bot }: ServerDeps, query: Query) {
  onlyKnown(query, parameters)
  const { incidents, next } = await listIncidents(bot.db, {
    statuses: choices(query, 'status', statuses),
    severities: choices(query, 'severity', severities),
    service: text(query, 'service'),
    limit: wholeNumber(query, 'limit', 1, 200) ?? 50,
    before: readCursor(text(query, 'cursor')),
  })
  return { incidents: incidents.map(listedJson), next: next === null ? null : writeCursor(next) }
}

/** `viewOf`: all of it, or as much as a room shows: whoever acts upon a storm's incident need not be answered with megabytes. */
async function one({ bot }: ServerDeps, request: FastifyRequest<ByNumber>, viewOf: ViewOf = incidentView) {
  const own = new URL(bot.config.server.publicUrl)
  const number = incidentNumber(request.params.number)
  const view = await viewOf(bot.db, number)
  if (view === null) throw new RejectedInput(`there is no incident ${number}`, 404)
  // Addresses on the name the caller used: it is one that works for the caller.
  return incidentJson(view, request.host === own.host ? own.origin : `${request.protocol}://${request.host}`)
}

/** Null when the incident is now as it was asked for, whoever did it; else why it is not. */
async function act({ respond }: ServerDeps, number: number, act: Act): Promise<string | null> {
  const answer = await respond(number, act)
  if (!('refused' in answer)) return null
  const wanted: Record<Act['kind'], string> = { acknowledge: 'already acknowledged', resolve: 'already resolved' }
  if (answer.refused === wanted[act.kind]) return null
  return `incident ${number} is ${answer.refused}${answer.by === null ? '' : ` by ${answer.by}`}: ${past[act.kind]}`
}

const past: Record<Act['kind'], string> = {
  acknowledge: 'only an open incident can be acknowledged',
  resolve: 'it cannot be resolved',
}

/** Opaque to those who hand it back, so that what pages are cut by can change. */
function writeCursor(before: Incident['number']): string {
  return Buffer.from(`before:${before}`).toString('base64url')
}

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const number = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (number === undefined) throw new RejectedInput('cursor: must be the "next" of an earlier answer')
  return Number(number)
}
