// The port every chat platform implements. A platform translates, sends and classifies errors; it never retries, sleeps
// or decides. See errors.ts for the four kinds it may throw.
import type { Message } from '../core/message.ts'
import type { Mark } from './mark.ts'

/** Where a message goes: a channel by the platform's own id or name, or a person by the platform's own account id. */
export type Destination = { channel: string } | { account: string }

/** A message that was posted; opaque outside its platform, stored as it is. */
export type MessageRef = { channel: string; id: string }

/**
 * `isAdopted`: an earlier attempt had left it there, and it says what there was to say then. `unheard`: it was to call everybody
 * and called nobody, and why.
 */
export type Posted = MessageRef & { isAdopted?: boolean; unheard?: string }

/** Its mark is carried in the posted message in a way the platform can find again (metadata, nonce, footer). */
export type Post = Mark & {
  to: Destination
  message: Message
  /** An earlier attempt may have reached the platform: look for the mark there first and adopt what is found. */
  resumed: boolean
  /** The account ids behind `message.mentions`, for those who have one here. */
  accounts: Record<string, string>
}

/** Its mark lets an interrupted opening be found again. */
export type RoomRequest = Mark & {
  /** Already within the strictest platform's rules: lower case, digits and hyphens, at most 80 characters. */
  name: string
  topic: string
}

export type Room = {
  channel: string
  /** How people call it, e.g. `#inc-12-payments`. */
  name: string
  /** Opens the room in the platform's client; null when there is no such link. */
  url: string | null
}

/** All but `open` are best effort: a missing scope must cost a note on the timeline, not the incident. */
export type RoomOperations = {
  /** Opens the room, or adopts it when it exists and is ours. A name somebody else took gets a suffix. */
  open(request: RoomRequest): Promise<Room>
  setTopic(channel: string, topic: string): Promise<void>
  /** `resumed`: an earlier attempt may have left it there already. */
  bookmark(channel: string, title: string, url: string, resumed: boolean): Promise<void>
  invite(channel: string, account: string): Promise<void>
}

/** A group of people that can be mentioned by one name, e.g. `@oncall-primary`. */
export type UserGroup = {
  /** The platform's own id. */
  id: string
  /** Account ids, in no order. */
  members: string[]
}

/** Groups are the platform's own: they are found and filled, never made. */
export type GroupOperations = {
  /** The group by its name or id; null when there is none. */
  find(group: string): Promise<UserGroup | null>
  /** Replaces all members. `accounts` must not be empty. Answers those of them that the platform takes into no group. */
  fill(id: string, accounts: string[]): Promise<string[]>
}

export type Capabilities = {
  /** Seconds the platform wants between two edits of the same message. */
  secondsBetweenEdits: number
  /** Edits the platform takes, of all messages together; Infinity: it does not count them so. */
  editsAMinute: number
}

/** What a person said to the bot on a platform: a slash command, or a button standing for one. */
export type Utterance = {
  platform: string
  account: string
  /** The name to show when the account belongs to nobody in `people`. */
  accountName: string
  channel: string
  /** Without the slash: `incident ack 12`. */
  text: string
}

/** `private`: only the person who asked sees it. `undone`: it came to nothing, and may be said again, in the same words or better ones. */
export type Reply = { visibility: 'private' | 'channel'; message: Message; undone?: true }

/** Runs what was said. Never throws: an error is a private reply. Null: nothing to say, the room shows the effect. */
export type Dispatch = (utterance: Utterance) => Promise<Reply | null>

/**
 * Somebody did something to a message. `mark`: pinned it, marked it with 📌, or took that away; `change`: edited or deleted it.
 * How it is by now tells `MessageOperations.read`.
 */
export type Touch = {
  platform: string
  channel: string
  message: string
  account: string | null
  what: 'mark' | 'change'
}

export type ReadFile = {
  id: string
  name: string
  /** Bytes; null: the platform does not say. */
  size: number | null
  /** Where it is; only `download` can make use of it. */
  address: string
}

/** A message as it is now. Mentions in `text` are `<@account>`. */
export type ReadMessage = {
  account: string | null
  accountName: string
  at: Date
  text: string
  /** Why the words could not be read; absent: they could. */
  unread?: string
  /** Pinned, or marked with 📌 by anybody. */
  isMarked: boolean
  /** The bot's own. */
  isOwn: boolean
  files: ReadFile[]
}

/** Reading what people wrote, for the timeline. */
export type MessageOperations = {
  /** Null: it was deleted. */
  read(channel: string, message: string): Promise<ReadMessage | null>
  /** Its bytes. Throws PermanentError when it is larger than `atMost` bytes, or the bot may not have it. */
  download(file: ReadFile, atMost: number): Promise<Uint8Array>
}

/** Tells how things are: null when all is well, otherwise why not, in a line without secrets. */
export type Standing = (problem: string | null) => void

/** Who is told what a platform hears, and how it is. */
export type ChatListener = {
  dispatch: Dispatch
  /** Null: connected, and the platform knows who it is. Before the first report it is still connecting. */
  standing: Standing
  /** Hears of messages that people touch. Absent: nobody wants to know. */
  touched?: (touch: Touch) => Promise<void>
}

/**
 * Messages of one turn of telling a room, in our own database: each answers at once, and they are there when they are `written`,
 * all or none. A key that is posted twice is there once, so that nothing has to be written down before.
 */
export type Sheet = Pick<ChatPlatform, 'post' | 'update'> & { written(): Promise<void> }

export interface ChatPlatform {
  /** Also the key under `people.<person>` in tocsin.yaml that holds a person's account here. */
  readonly name: string
  readonly capabilities: Capabilities
  /** Resolves once the platform can send; a platform that is down keeps trying by itself and does not reject. */
  start(listener: ChatListener): Promise<void>
  stop(): Promise<void>
  post(post: Post): Promise<Posted>
  /** Where the message with this mark was posted, as far back as the platform lets one look; null: nowhere. */
  find(to: Destination, mark: Mark): Promise<MessageRef | null>
  /** Many looked for in one channel at once, by key; those that are nowhere are left out. Absent: each by itself. */
  findAll?(channel: string, marks: Mark[]): Promise<Map<string, MessageRef>>
  update(ref: MessageRef, message: Message, accounts: Record<string, string>): Promise<void>
  /** Absent: a message is sent, and may be lost or doubled on the way. */
  sheet?(): Sheet
  /** Draws a message as if it were to be sent, so that the code has run when one is. Absent: there is nothing to draw. */
  rehearse?(message: Message): void
  readonly rooms: RoomOperations | null
  /** Null: the platform knows no groups of people. */
  readonly groups: GroupOperations | null
  /** Absent: the platform cannot be read. */
  readonly messages?: MessageOperations
}
