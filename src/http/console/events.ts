// What changed, told to every open console as it happens (server-sent events).
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ServerDeps } from '../deps.ts'

/** Milliseconds. A page that hears nothing for longer than two beats says that the connection is lost. */
const beatEvery = 10_000
/** A storm of changes is told together. */
const gatherFor = 100

export function eventRoutes({ subscribe, version }: ServerDeps) {
  const open = new Set<ServerResponse>()
  return async (app: FastifyInstance): Promise<void> => {
    // A question for the head alone would never be answered: a stream has no end.
    app.get('/console/events', { exposeHeadRoute: false }, (_request, reply) => {
      const headers = reply.getHeaders() as Record<string, string>
      reply.hijack()
      const stream = reply.raw
      stream.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      stream.write(`retry: 2000\nevent: hello\ndata: ${JSON.stringify({ version })}\n\n`)
      const stop = follow(stream, subscribe)
      open.add(stream)
      stream.on('close', () => {
        stop()
        open.delete(stream)
      })
    })
    app.addHook('preClose', async () => {
      for (const stream of open) stream.end()
    })
  }
}

function follow(stream: ServerResponse, subscribe: ServerDeps['subscribe']): () => void {
  const changed = new Set<number>()
  let gathering: NodeJS.Timeout | null = null
  const tell = () => {
    gathering = null
    stream.write(`event: changed\ndata: ${JSON.stringify([...changed])}\n\n`)
    changed.clear()
  }
  const unsubscribe = subscribe((incident) => {
    changed.add(incident)
    gathering ??= setTimeout(tell, gatherFor)
  })
  const beat = setInterval(() => stream.write('event: beat\ndata: 0\n\n'), beatEvery)
  return () => {
    unsubscribe()
    clearInterval(beat)
    if (gathering !== null) clearTimeout(gathering)
  }
}
