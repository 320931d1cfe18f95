// The built-in console as a chat platform: its channels are rows, so that it is there before any other chat is connected
// and after all of them are down.
import type { Clock } from '../../clock.ts'
import type { Message } from '../../core/message.ts'
import { PermanentError } from '../../errors.ts'
import { isPosted, type NewWords, type StoredMessage, writeMessages } from '../../store/console.ts'
import type { Db } from '../../store/db.ts'
import type { Mark } from '../mark.ts'
import type {
  ChatListener,
  ChatPlatform,
  Destination,
  MessageOperations,
  MessageRef,
  Post,
  Room,
  RoomOperations,
  RoomRequest,
  Sheet,
} from '../platform.ts'
import { consoleMessages } from './messages.ts'

/** `publicUrl`: how people reach the bot, for the links to rooms. */
export type ConsoleOptions = { db: Db; clock: Clock; publicUrl: string }

export class ConsolePlatform implements ChatPlatform {
  readonly name = 'console'
  readonly capabilities = { secondsBetweenEdits: 0, editsAMinute: Number.POSITIVE_INFINITY }
  readonly rooms: RoomOperations
  readonly groups = null
  readonly messages: MessageOperations
  readonly #options: ConsoleOptions

  constructor(options: ConsoleOptions) {
    this.#options = options
    this.messages = consoleMessages(options.db)
    // A room is its name and nothing else; topic, bookmarks and members are what the page shows of the incident anyway.
    this.rooms = {
      open: async (request) => this.#room(request),
      setTopic: async () => {},
      bookmark: async () => {},
      invite: async () => {},
    }
  }

  /** Nothing to connect to. What is said in the console comes in over HTTP, where the dispatch is called. */
  async start({ standing }: ChatListener): Promise<void> {
    standing(null)
  }

  async stop(): Promise<void> {}

  /** The key is unique in the table: a post that is resumed finds itself. */
  async post(post: Post): Promise<MessageRef> {
    const { db, clock } = this.#options
    await writeMessages(db, { posted: [posted(post)] }, clock.now())
    return refOf(post)
  }

  async find(to: Destination, { key }: Mark): Promise<MessageRef | null> {
    return (await isPosted(this.#options.db, key)) ? { channel: channelOf(to), id: key } : null
  }

  async update({ id: key }: MessageRef, message: Message): Promise<void> {
    const { db, clock } = this.#options
    const found = await writeMessages(db, { edited: [{ key, ...apart(message) }] }, clock.now())
    if (found.length === 0) throw new PermanentError(`the console has no message ${key}`)
  }

  /** Nobody takes a message out of the console, so that each edit finds its own. */
  sheet(): Sheet {
    const { db, clock } = this.#options
    let words: Required<NewWords> = { posted: [], edited: [] }
    const written = async () => {
      if (words.posted.length + words.edited.length === 0) return
      await writeMessages(db, words, clock.now())
      words = { posted: [], edited: [] }
    }
    // One statement does not edit what it posts, and writes nothing twice.
    const once = async (key: string) => {
      if ([...words.posted, ...words.edited].some((one) => one.key === key)) await written()
    }
    return {
      post: async (post) => {
        await once(post.key)
        words.posted.push(posted(post))
        return refOf(post)
      },
      update: async ({ id: key }, message) => {
        await once(key)
        words.edited.push({ key, ...apart(message) })
      },
      written,
    }
  }

  #room({ name }: RoomRequest): Room {
    return { channel: name, name: `#${name}`, url: `${this.#options.publicUrl}/rooms/${encodeURIComponent(name)}` }
  }
}

/** Channels have no `#` in front; `@ada` is what only Ada is told. */
function channelOf(to: Destination): string {
  return 'account' in to ? `@${to.account}` : to.channel.replace(/^#/, '')
}

const refOf = ({ to, key }: Post): MessageRef => ({ channel: channelOf(to), id: key })

function posted({ to, key, message }: Post) {
  return { channel: channelOf(to), key, author: null, ...apart(message) }
}

function apart({ picture, ...rest }: Message): { message: StoredMessage; png: Uint8Array | null } {
  if (picture === undefined) return { message: rest, png: null }
  return { message: { ...rest, picture: { name: picture.name, alt: picture.alt } }, png: picture.png }
}
