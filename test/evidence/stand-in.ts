// A small real HTTP server that speaks Prometheus' query API, as much of it as the tests need.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = {
  method: string
  path: string
  params: URLSearchParams
  authorization: string | undefined
  headers: Record<string, string | string[] | undefined>
  body: string
}

export type StandIn = {
  /** `http://127.0.0.1:<port>` */
  url: string
  asked: Asked[]
  close(): Promise<void>
}

export async function standIn(answer: (asked: Asked, response: ServerResponse) => void): Promise<StandIn> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const one = await read(request)
    asked.push(one)
    answer(one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<Asked> {
  let body = ''
  for await (const chunk of request) body += chunk
  const url = new URL(request.url ?? '/', 'http://localhost')
  const params = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams
  const { headers } = request
  return {
    method: request.method ?? '',
    path: url.pathname,
    params,
    authorization: headers.authorization,
    headers,
    body,
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export type Metric = { metric: Record<string, string>; value: (step: number, steps: number) => string | null }

/** Answers a range query with these metrics on the grid that was asked for; null: no sample. */
export function matrix(asked: Asked, response: ServerResponse, metrics: Metric[], warnings?: string[]): void {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asked.params.get(name))) as [
    number,
    number,
    number,
  ]
  const steps = Math.round((end - start) / step)
  const result = metrics.map(({ metric, value }) => {
    const values = Array.from({ length: steps + 1 }, (_, index) => [start + index * step, value(index, steps)])
    return { metric, values: values.filter(([, sample]) => sample !== null) }
  })
  json(response, { status: 'success', data: { resultType: 'matrix', result }, warnings })
}
