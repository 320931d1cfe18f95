// How many connections may be open at once. Each takes one of the process' file descriptors, whether or not anything is ever
// said over it; with none left no alert comes in and no page goes out. So the one that was silent longest makes way.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Bot } from '../bot.ts'

/** Whatever the system allows: each takes some ten kilobytes. */
const atMost = 10_000

/** Of what the system allows; the rest is for the database, the chats and files. */
const share = 3 / 4

/** Milliseconds in which the log is told once. */
const quiet = 60_000

/** How many connections a process of this machine may have open towards us. */
export function connectionsAllowed(): number {
  return Math.min(atMost, Math.floor(descriptors() * share))
}

/** Infinity where the system does not say. */
function descriptors(): number {
  try {
    const soft = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Closes the connection that has been silent longest whenever there would be more than `most`. Whoever comes is let in. */
export function limitConnections(server: Server, { clock, log }: Pick<Bot, 'clock' | 'log'>, most: number): void {
  /** Those that said something last are at the end. */
  const open = new Set<Socket>()
  let toldAt = Number.NEGATIVE_INFINITY
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [silent] = open
    if (open.size <= most || silent === undefined) return
    open.delete(silent)
    silent.destroy()
    const now = clock.now().getTime()
    if (now - toldAt < quiet) return
    toldAt = now
    log.warn({ most }, 'more connections than this process can have: those that were silent longest are closed')
  })
  server.on('request', ({ socket }: IncomingMessage) => {
    if (open.delete(socket)) open.add(socket)
  })
}
