// A small real HTTP server that speaks Alertmanager's API, version 2, and refuses what Alertmanager refuses.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Matcher } from '../../src/core/silence.ts'

type Kept = {
  id: string
  matchers: Matcher[]
  startsAt: string
  endsAt: string
  createdBy: string
  comment: string
  status: { state: 'active' | 'expired' | 'pending' }
}

export type AlertmanagerStandIn = {
  url: string
  silences: Kept[]
  /** Fingerprints of the firing alerts that any filter finds. */
  firing: string[]
  /** `METHOD path` of every request, with the filters decoded. */
  asked: string[]
  authorization: string | undefined
  /** All headers of the last request, and how many came without a way to sign in. */
  heard: IncomingMessage['headers']
  unsigned: number
  /** Answers instead, when set; `after`: only once it has done what was asked; `only`: a method or a path. */
  fault: { status?: number; body?: string; hang?: boolean; after?: boolean; only?: string } | null
  /** Silences something as if somebody had done it by hand. */
  keep(silence: Partial<Kept> & { endsAt: string }): Kept
  close(): Promise<void>
}

/** `now`: what time it is there. */
export async function alertmanagerStandIn(now: () => Date): Promise<AlertmanagerStandIn> {
  let made = 0
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = await bodyOf(request)
    self.asked.push([request.method, url.pathname, ...url.searchParams.getAll('filter')].join(' '))
    self.authorization = request.headers.authorization
    self.heard = request.headers
    if (!self.authorization) self.unsigned += 1
    const only = self.fault?.only
    const fault = only === undefined || only === request.method || only === url.pathname ? self.fault : null
    if (fault && !fault.after) return fail(fault, response)
    const [status, answer] = perform(request.method ?? '', url.pathname, body)
    if (fault) return fail(fault, response)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: AlertmanagerStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ silences: [], firing: ['f1'], asked: [], authorization: undefined, heard: {}, unsigned: 0, fault: null },
    keep(silence) {
      const matchers = [{ name: 'alertname', value: 'Disk', isRegex: false, isEqual: true }]
      const rest = {
        startsAt: now().toISOString(),
        createdBy: 'somebody',
        comment: '',
        status: { state: 'active' },
      } as const
      const kept = { id: `by-hand-${++made}`, matchers, ...rest, ...silence }
      self.silences.push(kept)
      return kept
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return self

  function perform(method: string, path: string, body: string): [number, unknown] {
    if (method === 'GET' && path === '/-/healthy') return [200, 'OK']
    if (method === 'GET' && path === '/api/v2/alerts') return [200, self.firing.map(firing)]
    if (method === 'GET' && path === '/api/v2/silences') return [200, self.silences]
    if (method === 'POST' && path === '/api/v2/silences') return put(JSON.parse(body))
    const [, id] = /^\/api\/v2\/silence\/(.+)$/.exec(path) ?? []
    if (method !== 'DELETE' || id === undefined) return [404, 'path not found']
    const found = self.silences.find((one) => one.id === id)
    if (found === undefined) return [404, `silence ${id} not found`]
    if (found.status.state === 'expired') return [500, `silence ${id} already expired`]
    expire(found)
    return [200, '']
  }

  /** Every silence here holds every alert. */
  function firing(fingerprint: string) {
    const silencedBy = self.silences.filter(({ status }) => status.state === 'active').map(({ id }) => id)
    return { fingerprint, status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy } }
  }

  function put(given: Partial<Kept>): [number, unknown] {
    const { id, matchers, startsAt, endsAt, createdBy, comment } = given
    if (!matchers?.length || !startsAt || !endsAt || createdBy === undefined || comment === undefined)
      return [422, { code: 602, message: 'a field in body is required' }]
    if (new Date(endsAt) <= now()) return [400, "Failed to create silence: end time can't be in the past"]
    const before = self.silences.find((one) => one.id === id)
    if (id !== undefined && before === undefined) return [404, `silence ${id} not found`]
    const wanted = { matchers, startsAt, endsAt, createdBy, comment, status: { state: 'active' } } as const
    if (before?.status.state === 'active') {
      if (JSON.stringify(before.matchers) === JSON.stringify(matchers) && before.startsAt === startsAt) {
        Object.assign(before, wanted)
        return [200, { silenceID: before.id }]
      }
      expire(before)
    }
    const kept = { id: `silence-${++made}`, ...wanted }
    self.silences.push(kept)
    return [200, { silenceID: kept.id }]
  }

  function expire(silence: Kept): void {
    silence.status = { state: 'expired' }
    silence.endsAt = now().toISOString()
  }
}

function fail(
  { status = 500, body = '', hang }: { status?: number; body?: string; hang?: boolean },
  to: ServerResponse,
) {
  if (!hang) to.writeHead(status, { 'content-type': 'application/json' }).end(body)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
