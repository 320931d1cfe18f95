// People, and the ways they are reached by.
import { email, text } from '../notation.ts'
import type { Known } from './known.ts'
import { keys, leaf, named, plainName } from './parts.ts'
import { quiet, reach } from './reach.ts'

export function people(known: Known) {
  return named(
    plainName,
    keys({
      name: leaf(text, 'The name others read.', { 'x-default': 'the key' }).optional(),
      email: leaf(email, 'Mail address.').optional(),
      slack: leaf(text, 'Slack member id (profile → ⋮ → Copy member ID).').optional(),
      discord: leaf(text, 'Discord user id (developer mode → Copy User ID).').optional(),
      console: leaf(text, 'Name in the console.', { 'x-default': 'the key' }).optional(),
      reach: reach(known)
        .optional()
        .meta({ 'x-default': 'the first chat with an account; the next way when one fails' }),
      quiet: quiet.optional(),
    }),
  )
}
