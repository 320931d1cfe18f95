// A tap on the wire between a bot and its database that understands what is said on it, so that the bot can be killed
// just before or just after a statement takes effect; from outside, with nothing of it in the program. The protocol is
// at https://www.postgresql.org/docs/current/protocol-message-formats.html
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { atEnd } from '../beside.ts'

/** A statement as it passes, its values behind it, with those of the same transaction before it; null outside one. */
export type Passing = { text: string; transaction: string[] | null }

export type Tap = {
  /** The address of the database by way of the tap. */
  url: string
  /**
   * Does `act` once, when a statement passes that `matches`. `before`: the database never hears it. `after`: it has taken
   * effect, and the bot never hears so. Resolves then.
   */
  strike(when: 'before' | 'after', matches: (passing: Passing) => boolean, act: () => void): Promise<void>
}

type Trap = { when: 'before' | 'after'; matches: (passing: Passing) => boolean; spring: () => void }

export async function tapTo(database: string): Promise<Tap> {
  const to = new URL(database)
  const open = new Set<Socket>()
  let trap: Trap | null = null
  const server = createServer((near) => {
    const far = connect({ host: to.hostname, port: Number(to.port || 5432) })
    join(near, far, (passing) => {
      if (trap === null || !trap.matches(passing)) return null
      const sprung = trap
      trap = null
      return sprung
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
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
    strike: (when, matches, act) =>
      new Promise((resolve) => {
        const spring = () => {
          act()
          resolve()
        }
        trap = { when, matches, spring }
      }),
  }
}

function join(near: Socket, far: Socket, trapFor: (passing: Passing) => Trap | null): void {
  const statements = new Map<string, string>()
  let transaction: string[] | null = null
  let sprung: Trap | null = null
  let begun = false
  let held: Buffer = Buffer.alloc(0)
  near.on('data', (chunk) => {
    held = joined(held, chunk)
    for (;;) {
      // Only the first message of a connection has no letter.
      const at = begun ? 1 : 0
      if (sprung?.when === 'before' || held.length < at + 4 || held.length < at + held.readInt32BE(at)) return
      const length = at + held.readInt32BE(at)
      const message = held.subarray(0, length)
      held = held.subarray(length)
      const text = begun ? statementOf(message, statements) : null
      begun = true
      if (text !== null) {
        if (/^begin/i.test(text)) transaction = []
        const trap = sprung === null ? trapFor({ text, transaction }) : null
        transaction?.push(text)
        if (/^(commit|rollback)/i.test(text)) transaction = null
        if (trap?.when === 'before') {
          sprung = trap
          trap.spring()
          return
        }
        sprung ??= trap
      }
      far.write(new Uint8Array(message))
    }
  })
  let heard: Buffer = Buffer.alloc(0)
  far.on('data', (chunk) => {
    if (sprung === null) return void near.write(new Uint8Array(chunk))
    heard = joined(heard, chunk)
    // Z: the database is done and ready for the next.
    if (!messages(heard).includes('Z')) return
    sprung.spring()
    far.pause()
  })
}

/** What is asked for by a message, with its values. A text may have been sent before, under a name or under none. */
function statementOf(message: Buffer, named: Map<string, string>): string | null {
  const kind = String.fromCharCode(message[0] ?? 0)
  const payload = message.subarray(5).toString('utf8')
  const [first = '', second = ''] = payload.split('\0')
  if (kind === 'Q') return first
  if (kind === 'P') named.set(first, second)
  // A portal's name, which pg leaves empty, then the statement's.
  return kind === 'B' ? `${named.get(second) ?? ''}\n${payload}` : null
}

function joined(one: Buffer, other: Buffer): Buffer {
  return Buffer.concat([one, other] as unknown as Uint8Array[])
}

/** The letters of the whole messages in a buffer. */
function messages(buffer: Buffer): string[] {
  const letters: string[] = []
  for (let at = 0; at + 5 <= buffer.length; ) {
    const next = at + 1 + buffer.readInt32BE(at + 1)
    if (next > buffer.length) break
    letters.push(String.fromCharCode(buffer[at] ?? 0))
    at = next
  }
  return letters
}
