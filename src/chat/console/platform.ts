// The built-in console as a chat platform: its channels are rows, so that it is there before any other chat is connected
// and after all of them are down.
import type { Clock } from '../../clock.ts'
import type { Message } from '../../core/message.ts'
import { PermanentError } from '../../errors.ts'
import { editMessage, isPosted, postMessage, type StoredMessage } from '../../store/console.ts'
import type { Db } from '../../store/db.ts'
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
} from '../platform.ts'
import { consoleMessages } from './messages.ts'

/** `publicUrl`: how people reach the bot, for the links to rooms. */
export type ConsoleOptions = { db: Db; clock: Clock; publicUrl: string }

export class ConsolePlatform implements ChatPlatform {
  readonly name = 'console'
  readonly capabilities = { secondsBetweenEdits: 0 }
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
  async post({ to, message, key }: Post): Promise<MessageRef> {
    const channel = channelOf(to)
    const { stored, png } = apart(message)
    await postMessage(this.#options.db, { channel, key, author: null, message: stored, png }, this.#options.clock.now())
    return { channel, id: key }
  }

  async find(to: Destination, key: string): Promise<MessageRef | null> {
    return (await isPosted(this.#options.db, key)) ? { channel: channelOf(to), id: key } : null
  }

  async update(ref: MessageRef, message: Message): Promise<void> {
    const { stored, png } = apart(message)
    const found = await editMessage(this.#options.db, ref.id, stored, png, this.#options.clock.now())
    if (!found) throw new PermanentError(`the console has no message ${ref.id}`)
  }

  #room({ name }: RoomRequest): Room {
    return { channel: name, name: `#${name}`, url: `${this.#options.publicUrl}/rooms/${encodeURIComponent(name)}` }
  }
}

/** Channels have no `#` in front; `@ada` is what only Ada is told. */
export function channelOf(to: Destination): string {
  return 'account' in to ? `@${to.account}` : to.channel.replace(/^#/, '')
}

function apart({ picture, ...rest }: Message): { stored: StoredMessage; png: Uint8Array | null } {
  if (picture === undefined) return { stored: rest, png: null }
  return { stored: { ...rest, picture: { name: picture.name, alt: picture.alt } }, png: picture.png }
}
