// A wire between the bot and its database, which can be cut: what a restart or a failover of PostgreSQL looks like from here.

import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Wire = {
  /** The address of the database by way of the wire. */
  url: string
  /** Breaks every connection and refuses new ones. */
  cut(): void
  mend(): void
  /** What is connected now hears nothing any more, and is not told; new connections work. A failover looks like this. */
  freeze(): void
  /** Connections that were refused since the last cut. */
  refused(): number
  /** Resolves when so many have been refused. */
  untilRefused(count: number): Promise<void>
}

export async function wireTo(database: string): Promise<Wire> {
  const to = new URL(database)
  const open = new Set<Socket>()
  const changed = new EventEmitter()
  let broken = false
  let refused = 0
  const server = createServer((socket) => {
    if (broken) {
      refused++
      changed.emit('refused')
      return void socket.destroy()
    }
    const far = connect({ host: to.hostname, port: Number(to.port || 5432) })
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
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
    freeze() {
      for (const socket of open) socket.unpipe()
    },
    refused: () => refused,
    async untilRefused(count) {
      while (refused < count) await once(changed, 'refused')
    },
  }
}
