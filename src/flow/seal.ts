// Seals what was written on the timelines since the last time: a link for each entry, and one seal over all of them. It comes
// after the fact and on its own, so that no alert waits for it; it may die anywhere, and any replica goes on.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { type Link, linkHash, nothingBefore, type SealedEntry, sealHash } from '../core/chain.ts'
import { chainHeads, lastSeal, mayISeal, type Underway, underway, unsealed, writeSeal } from '../store/chain.ts'
import type { Queryable } from '../store/db.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** Entries in one go: a few milliseconds of this process's time. */
const atATime = 500

/** `head`: the hash of the last seal; `more`: at least as much is left. Null: another replica is at it. */
export type Sealing = { entries: number; more: boolean; seal: number; head: string } | null

/** Knows up to which id every entry has been written, or never will be: ids are given out before entries can be seen. */
export class Settlement {
  #waiting: Underway | null = null
  #settled = 0
  #server: string | null = null

  /** What is certain after this look. */
  learn(look: Underway): number {
    if (look.server !== this.#server) {
      this.#server = look.server
      this.#waiting = null
      this.#settled = 0
    }
    const isOver = (earlier: Underway) => !earlier.writers.some((writer) => look.writers.includes(writer))
    if (this.#waiting !== null && isOver(this.#waiting)) {
      this.#settled = Math.max(this.#settled, this.#waiting.last)
      this.#waiting = null
    }
    if (look.writers.length === 0) this.#settled = Math.max(this.#settled, look.last)
    else this.#waiting ??= look
    return this.#settled
  }
}

/** Seals up to `limit` entries in one transaction. */
export async function sealTimeline(
  bot: Pick<Bot, 'db' | 'clock'>,
  settlement: Settlement,
  limit = atATime,
): Promise<Sealing> {
  return bot.db.tx(async (q) => {
    if (!(await mayISeal(q))) return null
    const at = bot.clock.now()
    const known = settlement.learn(await underway(q))
    const last = await lastSeal(q)
    const from = last?.settled ?? 0
    const entries = await unsealed(q, from, limit)
    const more = entries.length === limit
    // What is left over has larger ids than what was taken, or is not settled.
    const settled = Math.max(from, more ? Math.min(known, entries.at(-1)?.id ?? 0) : known)
    const head = { seal: last?.number ?? 0, head: last?.hash ?? nothingBefore }
    // An empty one closes a busy hour: nothing can be slipped in before it any more.
    const closes = settled > from && last !== null && last.incidents.length > 0
    if (entries.length === 0 && !closes) return { entries: 0, more: false, ...head }
    return { entries: entries.length, more, ...(await seal(q, entries, { ...head, at, settled, complete: !more })) }
  })
}

type Closing = { seal: number; head: string; at: Date; settled: number; complete: boolean }

async function seal(q: Queryable, entries: SealedEntry[], before: Closing): Promise<{ seal: number; head: string }> {
  const number = before.seal + 1
  const heads = new Map<number, { position: number; hash: string }>()
  for (const { incident, ...head } of await chainHeads(q, [...new Set(entries.map((one) => one.incident))]))
    heads.set(incident, head)
  const links = entries.map((entry): Link => {
    const { position, hash } = heads.get(entry.incident) ?? { position: 0, hash: nothingBefore }
    const head = { position: position + 1, hash: linkHash(sha256, hash, entry) }
    heads.set(entry.incident, head)
    return { entry: entry.id, incident: entry.incident, seal: number, ...head }
  })
  const last = [...heads].sort(([a], [b]) => a - b)
  const closed = {
    number,
    settled: before.settled,
    complete: before.complete,
    incidents: last.map(([incident]) => incident),
    positions: last.map(([, { position }]) => position),
  }
  const exactly = before.at.toISOString().replace('Z', '000Z')
  const hash = sealHash(
    sha256,
    before.head,
    { ...closed, at: exactly },
    last.map(([, head]) => head.hash),
  )
  await writeSeal(q, { ...closed, at: before.at, hash }, links)
  return { seal: number, head: hash }
}
