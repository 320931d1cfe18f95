// What a button says of its incident besides the number: when it opened. After a failover, or from an older backup, a database gives
// numbers out again, but no instant: a message that stayed in a chat must not act on another incident.
import type { Incident } from './incident.ts'

export type ButtonIncident = Pick<Incident, 'number' | 'openedAt'>

/** Milliseconds since 1970 to the base of 36 have eight digits from 1972 to 2059. */
const digits = 8
const marked = new RegExp(`#(\\d{1,9})@([0-9a-z]{${digits}})(?=\\s|$)`)

/** `#12@mfa0q3k0`. The version before reads its number, and nothing behind that. */
export function inButton({ number, openedAt }: ButtonIncident): string {
  return `#${number}@${openedAt.getTime().toString(36).padStart(digits, '0')}`
}

/** What begins what stands behind a command's words; null: nobody drew that into a button. */
export function fromButton(rest: string): ButtonIncident | null {
  const match = marked.exec(rest)
  if (match === null || match.index > 0) return null
  const [, number, opened = ''] = match
  return { number: Number(number), openedAt: new Date(Number.parseInt(opened, 36)) }
}

/** A button's command as people may type it. */
export function asTyped(command: string): string {
  return command.replace(marked, '#$1')
}
