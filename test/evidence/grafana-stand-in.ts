// A small real HTTP server that speaks Grafana's annotations and health as Grafana does, and refuses what Grafana refuses.
import { json, type StandIn, standIn } from './stand-in.ts'

type KeptAnnotation = { id: number; time: number; timeEnd: number; text: string; tags: string[] }

export type GrafanaStandIn = StandIn & {
  annotations: KeptAnnotation[]
  /** Answers instead, when set; `after`: only once it has done what was asked. */
  fault: { status: number; after?: boolean; only?: string } | null
}

export async function grafanaStandIn(token = 'glsa_secret'): Promise<GrafanaStandIn> {
  let made = 0
  const server = await standIn(({ method, path, params, authorization, body }, response) => {
    if (path === '/api/health') return json(response, { commit: 'abc', database: 'ok', version: '12.0.0' })
    const fault = self.fault !== null && (self.fault.only ?? method) === method ? self.fault : null
    if (fault !== null && !fault.after) return json(response, { message: 'no' }, fault.status)
    const [status, answer] =
      authorization === `Bearer ${token}` ? perform(method, path, params, body) : [401, { message: 'Unauthorized' }]
    json(response, fault === null ? answer : { message: 'no' }, fault?.status ?? status)
  })
  const self: GrafanaStandIn = Object.assign(server, { annotations: [], fault: null })
  return self

  function perform(method: string, path: string, params: URLSearchParams, body: string): [number, unknown] {
    const [, id] = /^\/api\/annotations\/(\d+)$/.exec(path) ?? []
    if (method === 'GET' && path === '/api/annotations') return [200, find(params)]
    if (method === 'POST' && path === '/api/annotations') return post(JSON.parse(body))
    if (method === 'PATCH' && id !== undefined) return patch(Number(id), JSON.parse(body))
    return [404, { message: 'Not found' }]
  }

  /** All of the tags, and any part of it within the span. */
  function find(params: URLSearchParams): KeptAnnotation[] {
    const [from, to] = [Number(params.get('from')), Number(params.get('to'))]
    return self.annotations.filter(
      ({ time, timeEnd, tags }) =>
        params.getAll('tags').every((tag) => tags.includes(tag)) && time <= to && timeEnd >= from,
    )
  }

  function post({ text, time, timeEnd, tags }: Partial<KeptAnnotation>): [number, unknown] {
    if (!text) return [400, { message: 'text field should not be empty' }]
    if (!time || (timeEnd !== undefined && timeEnd < time)) return [400, { message: 'bad time range' }]
    self.annotations.push({ id: ++made, time, timeEnd: timeEnd ?? time, text, tags: tags ?? [] })
    return [200, { message: 'Annotation added', id: made }]
  }

  function patch(id: number, { text, timeEnd, tags }: Partial<KeptAnnotation>): [number, unknown] {
    const kept = self.annotations.find((one) => one.id === id)
    if (kept === undefined) return [404, { message: 'Annotation not found' }]
    Object.assign(kept, { ...(text && { text }), ...(timeEnd && { timeEnd }), ...(tags && { tags }) })
    return [200, { message: 'Annotation patched' }]
  }
}
