// Reading what people said in the console, for the timeline. Nobody can edit or delete anything there.
import { PermanentError } from '../../errors.ts'
import { messageById } from '../../store/console.ts'
import type { Db } from '../../store/db.ts'
import type { MessageOperations, ReadMessage } from '../platform.ts'

export function consoleMessages(db: Db): MessageOperations {
  return {
    async read(channel, id): Promise<ReadMessage | null> {
      const found = await messageById(db, Number(id))
      if (found === null || found.channel !== channel) return null
      const { author, postedAt, message, pinned } = found
      const text = [message.title, message.text ?? ''].filter((part) => part !== '').join('\n')
      const isOwn = author === null
      return {
        ...{ account: author, accountName: author ?? 'Tocsin', at: postedAt, text, isMarked: pinned, isOwn },
        // The pictures of the bot's own messages are on the timeline as charts.
        files: [],
      }
    },
    async download() {
      throw new PermanentError('the console holds no files')
    },
  }
}
