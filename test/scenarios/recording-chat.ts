// A chat platform that keeps what it is told, and fails when asked to: the whole bot can be watched through it.
import { carried, carries, type Mark } from '../../src/chat/mark.ts'
import type {
  ChatListener,
  ChatPlatform,
  Destination,
  Dispatch,
  MessageRef,
  Post,
  Posted,
  ReadFile,
  ReadMessage,
  Reply,
  Room,
  RoomRequest,
} from '../../src/chat/platform.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { Message } from '../../src/core/message.ts'

/** `mark`: what it carries to be found again. `posted`: the message as it was before any edit. */
export type Recorded = {
  id: string
  channel: string
  key: string
  mark: string
  posted: Message
  at: Date
  message: Message
  edits: number
}

export class RecordingChat implements ChatPlatform {
  readonly name: string
  capabilities = { secondsBetweenEdits: 0, editsAMinute: Number.POSITIVE_INFINITY }
  readonly sent: Recorded[] = []
  readonly topics = new Map<string, string>()
  readonly invited: string[] = []
  /** Thrown by the next posts to a destination, one each: before it is taken, or after (the answer was lost). */
  readonly failures: { when: 'before' | 'after'; error: Error; to?: string }[] = []
  /** Thrown by every post to one of these destinations. */
  readonly refused = new Map<string, Error>()
  /** Thrown when it is to look for what may be there, before that is posted. */
  refuseLooks: Error | null = null
  /** Thrown whenever a room is to be opened. */
  refuseRooms: Error | null = null
  /** Why calls for everybody reach nobody, although they are taken. */
  unheard: string | null = null
  #dispatch: Dispatch = async () => null

  readonly #clock: Clock

  constructor(name = 'slack', clock: Clock = systemClock) {
    this.name = name
    this.#clock = clock
  }

  async start({ dispatch, standing }: ChatListener): Promise<void> {
    this.#dispatch = dispatch
    standing(null)
  }

  async stop(): Promise<void> {}

  async post({ to, message, resumed, ...about }: Post): Promise<Posted> {
    const channel = channelOf(to)
    const mark = carried(about)
    if (resumed && this.refuseLooks) throw this.refuseLooks
    const found = resumed ? this.sent.find((one) => one.mark === mark && one.channel === channel) : undefined
    if (found) return { channel, id: found.id, isAdopted: true }
    const refusal = this.refused.get(channel)
    if (refusal) throw refusal
    const index = this.failures.findIndex((failure) => failure.to === undefined || failure.to === channel)
    const failure = index < 0 ? undefined : this.failures.splice(index, 1)[0]
    if (failure?.when === 'before') throw failure.error
    const id = String(this.sent.length + 1)
    this.sent.push({ id, channel, key: about.key, mark, posted: message, at: this.#clock.now(), message, edits: 0 })
    if (failure) throw failure.error
    return { channel, id, ...(message.mentions === 'channel' && this.unheard && { unheard: this.unheard }) }
  }

  async find(to: Destination, mark: Mark): Promise<MessageRef | null> {
    const found = this.sent.find((one) => carries(one.mark, mark, one.at) && one.channel === channelOf(to))
    return found ? { channel: channelOf(to), id: found.id } : null
  }

  /** How often a channel was looked through. */
  looks = 0

  async findAll(channel: string, marks: Mark[]): Promise<Map<string, MessageRef>> {
    this.looks++
    const found = this.sent.filter((one) => one.channel === channel && marks.some((mark) => one.mark === carried(mark)))
    return new Map(found.map((one) => [one.key, { channel, id: one.id }]))
  }

  async update(ref: MessageRef, message: Message): Promise<void> {
    const found = this.sent.find((one) => one.id === ref.id)
    if (!found) throw new Error(`nothing to edit at ${ref.id}`)
    found.message = message
    found.edits++
  }

  /** What people wrote, by channel and id. */
  readonly written = new Map<string, ReadMessage>()
  /** Files of those, by id; an error is thrown. */
  readonly stored = new Map<string, Uint8Array | Error>()

  readonly messages = {
    read: async (channel: string, id: string): Promise<ReadMessage | null> =>
      this.written.get(`${channel} ${id}`) ?? null,
    download: async ({ id }: ReadFile): Promise<Uint8Array> => {
      const found = this.stored.get(id)
      if (found === undefined || found instanceof Error) throw found ?? new Error(`no file ${id}`)
      return found
    },
  }

  readonly rooms = {
    open: async ({ name }: RoomRequest): Promise<Room> => {
      if (this.refuseRooms) throw this.refuseRooms
      return { channel: name, name: `#${name}`, url: null }
    },
    setTopic: async (channel: string, topic: string) => void this.topics.set(channel, topic),
    bookmark: async () => {},
    invite: async (channel: string, account: string) => void this.invited.push(`${account} → ${channel}`),
  }

  /** Members by group, as the platform has them. */
  readonly userGroups = new Map<string, string[]>()
  /** Thrown whenever a group is to be looked at or filled. */
  refuseGroups: Error | null = null
  /** Accounts that are taken into no group. */
  readonly unfit = new Set<string>()
  /** Every group that was filled, in order. */
  readonly filled: string[] = []

  readonly groups = {
    find: async (group: string) => {
      if (this.refuseGroups) throw this.refuseGroups
      const members = this.userGroups.get(group)
      return members === undefined ? null : { id: group, members }
    },
    fill: async (id: string, accounts: string[]) => {
      if (this.refuseGroups) throw this.refuseGroups
      if (accounts.length === 0) throw new Error('a group must not be empty')
      const rest = accounts.filter((account) => !this.unfit.has(account))
      this.userGroups.set(id, rest)
      this.filled.push(`${id}: ${rest.join(', ')}`)
      return accounts.filter((account) => this.unfit.has(account))
    },
  }

  /** What a person types, as it would reach the bot. */
  say(account: string, text: string, channel = 'general'): Promise<Reply | null> {
    return this.#dispatch({ platform: this.name, account, accountName: account, channel, text })
  }

  /** Presses a button of the latest message in a channel that has it. */
  press(account: string, channel: string, label: string): Promise<Reply | null> {
    for (const { message } of this.in(channel).reverse()) {
      const buttons = [
        ...(message.buttons ?? []),
        ...(message.sections ?? []).flatMap((section) => section.buttons ?? []),
      ]
      const button = buttons.find((one) => one.label === label)
      if (button) return this.say(account, button.command, channel)
    }
    throw new Error(`no message in ${channel} has a button ${label}`)
  }

  in(channel: string): Recorded[] {
    return this.sent.filter((one) => one.channel === channel)
  }

  /** Titles of what is in a channel, in order. */
  titles(channel: string): string[] {
    return this.in(channel).map((one) => one.message.title)
  }
}

function channelOf(to: Destination): string {
  return 'channel' in to ? to.channel : `@${to.account}`
}
