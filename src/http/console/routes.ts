// What the console page asks for: the page, the board, a room, and what a person says there.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Bot, nameOf } from '../../bot.ts'
import type { Command } from '../../chat/command.ts'
import { findCommand } from '../../chat/dispatch.ts'
import { toInlineHtml } from '../../chat/html.ts'
import { usable } from '../../core/duty.ts'
import { shiftAt } from '../../core/schedule.ts'
import { RejectedInput } from '../../errors.ts'
import { longestPostmortem, missingInPostmortem } from '../../flow/postmortem-edits.ts'
import { renewButton } from '../../messages/card.ts'
import { missingLines } from '../../messages/postmortem.ts'
import {
  board,
  lastPosts,
  messagePicture,
  messages,
  openPages,
  openQuestions,
  writeMessages,
} from '../../store/console.ts'
import { overridesAt } from '../../store/overrides.ts'
import { type IncidentView, incidentView, postmortem, roomByChannel, roomView } from '../../store/views.ts'
import { longText, textField } from '../body.ts'
import type { ServerDeps } from '../deps.ts'
import { InTurn } from '../in-turn.ts'
import { incidentNumber, type Query, text, wholeNumber } from '../query.ts'
import { editorHtml, indexHtml } from './assets.ts'
import { messageJson, postedJson } from './message-json.ts'
import { pin } from './pins.ts'
import { postmortemHtml, postmortemPage } from './postmortem-page.ts'
import { boardJson, incidentRoomJson } from './room-json.ts'
import { sampleSource } from './sample.ts'
import { tonight } from './tonight.ts'

/** Messages and resolved incidents that are shown before somebody asks for more. */
const feedLength = 150
const resolvedLength = 30

/** Characters of what is said at once; as many as Slack advises, and few enough that no Markdown takes long to read. */
const longestSaid = 4_000

/** Characters of a command on a button. */
const longestLabel = 60

type ByNumber = { Params: { number: string } }
type ByQuery = { Querystring: Query }

export function consoleRoutes(deps: ServerDeps) {
  const { bot, commands } = deps
  const whole = new InTurn()
  return async (app: FastifyInstance): Promise<void> => {
    pages(app, deps)
    app.get<ByQuery>('/console/state', (request) => state(bot, text(request.query, 'as') ?? null))
    app.get<ByQuery>('/console/room', async ({ query }, reply) => {
      if (text(query, 'whole') === undefined) return room(bot, query)
      const json = await whole.json(JSON.stringify(query), () => room(bot, query))
      return reply.type('application/json; charset=utf-8').send(json)
    })
    app.get<ByQuery>('/console/tonight', (request) => tonight(bot, request.query))
    app.get('/console/setting', () => setting(bot, commands))
    app.get<ByNumber>('/console/postmortems/:number', (request) => postmortemJson(bot, request))
    app.post<ByNumber>('/console/postmortems/:number/preview', (request) => preview(bot, request))
    app.post('/console/say', (request) => say(deps, request))
    app.post('/console/pin', (request) => pin(deps, request))
    app.get<{ Params: { id: string } }>('/console/messages/:id/picture.png', async (request, reply) => {
      const png = await messagePicture(bot.db, wholeNumber(request.params, 'id', 0, Number.MAX_SAFE_INTEGER) ?? 0)
      if (png === null) throw new RejectedInput('this message has no picture', 404)
      return reply.type('image/png').header('cache-control', 'private, max-age=31536000, immutable').send(png)
    })
  }
}

/** The one page behind every address a link may lead to, and the post-mortem for print. */
function pages(app: FastifyInstance, { bot }: ServerDeps): void {
  for (const address of ['/', '/tonight', '/incidents/:number', '/rooms/:channel']) {
    app.get(address, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(indexHtml()),
    )
  }
  app.get('/incidents/:number/postmortem/edit', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(editorHtml()),
  )
  app.get<ByNumber>('/incidents/:number/postmortem', async (request, reply) => {
    const html = await postmortemPage(bot, incidentNumber(request.params.number))
    return reply.type('text/html; charset=utf-8').send(html)
  })
}

/** What does not change while the bot runs: who there is to act as, and what can be said. */
async function setting(bot: Bot, commands: readonly Command[]) {
  const now = bot.clock.now()
  const overrides = usable(bot.config, await overridesAt(bot.db, now))
  const { team, zone, people, schedules, policies, services, accessToken, server } = bot.config
  return {
    team,
    zone,
    people: Object.values(people).map(({ key, name }) => ({ key, name })),
    schedules: Object.keys(schedules),
    /** Who has the pager, in the order of the schedules: the likely one to sit here. */
    onCall: Object.values(schedules).flatMap((schedule) => shiftAt(schedule, overrides, now)?.people ?? []),
    services: Object.keys(services),
    policies: Object.keys(policies),
    commands: commands.map(({ name, aliases = [], summary, args, example }) => ({
      name,
      aliases,
      summary,
      // What only buttons carry is nothing to type.
      args: args.filter((arg) => !arg.byButton),
      example,
    })),
    channels: bot.channels.console ?? null,
    protected: accessToken !== null,
    publicUrl: server.publicUrl,
    /** Whether the page can send a sample alert: only while a source has the quickstart's token. */
    sample: sampleSource(bot.config)?.name ?? null,
    sources: Object.values(bot.config.sources).map(({ name, kind }) => ({ name, kind })),
  }
}

