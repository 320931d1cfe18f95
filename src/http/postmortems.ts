// Post-mortems over the API: read, write upon the version one saw, publish, go back to an earlier one, take along as a file.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Bot } from '../bot.ts'
import { changesBetween } from '../drafts/changes.ts'
import { RejectedInput, UserError } from '../errors.ts'
import { draftPostmortem, publishPostmortem } from '../flow/postmortem.ts'
import {
  longestPostmortem,
  missingInPostmortem,
  restorePostmortem,
  type Saving,
  savePostmortem,
} from '../flow/postmortem-edits.ts'
import { missingLines } from '../messages/postmortem.ts'
import { draftOf, versionsOf, versionText } from '../store/postmortems.ts'
import { byField } from './actor.ts'
import { fieldOf, longText, wholeField } from './body.ts'
import type { ServerDeps } from './deps.ts'
import { exportHtml, exportMarkdown } from './postmortem-export.ts'
import { incidentNumber, wholeNumber } from './query.ts'

type ByNumber = { Params: { number: string } }
type ByVersion = { Params: { number: string; version: string } }

export function postmortemRoutes({ bot }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    const base = '/api/v1/incidents/:number/postmortem'
    const numberOf = (params: ByNumber['Params']) => incidentNumber(params.number)
    app.get<ByNumber>(base, async ({ params }, reply) => send(reply, await postmortemJson(bot, numberOf(params))))
    app.put<ByNumber>(base, async ({ params, body, headers }, reply) => {
      const number = numberOf(params)
      const match = headers['if-match']
      const seen = match === undefined ? wholeField(body, 'version') : versionIn(match)
      const edit = { markdown: longText(body, 'markdown', longestPostmortem), seen, by: byField(bot.config, body) }
      return saved(bot, number, await savePostmortem(bot, number, edit), reply, match === undefined ? 409 : 412)
    })
    app.post<ByNumber>(`${base}/draft`, async ({ params }, reply) => {
      const number = numberOf(params)
      if ((await draftPostmortem(bot, number)) === 'not resolved' && (await draftOf(bot.db, number)) === null)
        return reply
          .code(409)
          .send({ error: `incident ${number} is not resolved: its post-mortem is drafted at the end` })
      return send(reply, await postmortemJson(bot, number))
    })
    app.post<ByNumber>(`${base}/restore`, async ({ params, body }, reply) => {
      const number = numberOf(params)
      const asked = {
        version: wholeField(body, 'restore'),
        seen: wholeField(body, 'version'),
        by: byField(bot.config, body),
      }
      return saved(bot, number, await restorePostmortem(bot, number, asked), reply, 409)
    })
    app.post<ByNumber>(`${base}/publish`, async ({ params, body }, reply) =>
      publish(bot, numberOf(params), body, reply),
    )
    app.get<ByNumber>(`${base}/versions`, async ({ params }) => ({
      versions: await versionsOf(bot.db, numberOf(params)),
    }))
    app.get<ByVersion>(`${base}/versions/:version`, async ({ params }) => versionJson(bot, params))
    files(app, bot, base)
  }
}

function files(app: FastifyInstance, bot: Bot, base: string): void {
  const attached = (number: number, kind: string) => `inline; filename="incident-${number}-postmortem.${kind}"`
  app.get<ByNumber>(`${base}.md`, async (request, reply) => {
    const number = incidentNumber(request.params.number)
    const markdown = await exportMarkdown(bot, number)
    return reply
      .type('text/markdown; charset=utf-8')
      .header('content-disposition', attached(number, 'md'))
      .send(markdown)
  })
  app.get<ByNumber>(`${base}.html`, async (request, reply) => {
    const number = incidentNumber(request.params.number)
    const html = await exportHtml(bot, number)
    // It carries its looks and pictures inside; nothing in it may run or load, here as little as where it is sent.
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups",
      )
      .header('content-disposition', attached(number, 'html'))
      .send(html)
  })
}

async function postmortemJson(bot: Bot, number: number) {
  const draft = await draftOf(bot.db, number)
  if (draft === null)
    throw new RejectedInput(`incident ${number} has no post-mortem yet: it is drafted when it is resolved`, 404)
  const { version, markdown, at, by, kind, draftedAt, publication } = draft
  const missing = (await missingInPostmortem(bot, number)) ?? []
  const lines = missingLines(bot, number, missing)
  return {
    ...{ version, markdown, at, by, kind, draftedAt },
    publishedAt: publication?.publishedAt ?? null,
    publishedBy: publication?.publishedBy ?? null,
    missing: missing.map((one, i) => ({ kind: one.kind, text: lines[i] ?? '' })),
  }
}

function send(reply: FastifyReply, json: Awaited<ReturnType<typeof postmortemJson>>): FastifyReply {
  return reply.header('etag', `"${json.version}"`).send(json)
}

async function saved(
  bot: Bot,
  number: number,
  saving: Saving,
  reply: FastifyReply,
  refused: 409 | 412,
): Promise<FastifyReply> {
  if (saving.outcome === 'saved') return send(reply, await postmortemJson(bot, number))
  const { version, by, at, current, merged, isClean } = saving
  return reply.code(refused).send({
    error: `version ${version} was written meanwhile${by === null ? ', from the timeline' : ` by ${by}`}: nothing was saved; save “merged”, or what you make of it, upon that version`,
    ...{ version, by, at, current, merged, isClean },
  })
}

async function publish(bot: Bot, number: number, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const by = byField(bot.config, body)
  const anyway = fieldOf(body, 'anyway')
  if (anyway !== undefined && typeof anyway !== 'boolean') throw new RejectedInput('anyway: must be true or false')
  const json = await postmortemJson(bot, number)
  if (anyway !== true && json.missing.length > 0)
    return reply
      .code(409)
      .send({ error: 'something is missing: publish it anyway with {"anyway": true}', missing: json.missing })
  try {
    await publishPostmortem(bot, number, by)
  } catch (error) {
    if (error instanceof UserError) return reply.code(409).send({ error: error.message })
    throw error
  }
  return send(reply, await postmortemJson(bot, number))
}

async function versionJson(bot: Bot, params: ByVersion['Params']) {
  const number = incidentNumber(params.number)
  const version = wholeNumber(params, 'version', 1, 1_000_000) ?? 1
  const markdown = await versionText(bot.db, number, version)
  if (markdown === null) throw new RejectedInput(`the post-mortem of incident ${number} has no version ${version}`, 404)
  const before = version === 1 ? markdown : ((await versionText(bot.db, number, version - 1)) ?? '')
  return { version, markdown, changes: changesBetween(before, markdown) }
}

function versionIn(match: string): number {
  const version = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(match)?.[1]
  if (version === undefined) throw new RejectedInput('if-match: must be the etag of an earlier answer, e.g. "3"')
  return Number(version)
}
