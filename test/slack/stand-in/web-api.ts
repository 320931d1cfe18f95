// The HTTP side of the stand-in: tokens, arguments, scopes, trouble on demand, uploads and response_urls.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { freePort } from '../../port.ts'
import { type Args, content, methods } from './methods.ts'
import { type Json, Refusal, type StandInMessage, type Workspace } from './workspace.ts'

export type Trouble =
  | { kind: 'rate limit'; retryAfter: number }
  | { kind: 'status'; status: number; body?: string }
  /** Slack says ok: false with this error. */
  | { kind: 'error'; error: string }
  /** The request is read and never answered. */
  | { kind: 'hang' }
  /** The request takes effect, and the connection breaks before the answer. */
  | { kind: 'accept then drop' }
  | { kind: 'drop' }
  /** A response_url takes what it is sent when that is over. */
  | { kind: 'late'; until: () => Promise<unknown> }
  /** Whoever asks is struck down: before the request takes effect, or after; it is never answered. */
  | { kind: 'strike'; when: 'before' | 'after'; act: () => void }

export type Call = { method: string; args: Args }

type ResponseUrl = {
  person: string
  channel: string
  source: StandInMessage | null
  uses: number
  answered: (m: StandInMessage) => void
}

export class WebApi {
  readonly workspace: Workspace
  readonly calls: Call[] = []
  readonly scopes: Set<string>
  readonly #tokens: { bot: string; app: string }
  readonly #openSocket: () => string
  readonly #host: string
  #troubles: { method: string; trouble: Trouble; times: number; about: (args: Args) => boolean }[] = []
  readonly #responseUrls = new Map<string, ResponseUrl>()
  #server: Server | null = null
  #port = 0

  constructor(
    workspace: Workspace,
    options: { host: string; scopes: string[]; tokens: { bot: string; app: string }; openSocket: () => string },
  ) {
    this.workspace = workspace
    this.#host = options.host
    this.scopes = new Set(options.scopes)
    this.#tokens = options.tokens
    this.#openSocket = options.openSocket
  }

  get base(): string {
    return `http://${this.#host}:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  async listen(): Promise<Server> {
    const server = createServer((request, response) => void this.#serve(request, response))
    // It comes back where it was.
    this.#port ||= await freePort()
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.workspace.filesAt = this.base
    this.#server = server
    return server
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  trouble(method: string, trouble: Trouble, times: number, about: (args: Args) => boolean): void {
    this.#troubles.push({ method, trouble, times, about })
  }

  calm(): void {
    this.#troubles = []
  }

  /** A response_url for something a person did; `answered` is called with what comes in. */
  responseUrl(target: Omit<ResponseUrl, 'uses'>): string {
    const id = this.workspace.id('R')
    this.#responseUrls.set(id, { ...target, uses: 0 })
    return `${this.base}/response/${id}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    const [, place = '', name = ''] = (request.url ?? '').split('?')[0]!.split('/')
    if (place === 'files' && request.method === 'GET') return this.#file(name, request, response)
    if (request.method !== 'POST') return send(response, 405, { ok: false, error: 'method_not_allowed' })
    if (place === 'api') return this.#api(name, request, body, response)
    if (place === 'upload') return this.#upload(name, request, body, response)
    if (place === 'response') return this.#respond(name, body, response)
    send(response, 404, { ok: false, error: 'not_found' })
  }

