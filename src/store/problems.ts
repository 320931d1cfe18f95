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

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
