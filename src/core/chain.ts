// What is hashed to prove that a timeline was not changed: one form of an entry, of a link and of a seal, which depends
// neither on how a database orders the keys of its JSON nor on its version. Never change a form: what is sealed would break.

/** A timeline entry as it is sealed. `at`: UTC with microseconds, as the database has it. */
export type SealedEntry = {
  id: number
  incident: number
  at: string
  kind: string
  by: string | null
  text: string
  fact: unknown
}

/** One entry's place in its incident's chain. `position` counts from 1; `hash` is hexadecimal. */
export type Link = { entry: number; incident: number; position: number; hash: string; seal: number }

/** What one seal closes. `at`: as in an entry. */
export type Seal = {
  number: number
  at: string
  settled: number
  complete: boolean
  /** Incidents with entries in it, ascending, and the position of the last of each. */
  incidents: number[]
  positions: number[]
  hash: string
}

/** SHA-256 of UTF-8 text, hexadecimal. Handed in: this folder computes, it does not reach out. */
export type Hash = (text: string) => string

/** What stands before the first link of an incident, and before the first seal. */
export const nothingBefore = '0'.repeat(64)

export function linkHash(hash: Hash, before: string, entry: SealedEntry): string {
  const { id, incident, at, kind, by, text, fact } = entry
  return hash(`${before}\n${canonical(['tocsin entry 1', id, incident, at, kind, by, text, fact])}`)
}

/** `heads`: the hash at each of the seal's positions. */
export function sealHash(hash: Hash, before: string, seal: Omit<Seal, 'hash'>, heads: string[]): string {
  const { number, at, settled, complete, incidents, positions } = seal
  return hash(`${before}\n${canonical(['tocsin seal 1', number, at, settled, complete, incidents, positions, heads])}`)
}

/** JSON without blanks, keys in the order of their UTF-16 code units: RFC 8785, for what JSON.parse gives. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`).join(',')}}`
}
