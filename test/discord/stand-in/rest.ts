// The stand-in's REST API, version 10: the routes that Tocsin uses, and no others.
// https://discord.com/developers/docs/reference
import type { Interactions } from './interactions.ts'
import { type CommandBody, checkCommands, checkMessage, invalid, type MessageBody, Refusal } from './rules.ts'
import {
  type Attachment,
  type Channel,
  channelJson,
  type Message,
  messageJson,
  snowflake,
  userJson,
  type World,
} from './world.ts'

export type Incoming = {
  method: string
  /** Below /api/v10. */
  path: string
  query: URLSearchParams
  body: unknown
  files: { name: string; bytes: Uint8Array }[]
}
export type Answer = { status: number; body?: unknown }

type Handler = (incoming: Incoming, ...ids: string[]) => Answer

export class Rest {
  readonly #world: World
  readonly #interactions: Interactions
  readonly #address: () => string
  readonly commands = new Map<string, CommandBody[]>()
  readonly #routes: [string, RegExp, Handler][]

  constructor(world: World, interactions: Interactions, address: () => string) {
    this.#world = world
    this.#interactions = interactions
    this.#address = address
    const id = String.raw`(\d{17,20})`
    const route = (method: string, pattern: string, handler: Handler): [string, RegExp, Handler] => [
      method,
      new RegExp(`^${pattern.replaceAll(':id', id).replaceAll(':token', '([\\w-]+)')}$`),
      handler,
    ]
    this.#routes = [
      route('GET', '/gateway/bot', () => ok(this.#gatewayBot())),
      route('GET', '/users/@me', () => ok(userJson(world.bot))),
      route('GET', '/users/@me/guilds', () => ok(world.guilds.map(({ id, name }) => ({ id, name })))),
      route('POST', '/users/@me/channels', ({ body }) =>
        ok(channelJson(this.#direct(body as { recipient_id?: string }))),
      ),
      route('GET', '/applications/@me', () => ok({ id: world.application, name: 'Tocsin' })),
      route('PUT', '/applications/:id/guilds/:id/commands', ({ body }, application, guild) =>
        this.#register(body, application, guild),
      ),
      route('GET', '/guilds/:id/channels', (_, guild) => ok(this.#channelsOf(guild).map(channelJson))),
      route('POST', '/guilds/:id/channels', ({ body }, guild) =>
        this.#makeChannel(body as Partial<ChannelBody>, guild),
      ),
      route('GET', '/guilds/:id/roles', (_, guild) => ok([this.#everyone(guild)])),
      route('GET', '/guilds/:id/members/:id', (_, guild, person) => this.#member(guild, person)),
      route('GET', '/channels/:id', (_, channel) => ok(channelJson(this.#channel(channel)))),
      route('PATCH', '/channels/:id', ({ body }, channel) => this.#changeChannel(body as { topic?: string }, channel)),
      route('GET', '/channels/:id/messages', ({ query }, channel) => this.#history(query, channel)),
      route('POST', '/channels/:id/messages', (incoming, channel) => this.#post(incoming, channel)),
      route('GET', '/channels/:id/messages/:id', (_, channel = '', message = '') =>
        ok(messageJson(this.#message(this.#channel(channel), message), this.#world)),
      ),
      route('PATCH', '/channels/:id/messages/:id', (incoming, channel, message) =>
        this.#edit(incoming, channel, message),
      ),
      route('PUT', '/channels/:id/messages/pins/:id', (_, channel, message) => this.#pin(channel, message)),
      route('PUT', '/channels/:id/permissions/:id', ({ body }, channel, person) => this.#permit(body, channel, person)),
      route('POST', '/interactions/:id/:token/callback', ({ body }, id, token) =>
        this.#interactions.callback(id, token, body),
      ),
      route('PATCH', '/webhooks/:id/:token/messages/@original', (incoming, _, token) =>
        this.#interactions.editFirst(token, incoming),
      ),
      route('POST', '/webhooks/:id/:token', (incoming, _, token) => this.#interactions.followUp(token, incoming)),
    ]
  }

  answer(incoming: Incoming): Answer {
    for (const [method, pattern, handler] of this.#routes) {
      const match = method === incoming.method ? pattern.exec(incoming.path) : null
      if (match !== null) return handler(incoming, ...match.slice(1).map(String))
    }
    throw new Refusal(404, 0, `404: Not Found (the stand-in has no ${incoming.method} ${incoming.path})`)
  }

  #gatewayBot() {
    const session_start_limit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 }
    return { url: `${this.#address()}/gateway/`, shards: 1, session_start_limit }
  }

  #direct({ recipient_id: recipient }: { recipient_id?: string }): Channel {
    const person = this.#world.person(recipient ?? '')
    if (person === undefined) throw new Refusal(400, 50033, 'Invalid Recipient(s)')
    const known = this.#world.channels.find((channel) => channel.recipient === person.id)
    return known ?? this.#world.addChannel({ type: 1, name: '', recipient: person.id })
  }

  #register(body: unknown, application = '', guild = ''): Answer {
    if (application !== this.#world.application)
      throw new Refusal(403, 20012, 'You are not authorized to perform this action on this application')
    this.#guild(guild)
    checkCommands(body as CommandBody[])
    this.commands.set(guild, body as CommandBody[])
    return ok(body)
  }

  #makeChannel(body: Partial<ChannelBody>, guild = ''): Answer {
    this.#guild(guild)
    const { name = '', type = 0, topic = null, parent_id: parent = null } = body
    if (name.length < 1 || name.length > 100) throw invalid('name', 'Must be between 1 and 100 in length.')
    if ((topic?.length ?? 0) > 1024) throw invalid('topic', 'Must be 1024 or fewer in length.')
    if (parent !== null && this.#channelsOf(guild).filter((channel) => channel.parent === parent).length >= 50) {
      throw invalid('parent_id', 'Maximum number of channels in category reached (50)')
    }
    if (this.#channelsOf(guild).length >= 500)
      throw new Refusal(400, 30013, 'Maximum number of guild channels reached (500)')
    // Text channels are written as the client writes them; categories keep theirs.
    const written = type === 0 ? name.toLowerCase().replaceAll(' ', '-') : name
    return { status: 201, body: channelJson(this.#world.addChannel({ guild, name: written, type, topic, parent })) }
  }

  #everyone(guild = '') {
    const { id, everyonePermissions } = this.#guild(guild)
    return { id, name: '@everyone', permissions: String(everyonePermissions), position: 0 }
  }

  #member(guild = '', id = ''): Answer {
    this.#guild(guild)
    const person = this.#world.person(id)
    if (person === undefined) throw new Refusal(404, 10013, 'Unknown User')
    if (!person.guilds.has(guild)) throw new Refusal(404, 10007, 'Unknown Member')
    return ok({ user: userJson(person), roles: [] })
  }

  #changeChannel({ topic }: { topic?: string }, id = ''): Answer {
    const channel = this.#channel(id)
    if ((topic?.length ?? 0) > 1024) throw invalid('topic', 'Must be 1024 or fewer in length.')
    if (topic !== undefined) channel.topic = topic
    return ok(channelJson(channel))
  }

  #history(query: URLSearchParams, id = ''): Answer {
    const limit = Number(query.get('limit') ?? '50')
    if (!(limit >= 1 && limit <= 100)) throw invalid('limit', 'int value should be between 1 and 100')
    const before = query.get('before')
    const newestFirst = this.#channel(id).messages.toReversed()
    const older = before === null ? newestFirst : newestFirst.filter((message) => BigInt(message.id) < BigInt(before))
    return ok(older.slice(0, limit).map((message) => messageJson(message, this.#world)))
  }

  #post({ body, files }: Incoming, id = ''): Answer {
    const channel = this.#channel(id)
    const recipient = this.#world.person(channel.recipient ?? '')
    if (recipient && ![...recipient.guilds].some((guild) => this.#world.bot.guilds.has(guild))) {
      throw new Refusal(403, 50278, 'Cannot send messages to this user due to having no mutual guilds')
    }
    if (recipient?.acceptsDirectMessages === false) throw new Refusal(403, 50007, 'Cannot send messages to this user')
    const written = body as MessageBody
    // Of the author's messages wherever they are, as its page says.
    const all = this.#world.channels.flatMap(({ messages }) => messages)
    const again = all.find((message) => written.enforce_nonce && message.nonce === written.nonce)
    if (again !== undefined) return ok(messageJson(again, this.#world))
    checkMessage(
      written,
      files.map((file) => file.name),
      true,
    )
    const message = writeMessage(written, files, channel, this.#world)
    channel.messages.push(message)
    return ok(messageJson(message, this.#world))
  }

  #edit({ body, files }: Incoming, channelId = '', id = ''): Answer {
    const message = this.#message(this.#channel(channelId), id)
    if (message.author !== this.#world.bot.id)
      throw new Refusal(403, 50005, 'Cannot edit a message authored by another user')
    checkMessage(
      body as MessageBody,
      files.map((file) => file.name),
      false,
    )
    rewriteMessage(message, body as MessageBody, files)
    return ok(messageJson(message, this.#world))
  }

  #pin(channelId = '', id = ''): Answer {
    const channel = this.#channel(channelId)
    channel.pins.push(this.#message(channel, id).id)
    return { status: 204 }
  }

  #permit(body: unknown, channelId = '', id = ''): Answer {
    const { type, allow, deny } = body as { type: number; allow: string; deny: string }
    this.#channel(channelId).overwrites.push({ id, type, allow, deny })
    return { status: 204 }
  }

  #channelsOf(guild = ''): Channel[] {
    return this.#world.channels.filter((channel) => channel.guild === this.#guild(guild).id)
  }

  #guild(id: string) {
    const guild = this.#world.guilds.find((one) => one.id === id)
    if (guild === undefined || !this.#world.bot.guilds.has(id)) throw new Refusal(404, 10004, 'Unknown Guild')
    return guild
  }

  #channel(id: string): Channel {
    const channel = this.#world.channel(id)
    if (channel === undefined) throw new Refusal(404, 10003, 'Unknown Channel')
    return channel
  }

  #message(channel: Channel, id: string): Message {
    const message = channel.messages.find((one) => one.id === id)
    if (message === undefined) throw new Refusal(404, 10008, 'Unknown Message')
    return message
  }
}

type ChannelBody = { name: string; type: 0 | 4; topic: string; parent_id: string }

function ok(body: unknown): Answer {
  return { status: 200, body }
}

export function writeMessage(body: MessageBody, files: Incoming['files'], channel: Channel, world: World): Message {
  const called = [...(body.content ?? '').matchAll(/<@(\d{17,20})>/g)].map((match) => String(match[1]))
  const allowed = body.allowed_mentions
  const message: Message = {
    id: snowflake(),
    channel: channel.id,
    author: world.bot.id,
    content: '',
    embeds: [],
    rows: [],
    attachments: [],
    nonce: body.nonce ?? null,
    ephemeral: ((body.flags ?? 0) & 64) !== 0,
    mentions: called.filter((id) => allowed?.parse?.includes('users') || allowed?.users?.includes(id)),
    mentionsEverybody:
      /@(everyone|here)/.test(body.content ?? '') &&
      allowed?.parse?.includes('everyone') === true &&
      world.mayCallEverybody,
    edited: 0,
  }
  rewriteMessage(message, body, files)
  return { ...message, edited: 0 }
}

/** What the body does not name stays; attachments that it names no more are gone. */
export function rewriteMessage(message: Message, body: MessageBody, files: Incoming['files']): void {
  if (body.content !== undefined) message.content = body.content
  if (body.embeds !== undefined) message.embeds = body.embeds
  if (body.components !== undefined)
    message.rows = body.components.map((row) =>
      row.components.map(({ label, custom_id, style }) => ({ label, custom_id, style })),
    )
  if (body.attachments !== undefined || files.length > 0) {
    message.attachments = files.map(({ name, bytes }, i): Attachment => {
      const about = body.attachments?.find((one) => one.id === String(i))
      return { id: snowflake(), filename: name, description: about?.description ?? null, size: bytes.length, bytes }
    })
  }
  message.edited += 1
}
