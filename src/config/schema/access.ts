// How the bot signs in to the systems it asks: the same keys for all of them.
import { z } from 'zod'
import { contextOf } from '../../certificates.ts'
import { reasonOf } from '../../errors.ts'
import { address, type Notation, secret, text, Wrong } from '../notation.ts'
import { existing, type Known } from './known.ts'
import { keys, leaf, named } from './parts.ts'

/** What Node refuses to send, it refuses each time anew, in words that name no key. */
function inHeader(notation: Notation<string>): Notation<string> {
  return {
    ...notation,
    read(written) {
      const read = notation.read(written)
      const isSent = read instanceof Wrong || /^[\t\x20-\x7e\x80-\xff]*$/.test(read)
      return isSent ? read : new Wrong('has a character that no header can hold, such as a line break or a smart quote')
    },
  }
}

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, 'must be the name of a header, e.g. X-Scope-OrgID')

function certificates(known: Known) {
  const file = existing(known, 'a file of PEM', 'tls/client.pem')
  return keys({
    ca: leaf(file, 'Authority to trust, in place of those known anyway.').optional(),
    cert: leaf(file, 'Certificate the bot shows (mTLS); read again when it changes.').optional(),
    key: leaf(file, 'Its key.').optional(),
  }).superRefine((files, ctx) => {
    if ((files.cert === undefined) !== (files.key === undefined))
      ctx.addIssue({
        ...{ code: 'custom', message: 'is missing: cert and key go together' },
        path: [files.cert === undefined ? 'cert' : 'key'],
      })
    else
      try {
        contextOf(files)
      } catch (error) {
        ctx.addIssue({
          code: 'custom',
          message: `cannot be used: ${reasonOf(error)}`,
          path: [files.cert ? 'cert' : 'ca'],
        })
      }
  })
}

/** How the bot signs in; left out, the address says it all. */
export const access = (known: Known) => ({
  user: leaf(text, 'User, when it wants one.').optional(),
  password: leaf(secret, 'The user’s password.').optional(),
  headers: named(headerName, leaf(inHeader(secret), 'Headers of every request.')).prefault({}),
  tls: certificates(known).optional(),
})
/** For what is reached over the internet, where the bot's network has no other way out. */
export function proxy(extra: { 'x-default'?: string } = {}) {
  const help =
    'Proxy on the way there, e.g. `http://proxy.example.org:3128`, with user and password where it wants them.'
  return leaf({ ...address, secret: true }, help, extra).optional()
}

export const token = leaf(inHeader(secret), 'Bearer token, when it wants one.').optional()
export const tenant = leaf(inHeader(text), 'Tenant (`X-Scope-OrgID`).').optional()
