// Lines can be as long as their writers like: when so many do not fit into an answer, fewer may.
import { PermanentError } from '../errors.ts'

/** Bytes of one answer: more would keep the bot from other work while it is read. */
export const maxResponse = 4 * 1024 * 1024

/** Asks for `limit`, and when that is too much to read once more for a twentieth. */
export async function asMuchAsFits<T>(limit: number, ask: (limit: number) => Promise<T>): Promise<T> {
  try {
    return await ask(limit)
  } catch (error) {
    if (!(error instanceof PermanentError) || !error.tooLarge) throw error
    return ask(Math.ceil(limit / 20))
  }
}
