// What incidents were promised, kept in memory: it is the largest part of an incident, never changes, and nearly all share it.
import type { Terms } from '../core/terms.ts'
import type { Queryable } from './db.ts'

/** By the hash of their content, which the database computes: what is found here is right in every database. */
const known = new Map<string, Terms>()

/** Different promises that are kept; a team has a few. */
const mostKnown = 500

export type Promised = { number: number; terms_key: string | null }

/** The terms of each incident, by its number. Reads only what was never seen, once however many share it. */
export async function termsOf(q: Queryable, incidents: Promised[]): Promise<Map<number, Terms>> {
  const found = new Map<number, Terms>()
  const wanted = new Map<string, number>()
  for (const { number, terms_key } of incidents) {
    const terms = terms_key === null ? undefined : known.get(terms_key)
    if (terms !== undefined) found.set(number, terms)
    else wanted.set(terms_key ?? `${number}`, number)
  }
  if (wanted.size === 0) return found
  const { rows } = await q.query<Promised & { terms: Terms }>({
    name: 'terms_of',
    text: 'select number, terms_key, terms from incidents where number = any($1)',
    values: [[...wanted.values()]],
  })
  const read = new Map(rows.map((row) => [row.terms_key ?? `${row.number}`, row.terms]))
  for (const { number, terms_key } of incidents) {
    const terms = read.get(terms_key ?? `${number}`)
    if (terms !== undefined) found.set(number, terms)
  }
  for (const { terms_key, terms } of rows) if (terms_key !== null) keep(terms_key, terms)
  return found
}

function keep(key: string, terms: Terms): void {
  if (known.size >= mostKnown) known.delete(known.keys().next().value ?? '')
  known.set(key, terms)
}
