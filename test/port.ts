// A port for what has to be told one, or comes back where it was: nobody else takes it meanwhile.
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that Linux hands out by itself, from 32768 on: of these one that was free a moment ago may be the next that some other
 * test's server is given. And above those that no browser asks.
 */
const lowest = 15_000

/** Processes that run tests beside each other have each their own: until somebody listens, a port looks free to all of them. */
const ofEach = 2_200
const first = lowest + (Number(process.env.VITEST_POOL_ID ?? 0) % 8) * ofEach
let next = Math.floor(Math.random() * ofEach)

/** A port of 127.0.0.1 at which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + (next++ % ofEach)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
