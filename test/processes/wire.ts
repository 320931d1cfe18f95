// A wire between the bot and its database, which can be cut: what a restart or a failover of PostgreSQL looks like from here.
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { atEnd } from '../beside.ts'

export type Wire = {
  /** The address of the database by way of the wire. */
  url: string
  /** Breaks every connection and refuses new ones. */
  cut(): void
  mend(): void
  /** Breaks every connection, once, in the middle of the so-maniest thing that the bot says from now on; new ones work. */
  breakAt(saying: number): void
  /** Things the bot has said since `breakAt`, or since the beginning. */
  said(): number
  /** What is connected now hears nothing any more, and is not told; new connections work. A failover looks like this. */
  freeze(): void
  /** Nothing passes any more in either direction, and nobody is told, not even whoever connects; until `heal`. */
  swallow(): void
  heal(): void
  /** Connections that were refused since the last cut. */
  refused(): number
  /** Resolves when so many have been refused. */
  untilRefused(count: number): Promise<void>
}

export async function wireTo(database: string): Promise<Wire> {
  const to = new URL(database)
  const open = new Set<Socket>()
  const ends: [Socket, Socket][] = []
  const changed = new EventEmitter()
  let broken = false
  let refused = 0
  let said = 0
  let last = Number.POSITIVE_INFINITY
  /** What is to happen once the network is there again; null while it is. */
  let swallowed: (() => void)[] | null = null
  const whenThere = (act: () => void) => void (swallowed === null ? act() : swallowed.push(act))
  const server = createServer((socket) => {
    if (broken) {
      refused++
      changed.emit('refused')
      return void socket.destroy()
    }
    whenThere(() => {
      const far = connect({ host: to.hostname, port: Number(to.port || 5432) })
      ends.push([socket, far], [far, socket])
      for (const [one, other] of ends.slice(-2)) {
        open.add(one)
        one.on('error', () => {})
        one.on('close', () => {
          open.delete(one)
          whenThere(() => other.destroy())
        })
        one.pipe(other)
      }
      socket.on('data', () => {
        said++
        if (said === last) for (const one of open) one.destroy()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const url = new URL(database)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cut() {
      broken = true
      refused = 0
      for (const socket of open) socket.destroy()
    },
    mend() {
      broken = false
    },
    breakAt(saying) {
      said = 0
      last = saying
    },
    said: () => said,
    freeze() {
      for (const socket of open) socket.unpipe()
    },
    swallow() {
      swallowed = []
      for (const [one] of ends) one.unpipe().pause()
    },
    heal() {
      const acts = swallowed ?? []
      swallowed = null
      for (const [one, other] of ends) if (!one.destroyed && !other.destroyed) one.pipe(other)
      for (const act of acts) act()
    },
    refused: () => refused,
    async untilRefused(count) {
      while (refused < count) await once(changed, 'refused')
    },
  }
}
