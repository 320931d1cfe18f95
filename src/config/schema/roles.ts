// What people can be in an incident: what is typed after `/incident role`.
import { type Notation, Wrong } from '../notation.ts'
import { leaf, list } from './parts.ts'

const role: Notation<string> = {
  what: 'one word',
  example: 'comms, scribe, customer-liaison',
  read: (written) =>
    /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(written.trim())
      ? written.trim()
      : new Wrong('is not one word', 'customer-liaison'),
}

export const roles = list(leaf(role, 'What people can be in an incident, besides its `lead`.'))
