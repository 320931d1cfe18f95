// A Slack that takes everything at once and writes down when: what remains of a figure is the bot's own time.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pause, wall } from './waiting.ts'

/** One call as it arrived. `via`: the first part of the path, so that two bots can be told apart. */
export type Call = { via: string; method: string; at: number; channel: string; text: string; key: string | null }

type Args = Record<string, string>

export class RecordingSlack {
  readonly calls: Call[] = []
  /** Milliseconds each answer takes. */
  delay = 0
  /** Pages that arrived and were not answered yet, by `via`. */
  readonly held = new Map<string, number>()
  readonly #channels = new Map<string, string>()
  readonly #history = new Map<string, { ts: string; metadata: unknown; text: string }[]>()
  #count = 0

  static async start(): Promise<RecordingSlack> {
    const slack = new RecordingSlack()
    await new Promise<void>((resolve) => slack.#server.listen(0, '127.0.0.1', resolve))
    slack.#server.keepAliveTimeout = 120_000
    return slack
  }

  readonly #server = createServer((request, response) => void this.#answer(request, response))

  url(via = 'api'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${via}/`
  }

  /** Name of a channel that was created, else its id. */
  nameOf(channel: string): string {
    return this.#channels.get(channel) ?? channel
  }

  of(method: string, since = 0): Call[] {
    return this.calls.slice(since).filter((call) => call.method === method)
  }

  /** Pages of the ledger: their key says so. */
  pages(): Call[] {
    return this.calls.filter(isPage)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    request.setEncoding('utf8')
    for await (const chunk of request) body += chunk
    const [, via = '', method = ''] = (request.url ?? '').split('/')
    const at = wall()
    const call = this.#record({ via, method, at }, body)
    if (this.delay > 0) {
      if (isPage(call)) this.held.set(via, (this.held.get(via) ?? 0) + 1)
      await pause(this.delay)
      if (isPage(call)) this.held.set(via, (this.held.get(via) ?? 0) - 1)
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(call.answer)
  }

  #record(about: Pick<Call, 'via' | 'method' | 'at'>, body: string): Call & { answer: string } {
    if (about.via === 'webhook') {
      const { attachments = [] } = JSON.parse(body) as { attachments?: { title?: string }[] }
      const call = { ...about, method: 'webhook', channel: '', text: attachments[0]?.title ?? '', key: null }
      this.calls.push(call)
      return { ...call, answer: '{"ok":true}' }
    }
    const args = Object.fromEntries(new URLSearchParams(body)) as Args
    const metadata = args.metadata === undefined ? null : (JSON.parse(args.metadata) as Metadata)
    const channel = args.channel ?? args.channel_id ?? ''
    const key = metadata?.event_payload?.key ?? null
    const call = { ...about, channel, text: args.text ?? args.name ?? args.users ?? '', key }
    this.calls.push(call)
    return { ...call, answer: JSON.stringify({ ok: true, ...this.#reply(about.method, args, metadata) }) }
  }

  #reply(method: string, args: Args, metadata: Metadata | null): object {
    switch (method) {
      case 'auth.test':
        return { url: 'https://bench.slack.com/', team_id: 'T0BENCH', user_id: 'U0TOCSIN', bot_id: 'B0TOCSIN' }
      case 'conversations.create': {
        const id = `C0ROOM${++this.#count}`
        this.#channels.set(id, args.name ?? '')
        return { channel: { id, name: args.name } }
      }
      case 'conversations.open':
        return { channel: { id: `D${args.users?.slice(1)}` } }
      case 'chat.postMessage': {
        const channel = args.channel?.startsWith('#') ? 'C0SHARED' : (args.channel ?? '')
        const ts = `1700000000.${String(++this.#count).padStart(6, '0')}`
        const posted = this.#history.get(channel) ?? []
        posted.unshift({ ts, metadata, text: args.text ?? '' })
        this.#history.set(channel, posted)
        return { channel, ts }
      }
      case 'conversations.history':
        return { messages: (this.#history.get(args.channel ?? '') ?? []).slice(0, Number(args.limit ?? 100)) }
      case 'bookmarks.list':
        return { bookmarks: [] }
      case 'conversations.list':
        return { channels: [...this.#channels].map(([id, name]) => ({ id, name })) }
      default:
        return {}
    }
  }
}

type Metadata = { event_payload?: { key?: string } }

function isPage({ method, key }: Call): boolean {
  return method === 'chat.postMessage' && key !== null && /\/r\d+[slm]\d+\//.test(key)
}
