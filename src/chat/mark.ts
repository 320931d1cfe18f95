// What stands in a message, or in a room's description, so that it is found again: its key, and when its incident opened. A database
// that was restored from an older backup gives out numbers a second time, and with them keys, but no instant.

/**
 * `key`: unique for ever in one database. `opened`: when the incident that it is about opened, or whatever else the number in the key
 * is of; absent: there is none in it.
 */
export type Mark = { key: string; opened?: Date | undefined }

/** Milliseconds by which the clock of a chat and that of the database may be apart. */
const apart = 10 * 60_000

/** As it stands there: `inc-12/card@mfa0q3k0`. */
export function carried({ key, opened }: Mark): string {
  return opened === undefined ? key : `${key}@${opened.getTime().toString(36)}`
}

/**
 * Whether `text`, in something made at `madeAt`, stands for this. The version before wrote the key alone: that counts as long as it
 * cannot be an earlier incident's.
 */
export function carries(text: string, mark: Mark, madeAt: Date): boolean {
  if (text === carried(mark)) return true
  return text === mark.key && mark.opened !== undefined && madeAt.getTime() >= mark.opened.getTime() - apart
}

/** Stands for the key alone, as long as what has it was made no earlier. */
export function madeSince(key: string, at: Date): Mark {
  return { key, opened: new Date(at.getTime() + apart) }
}
