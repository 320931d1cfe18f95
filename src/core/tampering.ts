// Finds what was changed in a sealed timeline, and says what and where. Pure: rows in, findings out.
import { type Hash, type Link, linkHash, nothingBefore, type Seal, type SealedEntry, sealHash } from './chain.ts'

/**
 * - `changed`: an entry, its link or a seal is not what it was when it was sealed.
 * - `missing`: an entry, its link or a seal is gone.
 * - `inserted`: an entry that was not there when its time was sealed.
 * - `moved`: an entry stands at another place, or with another incident.
 */
export type Damage = {
  what: 'changed' | 'missing' | 'inserted' | 'moved'
  incident: number | null
  entry: number | null
  seal: number | null
  /** A line for people. */
  text: string
}

/** An entry and the link that says where it was sealed; one of them may be gone. */
export type Place = { link: Link; entry: SealedEntry | null }

/** Milliseconds an entry may be older than a seal that did not have it: longer than any transaction of ours lasts. */
const grace = 600_000

function damage(what: Damage['what'], about: Partial<Damage>, text: string): Damage {
  return { incident: null, entry: null, seal: null, ...about, what, text }
}

/** The chain of one incident. `places`: all of its links, by position. */
export function examineLinks(hash: Hash, incident: number, places: Place[]): Damage[] {
  if (places.length > 0 && places.every(({ entry }) => entry === null)) {
    const lost = places.length === 1 ? 'its entry is' : `its ${places.length} entries are`
    return [damage('missing', { incident }, `incident ${incident}: ${lost} gone`)]
  }
  const found: Damage[] = []
  let before = nothingBefore
  let computed = nothingBefore
  let expected = 1
  // A link whose own hash was changed shows at the next, which follows from what it was.
  let doubtful: Damage | null = null
  for (const { link, entry } of places) {
    const about = { incident, entry: link.entry, seal: link.seal }
    const name = `incident ${incident}, entry ${link.entry}`
    for (; expected < link.position; expected++)
      found.push(damage('missing', { incident }, `incident ${incident}: the link at place ${expected} is gone`))
    expected = link.position + 1
    if (entry === null) {
      found.push(damage('missing', about, `${name}: the entry is gone`))
      doubtful = null
      before = computed = link.hash
      continue
    }
    if (entry.incident !== incident) {
      found.push(damage('moved', about, `${name}: it stands with incident ${entry.incident} now`))
      before = computed = link.hash
      doubtful = null
      continue
    }
    const fromComputed = linkHash(hash, computed, entry)
    const isWhole = linkHash(hash, before, entry) === link.hash || fromComputed === link.hash
    if (isWhole && doubtful !== null && linkHash(hash, before, entry) !== link.hash)
      doubtful.text = `incident ${incident}, entry ${doubtful.entry}: its link in the chain is not what it was; the entry is`
    doubtful = null
    if (!isWhole) {
      const hashes = [nothingBefore, ...places.map((place) => place.link.hash)]
      const elsewhere = hashes.some((one) => linkHash(hash, one, entry) === link.hash)
      doubtful = elsewhere
        ? damage('moved', about, `${name}: it stands at another place in the chain`)
        : damage('changed', about, `${name}: it is not what it was when it was sealed`)
      found.push(doubtful)
    }
    computed = isWhole ? link.hash : fromComputed
    before = link.hash
  }
  return found
}

/** `recordedAt`: milliseconds; null: the entry's own time says nothing about when it was written. */
export type Timed = { id: number; incident: number; seal: number; recordedAt: number | null }

/** When everything that could be seen was sealed, in the order of the seals. */
export type Complete = { number: number; at: number }

/** An entry that says it is older than a seal that had everything, and was not in it. Null: it is as it should be. */
export function examineTime({ id, incident, seal, recordedAt }: Timed, complete: Complete[]): Damage | null {
  if (recordedAt === null) return null
  const earlier = complete.find((one) => one.at > recordedAt + grace)
  if (earlier === undefined || earlier.number >= seal) return null
  return damage(
    'inserted',
    { incident, entry: id, seal },
    `incident ${incident}, entry ${id}: it says ${new Date(recordedAt).toISOString()}, but was not there at ${new Date(earlier.at).toISOString()}, when everything was sealed`,
  )
}

/** An entry without a link; null: it is only not sealed yet. `settled`: of the last seal. */
export function examineUnsealed({ id, incident }: { id: number; incident: number }, settled: number): Damage | null {
  if (id > settled) return null
  const text = `incident ${incident}, entry ${id}: it was not there when its neighbours were sealed, or its link is gone`
  return damage('inserted', { incident, entry: id }, text)
}

/** The chain of seals. Feed it seal by seal, in order, with the hash at each of its positions (null: no such link). */
export class SealExaminer {
  readonly #hash: Hash
  #before: string
  #expected: number

  /** To begin in the middle: the number and the hash of the seal before. */
  constructor(hash: Hash, from: { number: number; hash: string } = { number: 0, hash: nothingBefore }) {
    this.#hash = hash
    this.#before = from.hash
    this.#expected = from.number + 1
  }

  take(seal: Seal, heads: (string | null)[]): Damage[] {
    const found: Damage[] = []
    const about = { seal: seal.number }
    const gone = seal.incidents.filter((_, i) => (heads[i] ?? null) === null)
    if (seal.number > this.#expected) {
      const last = seal.number - 1
      const which = last === this.#expected ? `seal ${last} is` : `seals ${this.#expected} to ${last} are`
      found.push(damage('missing', { seal: this.#expected }, `${which} gone`))
      this.#before = ''
    }
    for (const incident of gone)
      found.push(
        damage('missing', { ...about, incident }, `seal ${seal.number}: links of incident ${incident} are gone`),
      )
    const known = heads.map((head) => head ?? '')
    // After a seal that is gone, nothing can be said of what came before.
    const isWhole = this.#before === '' || sealHash(this.#hash, this.#before, seal, known) === seal.hash
    if (gone.length === 0 && !isWhole)
      found.push(
        damage('changed', about, `seal ${seal.number} of ${seal.at}: it, or what it sealed, is not what it was`),
      )
    this.#before = seal.hash
    this.#expected = seal.number + 1
    return found
  }
}
