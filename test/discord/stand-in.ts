// A small, strict Discord on loopback: REST v10 and gateway, with people who type and press. Written from Discord's
// documentation, because nothing that can be installed knows attachments, pins, limits or a Discord that is ill.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Gateway } from './stand-in/gateway.ts'
import { chosen, type Exchange, Interactions, interactionJson } from './stand-in/interactions.ts'
import { type Answer, type Incoming, Rest } from './stand-in/rest.ts'
import { Refusal } from './stand-in/rules.ts'
import { type Channel, type Guild, type Message, messageJson, type Person, World } from './stand-in/world.ts'

export type { Exchange } from './stand-in/interactions.ts'
export type { Channel, Message, Person } from './stand-in/world.ts'

/** `drop` does what was asked and then cuts the connection: the bot cannot know. `hang` answers nothing, ever. */
export type Illness =
  | { how: 'hang' | 'drop' | 'not json' }
  | { how: 'rate limit'; retryAfter: number }
  | { how: 'error'; status: number }
  | { how: 'refuse'; status: number; code: number; message: string }

export class DiscordStandIn {
  readonly token = 'token-of-the-stand-in'
  readonly world = new World()
  readonly guild: Guild
  readonly gateway: Gateway
  /** Every request that came in, oldest first: `POST /channels/1/messages`. */
  readonly requests: string[] = []
  readonly #http: Server
  readonly #rest: Rest
  readonly #interactions: Interactions
  readonly #ill: { method: string; path: RegExp; illness: Illness; times: number }[] = []
  #port = 0

