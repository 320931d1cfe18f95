// What happens when the pager changes hands, and the chat group that follows it.
import { type Notation, Wrong, wait } from '../notation.ts'
import { keys, leaf } from './parts.ts'

/** Without the @ that people write in front; Slack's handles are lower case, its ids (S0…) are not. */
const handle: Notation<string> = {
  what: 'the handle of a user group',
  example: 'oncall-primary',
  read(written) {
    const name = written.trim().replace(/^@/, '')
    if (/^S[A-Z0-9]{8,}$/.test(name)) return name
    return /^[a-z0-9._-]{1,80}$/i.test(name)
      ? name.toLowerCase()
      : new Wrong('is not the handle of a user group', this.example)
  },
}

export const slackGroup = leaf(handle, 'Slack user group that is kept to whoever is on call; needs a paid Slack plan.')

/** Null: nobody is asked. */
const acceptWithin: Notation<number | null> = {
  what: 'a duration or “never”',
  short: 'duration or “never”',
  example: '15m, 1h, never',
  read(written) {
    if (written.trim().toLowerCase() === 'never') return null
    const read = wait.read(written)
    return read instanceof Wrong ? new Wrong(read.message, this.example) : read
  },
}

export const handover = keys({
  accept_within: leaf(
    acceptWithin,
    'How long an incoming person has to say “I have the pager” before the outgoing one keeps it; `never`: nobody is asked.',
  ).prefault('15m'),
})
