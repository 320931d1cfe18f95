// How the bot signs in to the systems it asks: every way that can be written has become a header or a part of the address.

import type { Certificates } from '../certificates.ts'

/** `url` may carry user and password, `headers` secrets: neither is ever shown. */
export type Access = { url: string; headers: Record<string, string>; tls?: Certificates }

export type WrittenAccess = {
  user?: string | undefined
  password?: string | undefined
  token?: string | undefined
  api_key?: string | undefined
  tenant?: string | undefined
  headers: Record<string, string>
  tls?: Certificates | undefined
}

export function access(written: WrittenAccess & { url: string }): Access {
  const url = new URL(written.url)
  if (written.user) url.username = encodeURIComponent(written.user)
  if (written.password) url.password = encodeURIComponent(written.password)
  const signed = written.token ? `Bearer ${written.token}` : written.api_key ? `ApiKey ${written.api_key}` : null
  return {
    url: url.href.replace(/\/+$/, ''),
    headers: {
      ...written.headers,
      ...(signed && { authorization: signed }),
      ...(written.tenant && { 'x-scope-orgid': written.tenant }),
    },
    ...(written.tls && { tls: written.tls }),
  }
}

/**
 * Of a system whose address the environment may give: then it is asked there. User and password in that address count before
 * anything that is written. Without an address it is not asked at all.
 */
export function accessAt(
  given: string | null,
  written: WrittenAccess & { url?: string | undefined },
): Omit<Access, 'url'> & { url: string | null } {
  const address = given ?? written.url
  if (address === undefined) return { url: null, headers: {} }
  const { username, password } = new URL(address)
  const isKnown = given !== null && (username !== '' || password !== '')
  return access({
    ...written,
    ...(isKnown && { user: undefined, password: undefined, token: undefined }),
    url: address,
  })
}

/** Also where people click, nobody reads the password of the bot. */
export function withoutUser(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href.replace(/\/+$/, '')
}
