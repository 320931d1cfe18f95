// Notes on Grafana's dashboards, as its annotations: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
import type { GrafanaConfig } from '../config/evidence.ts'
import { PermanentError } from '../errors.ts'
import { outbound } from '../outbound.ts'
import { recordsIn } from './records.ts'

/** `tags`: the first ones are its name, by which it is found again together with its beginning. `text`: HTML. */
export type Annotation = { at: Date; until: Date | null; name: string[]; tags: string[]; text: string }

/** Milliseconds for each of the two requests. */
const patience = 5_000

/**
 * Has Grafana hold this annotation, once: looks for it first, since whoever wrote it may have died before saying so. Throws
 * TransientError when Grafana is slow or away, PermanentError when it refuses.
 */
export async function keepAnnotation({ api }: GrafanaConfig, wanted: Annotation): Promise<void> {
  const { url: baseUrl, headers, tls } = api
  const client = outbound({ name: 'Grafana', section: 'grafana', baseUrl, headers, tls, timeout: patience })
  const time = wanted.at.getTime()
  const query = new URLSearchParams({ type: 'annotation', from: String(time), to: String(time), limit: '100' })
  for (const tag of wanted.name) query.append('tags', tag)
  const { data } = await client.get(`/api/annotations?${query}`)
  if (!Array.isArray(data)) throw notGrafana()
  const [kept] = recordsIn<Kept>(data)
    .filter((one) => Number.isInteger(one.id) && one.time === time)
    .sort((a, b) => Number(a.id) - Number(b.id))
  const timeEnd = wanted.until?.getTime() ?? time
  const tags = [...wanted.name, ...wanted.tags]
  const body = { text: wanted.text, tags, timeEnd }
  if (kept === undefined) {
    const { data: made } = await client.post('/api/annotations', { time, ...body })
    if (typeof made !== 'object' || made === null || !('id' in made)) throw notGrafana()
  } else if (!isSame(kept, body)) await client.patch(`/api/annotations/${kept.id}`, body)
}

type Kept = { id?: unknown; time?: unknown; timeEnd?: unknown; text?: unknown; tags?: unknown }

function isSame(kept: Kept, { text, tags, timeEnd }: { text: string; tags: string[]; timeEnd: number }): boolean {
  const known = Array.isArray(kept.tags) ? kept.tags.map(String) : []
  const end = kept.timeEnd || kept.time
  return kept.text === text && end === timeEnd && [...known].sort().join('\n') === [...tags].sort().join('\n')
}

function notGrafana(): PermanentError {
  return new PermanentError('what answers at grafana.url is not Grafana: it sent no annotations')
}
