// What the stand-in Discord knows: servers, people, channels, messages. Ids are real snowflakes, because discord.js reads them.
export type Person = {
  id: string
  username: string
  bot: boolean
  /** Ids of the servers the person is in. */
  guilds: Set<string>
  acceptsDirectMessages: boolean
}

type Overwrite = { id: string; type: number; allow: string; deny: string }

export type Channel = {
  id: string
  /** 0 text, 1 direct, 4 category. */
  type: 0 | 1 | 4
  guild: string | null
  name: string
  topic: string | null
  parent: string | null
  overwrites: Overwrite[]
  /** Of a direct channel: whom the bot talks to. */
  recipient: string | null
  pins: string[]
  messages: Message[]
}

export type Button = { label: string; custom_id: string; style: number }
export type Embed = {
  title?: string
  description?: string
  color?: number
  fields?: { name: string; value: string; inline?: boolean }[]
  footer?: { text: string }
  image?: { url: string }
}
export type Attachment = { id: string; filename: string; description: string | null; size: number; bytes: Uint8Array }

export type Message = {
  id: string
  channel: string
  author: string
  content: string
  embeds: Embed[]
  rows: Button[][]
  attachments: Attachment[]
  nonce: string | null
  ephemeral: boolean
  /** Whom it notified. */
  mentions: string[]
  mentionsEverybody: boolean
  edited: number
  /** Accounts that reacted, by emoji. */
  reactions?: Map<string, Set<string>>
  pinned?: boolean
  /** What was forwarded: the message itself is empty then. */
  forwarded?: Pick<Message, 'content' | 'attachments'>
  /** Components that are no buttons. */
  laidOut?: object[]
  /** What Discord calls its kind; absent: what people write. */
  type?: number
}

export type Guild = { id: string; name: string; everyonePermissions: bigint }

let serial = 0n
export function snowflake(): string {
  serial += 1n
  return String(((BigInt(Date.now()) - 1_420_070_400_000n) << 22n) + serial)
}

export class World {
  readonly application = snowflake()
  readonly bot: Person
  readonly guilds: Guild[] = []
  readonly people: Person[] = []
  readonly channels: Channel[] = []
  /** The permission Mention Everyone of the bot's role. */
  mayCallEverybody = true
  /** Switched on in the developer portal. */
  messageContent = false
  /** Where files are fetched. */
  filesAt = ''

  constructor() {
    this.bot = { id: snowflake(), username: 'tocsin', bot: true, guilds: new Set(), acceptsDirectMessages: false }
  }

  addGuild(name: string): Guild {
    const guild = { id: snowflake(), name, everyonePermissions: 1024n | 2048n }
    this.guilds.push(guild)
    this.bot.guilds.add(guild.id)
    return guild
  }

  addPerson(username: string, guild: string | null, bot = false): Person {
    const guilds = new Set(guild === null ? [] : [guild])
    const person = { id: snowflake(), username, bot, guilds, acceptsDirectMessages: true }
    this.people.push(person)
    return person
  }

  addChannel(channel: Partial<Channel> & { name: string }): Channel {
    const made: Channel = {
      id: snowflake(),
      type: 0,
      guild: null,
      topic: null,
      parent: null,
      overwrites: [],
      recipient: null,
      pins: [],
      messages: [],
      ...channel,
    }
    this.channels.push(made)
    return made
  }

  person(id: string): Person | undefined {
    return id === this.bot.id ? this.bot : this.people.find((person) => person.id === id)
  }

  channel(id: string): Channel | undefined {
    return this.channels.find((channel) => channel.id === id)
  }
}

export function userJson(person: Person) {
  const { id, username, bot } = person
  return { id, username, discriminator: '0', global_name: username, avatar: null, bot }
}

export function channelJson(channel: Channel) {
  const { id, type, name, topic, overwrites } = channel
  if (type === 1) return { id, type, last_message_id: null, recipients: [] }
  return {
    id,
    type,
    name,
    topic,
    guild_id: channel.guild,
    parent_id: channel.parent,
    permission_overwrites: overwrites,
    position: 0,
  }
}

export function messageJson(message: Message, world: World) {
  const author = world.person(message.author) ?? world.bot
  const mayRead = world.messageContent || author === world.bot || message.mentions.includes(world.bot.id)
  const { forwarded } = message
  const files = (attachments: Attachment[]) =>
    (mayRead ? attachments : []).map(({ id, filename, description, size }) => ({
      ...{ id, filename, description, size },
      url: `${world.filesAt}/attachments/${message.channel}/${id}/${filename}`,
    }))
  return {
    id: message.id,
    channel_id: message.channel,
    author: userJson(author),
    content: mayRead ? message.content : '',
    embeds: mayRead ? message.embeds : [],
    components: [
      ...message.rows.map((row) => ({ type: 1, components: row.map((button) => ({ type: 2, ...button })) })),
      ...(mayRead ? (message.laidOut ?? []) : []),
    ],
    attachments: files(message.attachments),
    ...(forwarded && {
      message_reference: { type: 1, message_id: '1' },
      message_snapshots: [
        {
          message: {
            ...{ type: 0, embeds: [], mentions: [], flags: 0, timestamp: new Date().toISOString() },
            ...{ content: mayRead ? forwarded.content : '', attachments: files(forwarded.attachments) },
          },
        },
      ],
    }),
    mentions: message.mentions.flatMap((id) => world.person(id) ?? []).map(userJson),
    mention_everyone: message.mentionsEverybody,
    mention_roles: [],
    timestamp: new Date().toISOString(),
    edited_timestamp: message.edited > 0 ? new Date().toISOString() : null,
    flags: message.ephemeral ? 64 : 0,
    pinned: message.pinned ?? false,
    ...(message.reactions?.size && {
      reactions: [...message.reactions].map(([name, users]) => ({
        ...{ count: users.size, me: false, me_burst: false, burst_colors: [] },
        ...{ count_details: { burst: 0, normal: users.size }, emoji: { id: null, name } },
      })),
    }),
    tts: false,
    type: message.type ?? 0,
  }
}
