// What a database error means to those who do not speak Postgres.

/**
 * Somebody else was in the way, and a second attempt sees what they did: wrote the same unique value first (23505),
 * changed what was read (40001), or waited for us while we waited for them (40P01).
 */
export function isCollision(error: unknown): boolean {
  return ['23505', '40001', '40P01'].includes(String(codeOf(error)))
}

/** Two waited for each other (40P01), or the wait for a lock was over (55P03): nothing was done, and it may work later. */
export function isInTheWay(error: unknown): boolean {
  return ['40P01', '55P03'].includes(String(codeOf(error)))
}

/** As many connections as the server, the database or the role may have are there. */
export const noConnectionLeft = '53300'

/** Nothing can be written over this connection: what was asked is a standby by now, or a primary that was fenced off. */
export const readOnlyCode = '25006'

export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === readOnlyCode
}

/**
 * The database could do nothing for anybody: its disk is full, it is read-only, out of memory or connections, or shutting down. It
 * is no fault of what was to be written. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isOutOfOrder(error: unknown): boolean {
  return /^(08|25006|53|57P|58)/.test(String(codeOf(error)))
}

/** What pg says, and we do, of a connection that broke or could not be had, where the system gave no code for it. */
const cutOff =
  /^(Connection terminated|Client (has encountered|was closed)|timeout (exceeded|expired)|the database said nothing)/

/** What we know by ourselves: there is no connection to ask over. */
export class DatabaseAway extends Error {
  readonly code = '08003'
}

/** It could do nothing for anybody, or the connection to it broke: the same may well be done the next moment. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error)
  // The system's own codes, such as ECONNRESET.
  if (code !== undefined) return isOutOfOrder(error) || /^E[A-Z]+$/.test(String(code))
  return error instanceof Error && cutOff.test(error.message)
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