  constructor() {
    this.guild = this.world.addGuild('Example')
    this.#interactions = new Interactions(this.world)
    const address = () => `ws://127.0.0.1:${this.#port}`
    this.#rest = new Rest(this.world, this.#interactions, address)
    this.#http = createServer((request, response) => void this.#serve(request, response))
    this.gateway = new Gateway(this.#http, this.world, this.token, address)
  }

  /** `port` 0: any. */
  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(port, '127.0.0.1', resolve))
    this.#port = (this.#http.address() as AddressInfo).port
    this.world.filesAt = `http://127.0.0.1:${this.#port}`
    return this
  }

  /** For DISCORD_API_URL. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`
  }

  async stop(): Promise<void> {
    this.gateway.stop()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  person(name: string): Person {
    return this.world.people.find((one) => one.username === name) ?? this.world.addPerson(name, this.guild.id)
  }

  /** A text channel of the server; made when it is not there. */
  channel(name: string): Channel {
    const known = this.world.channels.find((one) => one.name === name && one.type === 0 && one.guild === this.guild.id)
    return known ?? this.world.addChannel({ name, guild: this.guild.id })
  }

  /** The direct messages between the bot and a person. */
  direct(person: Person): Channel {
    const known = this.world.channels.find((channel) => channel.recipient === person.id)
    return known ?? this.world.addChannel({ type: 1, name: '', recipient: person.id })
  }

  messages(channel: Channel): Message[] {
    return channel.messages
  }

  /** The commands that are registered in the server. */
  get commands() {
    return this.#rest.commands.get(this.guild.id) ?? []
  }

  /** A person picks a command; resolves with its answer. Rejects like the client does after 3 s without any. */
  async say(person: Person, line: string, channel: Channel): Promise<Exchange> {
    const exchange = this.#interactions.begin('command', channel)
    const data = { id: '1', type: 1, ...chosen(this.commands, line) }
    this.gateway.dispatch(
      'INTERACTION_CREATE',
      interactionJson(exchange, person, this.world.application, { type: 2, data }),
    )
    return await this.#interactions.until(exchange, (one) => one.answer !== null)
  }

  /** A person presses a button; resolves when Discord knows that it was heard. */
  async press(person: Person, message: Message, label: string): Promise<Exchange> {
    const channel = this.world.channel(message.channel)
    const button = message.rows.flat().find((one) => one.label === label)
    if (channel === undefined || button === undefined) {
      throw new Error(
        `no button “${label}”; there are ${message.rows
          .flat()
          .map((one) => one.label)
          .join(', ')}`,
      )
    }
    const exchange = this.#interactions.begin('button', channel)
    const data = { component_type: 2, custom_id: button.custom_id }
    const details = { type: 3, data, message: messageJson(message, this.world) }
    this.gateway.dispatch('INTERACTION_CREATE', interactionJson(exchange, person, this.world.application, details))
    return await this.#interactions.until(exchange, (one) => one.first !== null)
  }

  /** The next thing said to a person after the first answer. */
  async followUp(exchange: Exchange): Promise<Message> {
    await this.#interactions.until(exchange, (one) => one.followUps.length > 0)
    return exchange.followUps[0] as Message
  }

  /** The next requests that fit fall ill. */
  fallIll(method: string, path: RegExp, illness: Illness, times = 1): void {
    this.#ill.push({ method, path, illness, times })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const path = decodeURIComponent(url.pathname).replace(/^\/api\/v10/, '')
    this.requests.push(`${request.method} ${path}`)
    if (path.startsWith('/attachments/')) return this.#file(path, request, response)
    const { body, files } = await read(request)
    const incoming: Incoming = { method: request.method ?? '', path, query: url.searchParams, body, files }
    const ill = this.#ill.find((one) => one.times > 0 && one.method === incoming.method && one.path.test(path))
    if (ill !== undefined) ill.times -= 1
    if (ill !== undefined && ill.illness.how !== 'drop') return answerIll(response, ill.illness)
    const answer = this.#answer(request, incoming)
    if (ill !== undefined) return void response.destroy()
    json(response, answer)
  }

  /** Whoever has the address may have the file, and needs no token for it. */
  #file(path: string, request: IncomingMessage, response: ServerResponse): void {
    const id = path.split('/')[3]
    const all = this.world.channels.flatMap(({ messages }) => messages.flatMap(({ attachments }) => attachments))
    const found = all.find((one) => one.id === id)
    if (found === undefined || request.headers.authorization !== undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.bytes)
  }

  #answer(request: IncomingMessage, incoming: Incoming): Answer {
    try {
      const open = /^\/(interactions|webhooks)\//.test(incoming.path)
      if (!open && request.headers.authorization !== `Bot ${this.token}`) throw new Refusal(401, 0, '401: Unauthorized')
      return this.#rest.answer(incoming)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: { code: error.code, message: error.message, errors: error.errors } }
    }
  }
}

async function read(request: IncomingMessage): Promise<{ body: unknown; files: Incoming['files'] }> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (bytes.length === 0) return { body: {}, files: [] }
  if (!type.startsWith('multipart/')) return { body: JSON.parse(bytes.toString('utf8')), files: [] }
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const files: Incoming['files'] = []
  for (let i = 0; form.has(`files[${i}]`); i++) {
    const file = form.get(`files[${i}]`)
    if (file === null || typeof file === 'string') throw new Error(`files[${i}] is not a file`)
    files.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
  }
  return { body: JSON.parse(String(form.get('payload_json') ?? '{}')), files }
}

function answerIll(response: ServerResponse, illness: Exclude<Illness, { how: 'drop' }>): void {
  switch (illness.how) {
    case 'hang':
      return
    case 'not json':
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
      return
    case 'error':
      response.writeHead(illness.status).end()
      return
    case 'refuse':
      json(response, { status: illness.status, body: { code: illness.code, message: illness.message } })
      return
    case 'rate limit': {
      const headers = {
        'content-type': 'application/json',
        'retry-after': String(illness.retryAfter),
        'x-ratelimit-scope': 'user',
      }
      response.writeHead(429, headers)
      response.end(
        JSON.stringify({ message: 'You are being rate limited.', retry_after: illness.retryAfter, global: false }),
      )
    }
  }
}

function json(response: ServerResponse, { status, body }: Answer): void {
  if (body === undefined) return void response.writeHead(status).end()
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
