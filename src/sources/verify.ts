// Secrets that callers present, compared so that the time it takes tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * @param header the Authorization header as it came.
 * @param token the configured secret; an empty one lets nobody in.
 */
export function hasToken(header: string | undefined, token: string): boolean {
  const presented = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? ''
  return sameSecret(presented, token) && token !== ''
}

/** Both are hashed, so that not even their lengths are compared. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected))
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}
