// How what people do reaches the bot: over its Socket Mode connections, or as signed HTTP requests.
import { createHmac, randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { afterBeingThere } from '../../busy.ts'
import type { Json } from './workspace.ts'

export type Envelope = { type: 'slash_commands' | 'interactive' | 'events_api'; payload: Json }
/** The body of the acknowledgement, if any. */
export type Acknowledged = unknown

/** Milliseconds after which Slack shows the person an error. */
const patience = 3000

export class Sockets {
  readonly #waiting = new Map<string, (payload: Acknowledged) => void>()
  readonly #connections = new Set<WebSocket>()
  readonly #tickets = new Set<string>()
  readonly #wanted: ((ws: WebSocket) => void)[] = []
  readonly #host: string
  readonly #changed: () => void
  #port = 0
  #last: Envelope | null = null
  /** Milliseconds in which new connections hear nothing from Slack, which hears nothing of them either; null: none. */
  deafFor: number | null = null
  /** No connection can be opened, as behind a proxy that knows no WebSockets. */
  isClosed = false
  #wss: WebSocketServer | null = null

  constructor(host: string, changed: () => void) {
    this.#host = host
    this.#changed = changed
  }

  attach(server: Server, port: number): void {
    this.#port = port
    const wss = new WebSocketServer({ noServer: true })
    this.#wss = wss
    server.on('upgrade', (request, socket, head) => {
      const ticket = new URL(request.url ?? '', 'http://x').searchParams.get('ticket') ?? ''
      // Each address works once.
      if (!this.#tickets.delete(ticket) || this.isClosed) return socket.destroy()
      wss.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws))
    })
  }

  open(): string {
    const ticket = randomUUID()
    this.#tickets.add(ticket)
    return `ws://${this.#host}:${this.#port}/link?ticket=${ticket}`
  }

  get connected(): number {
    return this.#connections.size
  }

  /** Slack moves connections every few hours: it says so and waits for the other side to go. */
  refresh(): void {
    for (const ws of this.#connections) ws.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
  }

  close(): void {
    for (const ws of this.#connections) ws.terminate()
    this.#connections.clear()
    this.#wss?.close()
  }

  /** What was said last, once more in an envelope of its own: Slack saw no answer to the first. */
  async redeliver(): Promise<Acknowledged> {
    if (this.#last === null) throw new Error('nothing was delivered yet')
    return await this.deliver(this.#last)
  }

  async deliver({ type, payload }: Envelope): Promise<Acknowledged> {
    this.#last = { type, payload }
    const ws = await within('with a Socket Mode connection', this.#connection())
    const envelope_id = randomUUID()
    return await within(
      type,
      new Promise((resolve) => {
        this.#waiting.set(envelope_id, resolve)
        ws.send(JSON.stringify({ envelope_id, type, payload, accepts_response_payload: true }))
      }),
    )
  }

  /** The first there is, or comes: an app that was started may still be about to connect. */
  async #connection(): Promise<WebSocket> {
    for (const ws of this.#connections) return ws
    return new Promise((resolve) => this.#wanted.push(resolve))
  }

  #welcome(ws: WebSocket): void {
    this.#connections.add(ws)
    for (const want of this.#wanted.splice(0)) want(ws)
    ws.on('close', () => {
      this.#connections.delete(ws)
      this.#changed()
    })
    ws.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown }
      this.#waiting.get(envelope_id)?.(payload)
      this.#waiting.delete(envelope_id)
    })
    if (this.deafFor === null) this.#hello(ws)
    else {
      ws.pause()
      setTimeout(() => ws.resume(), this.deafFor).unref()
    }
    this.#changed()
  }

  #hello(ws: WebSocket): void {
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#connections.size,
        connection_info: { app_id: 'A0TOCSIN' },
      }),
    )
  }
}

/** Signs as https://docs.slack.dev/authentication/verifying-requests-from-slack/ says. */
export function signed(
  secret: string,
  body: string,
  at: Date,
  type = 'application/x-www-form-urlencoded',
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
  return {
    'content-type': type,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  }
}

export async function deliverOverHttp(
  url: string,
  secret: string,
  { type, payload }: Envelope,
  at: Date,
): Promise<Acknowledged> {
  const form = type === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>)
  const isEvent = type === 'events_api'
  const body = isEvent ? JSON.stringify(payload) : new URLSearchParams(form).toString()
  const headers = signed(secret, body, at, isEvent ? 'application/json' : undefined)
  const response = await within(type, fetch(url, { method: 'POST', body, headers }))
  const text = await response.text()
  if (response.status !== 200) throw new Error(`dispatch_failed: the app answered ${response.status} ${text}`)
  return text === '' ? undefined : text
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let answered = () => {}
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`operation_timeout: the app did not answer ${what} within 3 s`)
    answered = afterBeingThere(patience, () => reject(error))
  })
  return await Promise.race([work, late]).finally(answered)
}
