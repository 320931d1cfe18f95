// Wrong access tokens, counted by the address they come from: whoever tries one after the other is told to stop, and the log is
// told once. Only wrong ones count, and a right one always works: behind a proxy all the world has one address, and nobody may
// lock the team out of its console by guessing there.
import { isIPv6 } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Bot } from '../bot.ts'

/** Wrong ones from one address, no two further apart than `quiet`, before the next is answered 429. */
export const allowed = 10

/** Milliseconds without a wrong one after which an address begins anew. */
export const quiet = 60_000

/** Addresses that are remembered; beyond, the one that was heard of least recently is forgotten. */
export const mostAddresses = 10_000

type Tries = { wrong: number; last: number }

export class Attempts {
  readonly #bot: Pick<Bot, 'clock' | 'log'>
  /** Those that were heard of last are at the end. */
  readonly #tries = new Map<string, Tries>()

  constructor(bot: Pick<Bot, 'clock' | 'log'>) {
    this.#bot = bot
  }

  get size(): number {
    return this.#tries.size
  }

  /** Counts a wrong token. True: too many came from there; the answer is 429, and `reply` says by when to try again. */
  wrong(request: Pick<FastifyRequest, 'id' | 'ip'>, reply: Pick<FastifyReply, 'header'>): boolean {
    const { clock, log } = this.#bot
    const now = clock.now().getTime()
    const place = network(request.ip)
    const before = this.#tries.get(place)
    const wrong = before === undefined || now - before.last > quiet ? 1 : before.wrong + 1
    this.#remember(place, { wrong, last: now })
    const about = { trace: request.id, address: request.ip }
    if (wrong <= allowed) {
      log.warn(about, 'somebody came with a wrong access token')
      return false
    }
    if (wrong === allowed + 1)
      log.warn(
        { ...about, wrong },
        'somebody seems to guess the access token: wrong ones from there are answered 429, and no longer written here until it was quiet for a minute',
      )
    reply.header('retry-after', quiet / 1_000)
    return true
  }

  #remember(place: string, tries: Tries): void {
    this.#tries.delete(place)
    this.#tries.set(place, tries)
    const [oldest] = this.#tries.keys()
    if (this.#tries.size > mostAddresses && oldest !== undefined) this.#tries.delete(oldest)
  }
}

/** Of IPv6 the first half: whoever has one address there has all of its network. */
export function network(address: string): string {
  if (!isIPv6(address) || address.toLowerCase().startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('%', 1).join('').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const all = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return `${all
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`
}
