// The incident that a person named by its number, and what they hear where there is none.
import { UserError } from '../errors.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident, type Versioned } from '../store/incidents.ts'

/** What whoever named it is told. */
export function noSuchIncident(number: number): UserError {
  return new UserError(`There is no incident ${number}. /incident list shows those that are open.`)
}

/** Locks it until the end of the transaction. Throws UserError when there is none of this number. */
export async function lockNamed(q: Queryable, number: number): Promise<Versioned> {
  const locked = await lockIncident(q, number)
  if (locked === null) throw noSuchIncident(number)
  return locked
}
