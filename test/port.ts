// A port for what has to be told one, or comes back where it was: nobody else takes it meanwhile.
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that Linux hands out by itself, from 32768 on: of these one that was free a moment ago may be the next that some other
 * test's server is given. And above those that no browser asks.
 */
const [lowest, highest] = [15_000, 32_767]

/** A port of 127.0.0.1 at which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1))
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
