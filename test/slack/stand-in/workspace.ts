// The state of the stand-in's workspace: people, channels, messages, files. Knows no HTTP.
import { EventEmitter } from 'node:events'

export type Json = Record<string, unknown>

/** Messages to whoever is deactivated are taken all the same: https://github.com/slackapi/python-slack-sdk/issues/1156 */
export type Person = { id: string; name: string; team: string; isBot: boolean; isDeactivated: boolean }

export type StandInChannel = {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  creator: string
  created: number
  members: Set<string>
  topic: string
  purpose: string
  archived: boolean
  bookmarks: { id: string; title: string; link: string; type: string }[]
}

export type StandInGroup = { id: string; handle: string; users: string[]; disabled: boolean }

export type StandInFile = {
  id: string
  name: string
  title: string
  altText: string
  content: Buffer
  channel: string | null
  /** What it is sent as when it is fetched. */
  type?: string
}

export type StandInMessage = {
  channel: string
  ts: string
  user: string
  text: string
  blocks: Json[]
  /** What apps of the old kind write, and what Slack adds: previews of links, messages that were forwarded. */
  attachments?: Json[]
  metadata: Json | null
  files: StandInFile[]
  edited: number
  /** Who reacted, by emoji. */
  reactions: Map<string, Set<string>>
  isPinned: boolean
  /** The message of which this is an answer in a thread. */
  thread: string | null
  /** Set: only this person sees it, and it is in no history. */
  ephemeralFor: string | null
}

/** What Slack answers with `ok: false`. */
export class Refusal extends Error {
  readonly code: string
  readonly more: Json
  constructor(code: string, more: Json = {}) {
    super(code)
    this.code = code
    this.more = more
  }
}

export class Workspace {
  readonly teamId = 'T0ACME'
  readonly botUserId = 'U0TOCSIN'
  readonly botId = 'B0TOCSIN'
  /** Where files are fetched. */
  filesAt = ''
  readonly people = new Map<string, Person>()
  readonly channels = new Map<string, StandInChannel>()
  readonly messages: StandInMessage[] = []
  readonly files = new Map<string, StandInFile>()
  readonly groups: StandInGroup[] = []
  /** User groups are for paid plans. */
  paid = true
  /** Under Workspace settings: who may change user groups. */
  groupsAreForAdmins = false
  readonly changed = new EventEmitter()
  readonly #now: () => Date
  #counter = 0

  constructor(now: () => Date) {
    this.#now = now
    this.changed.setMaxListeners(0)
    this.addPerson({ id: this.botUserId, name: 'tocsin', isBot: true })
  }

  id(letter: string): string {
    this.#counter += 1
    return `${letter}${(36 ** 8 + this.#counter).toString(36).toUpperCase()}`
  }

  seconds(): number {
    return Math.floor(this.#now().getTime() / 1000)
  }

  change(): void {
    this.changed.emit('change')
  }

  addPerson(person: Partial<Person> & { id: string; name: string }): Person {
    const full = { team: this.teamId, isBot: false, isDeactivated: false, ...person }
    this.people.set(full.id, full)
    return full
  }

  addChannel(channel: Partial<StandInChannel> & { name: string }): StandInChannel {
    const full: StandInChannel = {
      id: this.id('C'),
      kind: 'public',
      creator: this.botUserId,
      created: this.seconds(),
      members: new Set(),
      topic: '',
      purpose: '',
      archived: false,
      bookmarks: [],
      ...channel,
    }
    this.channels.set(full.id, full)
    this.change()
    return full
  }

  addGroup(handle: string, users: string[]): StandInGroup {
    const group = { id: this.id('S'), handle, users, disabled: false }
    this.groups.push(group)
    return group
  }

  /** By id, or a public one by name with or without `#`; as the bot sees it, so not private ones it is not in. */
  channel(idOrName: string): StandInChannel {
    const name = idOrName.replace(/^#/, '')
    const found =
      this.channels.get(idOrName) ?? [...this.channels.values()].find((c) => c.name === name && c.kind === 'public')
    if (found === undefined) throw new Refusal('channel_not_found')
    if (found.kind !== 'public' && !found.members.has(this.botUserId)) throw new Refusal('channel_not_found')
    return found
  }

  /** A channel the bot is in and can write to. */
  writable(idOrName: string): StandInChannel {
    const channel = this.channel(idOrName)
    if (channel.archived) throw new Refusal('is_archived')
    if (!channel.members.has(this.botUserId)) throw new Refusal('not_in_channel')
    return channel
  }

  directMessage(person: string): StandInChannel {
    const found = [...this.channels.values()].find((c) => c.kind === 'im' && c.members.has(person))
    return (
      found ??
      this.addChannel({ id: this.id('D'), name: person, kind: 'im', members: new Set([person, this.botUserId]) })
    )
  }

  add(message: Partial<StandInMessage> & { channel: string }): StandInMessage {
    this.#counter += 1
    const full: StandInMessage = {
      ts: `${this.seconds()}.${String(this.#counter).padStart(6, '0')}`,
      user: this.botUserId,
      text: '',
      blocks: [],
      metadata: null,
      files: [],
      edited: 0,
      reactions: new Map(),
      isPinned: false,
      thread: null,
      ephemeralFor: null,
      ...message,
    }
    this.messages.push(full)
    this.change()
    return full
  }

  find(channel: string, ts: string): StandInMessage | undefined {
    return this.messages.find((m) => m.channel === channel && m.ts === ts && m.ephemeralFor === null)
  }
}
