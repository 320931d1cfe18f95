// Whether a sender may send: a bearer token, compared so that the time it takes tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * @param header the Authorization header as it came.
 * @param token the configured secret; an empty one lets nobody in.
 */
export function hasToken(header: string | undefined, token: string): boolean {
  const presented = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? ''
  // Both are hashed, so that not even their lengths are compared.
  const same = timingSafeEqual(sha256(presented), sha256(token))
  return same && token !== ''
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}