  async #api(name: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const args = Object.fromEntries(new URLSearchParams(body.toString())) as Args
    this.calls.push({ method: name, args })
    this.workspace.change()
    const trouble = this.#nextTrouble(name, args)
    const takesEffect =
      trouble === null || trouble.kind === 'accept then drop' || (trouble.kind === 'strike' && trouble.when === 'after')
    if (!takesEffect) return makeTrouble(trouble, response)
    const answer = this.#run(name, args, request.headers.authorization ?? '')
    if (trouble !== null) return makeTrouble(trouble, response)
    response.setHeader('x-oauth-scopes', [...this.scopes].join(','))
    send(response, 200, answer)
  }

  #run(name: string, args: Args, authorization: string): Json {
    try {
      const token = args.token ?? authorization.replace(/^Bearer /, '')
      if (token === '') throw new Refusal('not_authed')
      if (name === 'apps.connections.open') {
        if (token !== this.#tokens.app)
          throw new Refusal(token.startsWith('xapp-') ? 'invalid_auth' : 'not_allowed_token_type')
        return { ok: true, url: this.#openSocket() }
      }
      if (token !== this.#tokens.bot) throw new Refusal('invalid_auth')
      const method = methods[name]
      if (method === undefined) throw new Refusal('unknown_method')
      const missing = method.required.find((argument) => args[argument] === undefined)
      if (missing !== undefined)
        throw new Refusal('invalid_arguments', {
          response_metadata: { messages: [`[ERROR] missing required field: ${missing}`] },
        })
      const needed = method.scopes(args, this.workspace).find((scope) => !this.scopes.has(scope))
      if (needed !== undefined) throw new Refusal('missing_scope', { needed, provided: [...this.scopes].join(',') })
      return { ok: true, ...method.run(this.workspace, args, this.base) }
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.code, ...error.more }
      throw error
    }
  }

  async #upload(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const trouble = this.#nextTrouble('upload')
    if (trouble !== null) return makeTrouble(trouble, response)
    const file = this.workspace.files.get(id)
    const expected = Number(new URL(request.url ?? '', this.base).searchParams.get('length'))
    const content = fileContent(request.headers['content-type'] ?? '', body)
    if (file === undefined || content.length !== expected)
      return send(response, 400, { ok: false, error: 'bad_upload' })
    file.content = content
    response.writeHead(200).end(`OK - ${content.length}`)
  }

  /** A token that may not gets the page to sign in at, as a success. */
  #file(id: string, request: IncomingMessage, response: ServerResponse): void {
    const trouble = this.#nextTrouble('files')
    this.calls.push({ method: 'files', args: { file: id } })
    const file = this.workspace.files.get(id)
    const mayRead = request.headers.authorization === `Bearer ${this.#tokens.bot}` && this.scopes.has('files:read')
    if (trouble !== null) makeTrouble(trouble, response)
    else if (file === undefined) response.writeHead(404).end()
    else if (!mayRead) response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Slack')
    else response.writeHead(200, { 'content-type': file.type ?? 'application/octet-stream' }).end(file.content)
  }

  async #respond(id: string, body: Buffer, response: ServerResponse): Promise<void> {
    const trouble = this.#nextTrouble('response_url')
    if (trouble?.kind === 'late') await trouble.until()
    else if (trouble !== null) return makeTrouble(trouble, response)
    const target = this.#responseUrls.get(id)
    if (target === undefined || target.uses >= 5) return send(response, 404, { ok: false, error: 'expired_url' })
    target.uses += 1
    try {
      const { response_type, replace_original, text, blocks } = JSON.parse(body.toString()) as Json
      const checked = content({
        ...(text !== undefined && { text: String(text) }),
        ...(blocks !== undefined && { blocks: JSON.stringify(blocks) }),
      })
      if (replace_original !== false && target.source !== null) {
        Object.assign(target.source, checked)
        target.answered(target.source)
      } else {
        const ephemeralFor = response_type === 'in_channel' ? null : target.person
        target.answered(this.workspace.add({ channel: target.channel, ...checked, ephemeralFor }))
      }
      this.workspace.change()
      response.writeHead(200).end('ok')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      send(response, 400, { ok: false, error: error.code, ...error.more })
    }
  }

  #nextTrouble(method: string, args: Args = {}): Trouble | null {
    const found = this.#troubles.find((t) => t.times > 0 && (t.method === '*' || t.method === method) && t.about(args))
    if (found === undefined) return null
    found.times -= 1
    return found.trouble
  }
}

/** What is to take effect has taken it by then. */
function makeTrouble(trouble: Trouble, response: ServerResponse): void {
  if (trouble.kind === 'rate limit') {
    response.setHeader('retry-after', String(trouble.retryAfter))
    send(response, 429, { ok: false, error: 'ratelimited' })
  } else if (trouble.kind === 'status') response.writeHead(trouble.status).end(trouble.body ?? 'trouble')
  else if (trouble.kind === 'error') send(response, 200, { ok: false, error: trouble.error })
  else if (trouble.kind === 'strike') trouble.act()
  else if (trouble.kind !== 'hang') response.destroy()
}

/** Slack takes the bytes as they are, or as the only part of a form. */
function fileContent(type: string, body: Buffer): Buffer {
  const boundary = /boundary=([^;]+)/.exec(type)?.[1]
  if (boundary === undefined) return body
  const start = body.indexOf('\r\n\r\n') + 4
  const end = body.indexOf(`\r\n--${boundary}`, start)
  return body.subarray(start, end)
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks as unknown as Uint8Array[])
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
