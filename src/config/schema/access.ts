// How the bot signs in to the systems it asks: the same keys for all of them.
import { secret, text } from '../notation.ts'
import { anyName, leaf, named } from './parts.ts'

/** How the bot signs in; left out, the address says it all. */
export const access = {
  user: leaf(text, 'User, when it wants one.').optional(),
  password: leaf(secret, 'The user’s password.').optional(),
  headers: named(anyName, leaf(secret, 'Headers of every request.')).prefault({}),
}
export const token = leaf(secret, 'Bearer token, when it wants one.').optional()
export const tenant = leaf(text, 'Tenant (`X-Scope-OrgID`).').optional()
