// What a database error means to those who do not speak Postgres.

/**
 * Somebody else was in the way, and a second attempt sees what they did: wrote the same unique value first (23505), or
 * waited for us while we waited for them (40P01).
 */
export function isCollision(error: unknown): boolean {
  return codeOf(error) === '23505' || codeOf(error) === '40P01'
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