async function state(bot: Bot, person: string | null) {
  const names = bot.channels.console
  const channels = [names?.incidents, names?.alerts].flatMap((name) => (name ? [name.replace(/^#/, '')] : []))
  if (person !== null) channels.push(`@${accountOf(bot, person)}`)
  const now = bot.clock.now()
  const incidents = await board(bot.db, resolvedLength)
  const last = await lastPosts(bot.db, channels)
  return {
    now,
    incidents: incidents.map((row) => boardJson(bot, row)),
    channels: channels.map((channel) => ({ channel, lastPostAt: last.get(channel) ?? null })),
    pages: person === null ? [] : await openPages(bot.db, person, now),
    questions: person === null ? [] : await questions(bot, person),
  }
}

async function questions(bot: Bot, person: string) {
  const asked = await openQuestions(bot.db, person)
  return asked.map((one) => ({ ...one, button: renewButton(bot, { ...one, number: one.incident }) }))
}

async function room(bot: Bot, query: Query) {
  const asked = text(query, 'incident')
  const named = text(query, 'channel')?.replace(/^#/, '')
  const number =
    asked !== undefined ? incidentNumber(asked) : named ? await roomByChannel(bot.db, 'console', named) : null
  // All of it only for who asks: a storm has megabytes, which every room that is open would fetch with every alert.
  const viewOf = text(query, 'whole') === undefined ? roomView : incidentView
  const view: IncidentView | null = number === null ? null : await viewOf(bot.db, number)
  if (number !== null && view === null) throw new RejectedInput(`there is no incident ${number}`, 404)
  const channel = named ?? view?.rooms.find((one) => one.platform === 'console')?.channel ?? null
  const before = wholeNumber(query, 'before', 1, Number.MAX_SAFE_INTEGER) ?? null
  const found = channel === null ? [] : await messages(bot.db, channel, feedLength + 1, before)
  const shown = found.slice(-feedLength)
  return {
    now: bot.clock.now(),
    channel,
    incident: view === null ? null : incidentRoomJson(bot, view),
    messages: shown.map((message) => postedJson(bot, message)),
    earlier: found.length > shown.length ? (shown[0]?.id ?? null) : null,
  }
}

async function postmortemJson(bot: Bot, request: FastifyRequest<ByNumber>) {
  const number = incidentNumber(request.params.number)
  const found = await postmortem(bot.db, number)
  if (found === null) throw new RejectedInput(`incident ${number} has no post-mortem yet`, 404)
  const { markdown, draftedAt, publishedAt, publishedBy } = found
  return {
    html: await postmortemHtml(bot, number, markdown),
    draftedAt,
    publishedAt,
    publishedBy: publishedBy && nameOf(bot, publishedBy),
  }
}

/** How a text that is being written reads, and what it lacks. Nothing is kept. */
async function preview(bot: Bot, request: FastifyRequest<ByNumber>) {
  const number = incidentNumber(request.params.number)
  const markdown = longText(request.body, 'markdown', longestPostmortem)
  const missing = await missingInPostmortem(bot, number, markdown)
  if (missing === null) throw new RejectedInput(`incident ${number} has no post-mortem yet`, 404)
  return {
    html: await postmortemHtml(bot, number, markdown),
    missing: missingLines(bot, number, missing).map((line) => ({ html: toInlineHtml(line) })),
  }
}

/** A command is run and answered; anything else is a word to the others in the room. */
async function say({ bot, dispatch }: ServerDeps, request: FastifyRequest) {
  const person = textField(request.body, 'as')
  const channel = textField(request.body, 'channel').replace(/^#/, '')
  const words = textField(request.body, 'text', longestSaid)
  const known = bot.config.people[person]
  if (known === undefined) throw new RejectedInput('as: must be a key of people: in tocsin.yaml')
  if (!words.startsWith('/')) {
    if (channel.startsWith('@')) throw new RejectedInput('here only commands are heard, e.g. /incident list')
    const message = { title: '', tone: 'neutral' as const, text: words }
    const posted = { channel, key: `said/${randomUUID()}`, author: person, message, png: null }
    await writeMessages(bot.db, { posted: [posted] }, bot.clock.now())
    return { reply: forgottenSlash(bot, words) }
  }
  const account = accountOf(bot, person)
  const reply = await dispatch({
    platform: 'console',
    account,
    accountName: known.name,
    channel,
    text: words.slice(1).trim(),
  })
  bot.log.info({ trace: request.id, by: person, channel }, 'a command was said in the console')
  if (reply === null) return { reply: null }
  if (reply.visibility === 'private')
    return {
      reply: messageJson(bot, reply.message, pictureData(reply.message.picture?.png)),
      undone: reply.undone ?? false,
    }
  const { picture, ...message } = reply.message
  const stored = picture === undefined ? message : { ...message, picture: { name: picture.name, alt: picture.alt } }
  const posted = { channel, key: `reply/${randomUUID()}`, author: null, message: stored, png: picture?.png ?? null }
  await writeMessages(bot.db, { posted: [posted] }, bot.clock.now())
  return { reply: null }
}

/** Whoever types half asleep believes that they have it. */
function forgottenSlash(bot: Bot, words: string) {
  const found = findCommand(words)
  const [first, second] = found?.command.name.split(' ') ?? []
  const isSpelledOut = second !== undefined && words.toLowerCase().startsWith(`${first} `)
  if (found === null || (found.rest !== '' && !isSpelledOut)) return null
  const title = 'That was a message to the room, and nothing was done. A command begins with a slash.'
  const label = words.length > longestLabel ? `/${words.slice(0, longestLabel)}…` : `/${words}`
  return messageJson(bot, { title, tone: 'warning', buttons: [{ label, command: words }] }, null)
}

/** A picture only one person sees is nowhere stored: it travels in the answer. */
function pictureData(png: Uint8Array | undefined): string | null {
  return png === undefined ? null : `data:image/png;base64,${Buffer.from(png).toString('base64')}`
}

function accountOf(bot: Bot, person: string): string {
  return bot.config.people[person]?.accounts.console ?? person
}
