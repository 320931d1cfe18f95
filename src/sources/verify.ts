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

/** What stands after the name in the header Authorization of the scheme Basic; null when there is none. */
export function passwordOf(header: string | undefined): string | null {
  const encoded = /^Basic +(\S+) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password ?? null
}

/** Both are hashed, so that not even their lengths are compared. @param expected one of the few that are configured. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), digestOf(expected))
}

/** Of the secrets that are configured: every request asks for one of them. */
const digests = new Map<string, Uint8Array>()

function digestOf(expected: string): Uint8Array {
  const known = digests.get(expected)
  if (known !== undefined) return known
  const digest = sha256(expected)
  if (digests.size < 100) digests.set(expected, digest)
  return digest
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}
