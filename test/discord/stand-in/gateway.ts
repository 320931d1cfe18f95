// The stand-in's gateway: HELLO, IDENTIFY, READY, GUILD_CREATE, heartbeats, RESUME and what people do, over a WebSocket.
// https://discord.com/developers/docs/events/gateway
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { channelJson, type Guild, userJson, type World } from './world.ts'

/** Guilds must be among them; members, presences and message content are privileged, and not for this bot. */
function mayHear(intents: number): boolean {
  const privileged = (1 << 1) | (1 << 8) | (1 << 15)
  return (intents & 1) === 1 && (intents & privileged) === 0
}

export class Gateway {
  /** How often a bot identified itself: each is a session of its own. */
  identifies = 0
  resumes = 0
  /** Answered to the next connections instead of an upgrade, e.g. 502. */
  readonly refusals: number[] = []
  /** Says nothing to whoever wants to take up a session, and goes on otherwise. */
  ignoresResume = false
  readonly #world: World
  readonly #token: string
  readonly #address: () => string
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #ready = new Set<WebSocket>()
  #waiting: (() => void)[] = []
  #sequence = 0

  constructor(http: Server, world: World, token: string, address: () => string) {
    this.#world = world
    this.#token = token
    this.#address = address
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  get connected(): boolean {
    return this.#ready.size > 0
  }

  /** Resolves when a bot is connected and knows its servers. */
  async untilConnected(): Promise<void> {
    if (!this.connected) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  dispatch(event: string, data: object): void {
    if (this.#ready.size === 0) throw new Error(`nobody is connected to hear ${event}`)
    for (const socket of this.#ready) this.#send(socket, event, data)
  }

  /** Cuts every connection, with a close code or without one. */
  drop(code?: number): void {
    for (const socket of this.#sockets.clients) {
      if (code === undefined) socket.terminate()
      else socket.close(code)
    }
  }

  stop(): void {
    this.drop()
    this.#sockets.close()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const status = this.refusals.shift()
    if (status !== undefined || url.pathname !== '/gateway/') {
      socket.end(`HTTP/1.1 ${status ?? 404} Refused\r\nConnection: close\r\n\r\n`)
      return
    }
    if (
      url.searchParams.get('v') !== '10' ||
      url.searchParams.get('encoding') !== 'json' ||
      url.searchParams.has('compress')
    ) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (connection) => this.#open(connection))
  }

  #open(socket: WebSocket): void {
    socket.on('close', () => this.#ready.delete(socket))
    socket.on('message', (raw) => this.#hear(socket, JSON.parse(String(raw))))
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }))
  }

  #hear(
    socket: WebSocket,
    { op, d }: { op: number; d: { token?: string; intents?: number; session_id?: string } | null },
  ): void {
    if (op === 1) socket.send(JSON.stringify({ op: 11 }))
    else if (op === 2) this.#identify(socket, d?.token, d?.intents)
    else if (op === 6 && this.ignoresResume) return
    else if (op === 6 && d?.token === this.#token) {
      this.resumes += 1
      this.#send(socket, 'RESUMED', {})
      this.#isReady(socket)
    } else if (op !== 3) socket.close(4001)
  }

  #identify(socket: WebSocket, token: string | undefined, intents: number | undefined): void {
    const refusal = token !== this.#token ? 4004 : !mayHear(intents ?? 0) ? 4014 : null
    if (refusal !== null) {
      socket.close(refusal)
      return
    }
    this.identifies += 1
    const guilds = this.#world.guilds
    this.#send(socket, 'READY', {
      v: 10,
      user: userJson(this.#world.bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: `session-${this.identifies}`,
      resume_gateway_url: `${this.#address()}/gateway/`,
      application: { id: this.#world.application, flags: 0 },
    })
    for (const guild of guilds) this.#send(socket, 'GUILD_CREATE', this.#guildJson(guild))
    this.#isReady(socket)
  }

  #isReady(socket: WebSocket): void {
    this.#ready.add(socket)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #guildJson({ id, name, everyonePermissions }: Guild) {
    const channels = this.#world.channels.filter((channel) => channel.guild === id).map(channelJson)
    const role = {
      id,
      name: '@everyone',
      permissions: String(everyonePermissions),
      position: 0,
      color: 0,
      hoist: false,
      managed: false,
      mentionable: false,
    }
    const empty = {
      emojis: [],
      stickers: [],
      features: [],
      threads: [],
      presences: [],
      voice_states: [],
      stage_instances: [],
    }
    const members = [
      {
        user: userJson(this.#world.bot),
        roles: [],
        joined_at: new Date().toISOString(),
        deaf: false,
        mute: false,
        flags: 0,
      },
    ]
    return {
      id,
      name,
      channels,
      roles: [role],
      members,
      member_count: 2,
      guild_scheduled_events: [],
      soundboard_sounds: [],
      ...empty,
    }
  }

  #send(socket: WebSocket, t: string, d: object): void {
    this.#sequence += 1
    socket.send(JSON.stringify({ op: 0, t, s: this.#sequence, d }))
  }
}
