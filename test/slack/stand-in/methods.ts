// The Web API methods that exist here, each from its page at https://docs.slack.dev/reference/methods/<name>/: required
// arguments, the scopes of which the token needs all, and the errors that page names. Any other method is unknown_method.
import { checkBlocks } from './blocks.ts'
import { groupMethods } from './groups.ts'
import { type Json, Refusal, type StandInChannel, type StandInMessage, type Workspace } from './workspace.ts'

export type Args = Record<string, string>
export type Method = {
  required: string[]
  /** Scopes by what the call is about. */
  scopes: (args: Args, workspace: Workspace) => string[]
  run: (workspace: Workspace, args: Args, base: string) => Json
}

const always =
  (...scopes: string[]) =>
  () =>
    scopes
const byKind: Record<StandInChannel['kind'], string> = { public: 'channels', private: 'groups', im: 'im' }

export const methods: Record<string, Method> = {
  ...groupMethods,
  'auth.test': {
    required: [],
    scopes: always(),
    run: (w) => ({
      url: 'https://acme.slack.com/',
      team: 'Acme',
      user: 'tocsin',
      team_id: w.teamId,
      user_id: w.botUserId,
      bot_id: w.botId,
    }),
  },
  'chat.postMessage': { required: ['channel'], scopes: always('chat:write'), run: postMessage },
  'chat.update': { required: ['channel', 'ts'], scopes: always('chat:write'), run: update },
  'chat.postEphemeral': {
    required: ['channel', 'user'],
    scopes: always('chat:write'),
    run: (w, args) => {
      const channel = w.writable(args.channel!)
      if (!channel.members.has(args.user!)) throw new Refusal('user_not_in_channel')
      const message = w.add({ channel: channel.id, ...content(args), ephemeralFor: args.user! })
      return { message_ts: message.ts }
    },
  },
  'conversations.create': { required: ['name'], scopes: always('channels:manage'), run: create },
  'conversations.join': {
    required: ['channel'],
    scopes: always('channels:join'),
    run: (w, args) => {
      const channel = w.channel(args.channel!)
      if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type')
      if (channel.archived) throw new Refusal('is_archived')
      channel.members.add(w.botUserId)
      w.change()
      return { channel: described(channel) }
    },
  },
  'conversations.invite': { required: ['channel', 'users'], scopes: always('channels:manage'), run: invite },
  'conversations.setTopic': {
    required: ['channel', 'topic'],
    scopes: always('channels:manage'),
    run: (w, args) => describe(w, args, 'topic'),
  },
  'conversations.setPurpose': {
    required: ['channel', 'purpose'],
    scopes: always('channels:manage'),
    run: (w, args) => describe(w, args, 'purpose'),
  },
  'conversations.open': {
    required: ['users'],
    scopes: always('im:write'),
    run: (w, args) => {
      const person = w.people.get(args.users!)
      if (person === undefined) throw new Refusal('user_not_found')
      if (person.isDeactivated) throw new Refusal('user_disabled')
      if (person.isBot) throw new Refusal('cannot_dm_bot')
      return { channel: { id: w.directMessage(person.id).id } }
    },
  },
  'conversations.list': {
    required: [],
    scopes: (args) =>
      (args.types ?? 'public_channel')
        .split(',')
        .map((t) => (t === 'private_channel' ? 'groups:read' : 'channels:read')),
    run: (w, args) => {
      const types = (args.types ?? 'public_channel').split(',')
      const seen = [...w.channels.values()].filter(
        (c) =>
          (c.kind === 'public' && types.includes('public_channel')) ||
          (c.kind === 'private' && types.includes('private_channel') && c.members.has(w.botUserId)),
      )
      const { page, next } = paged(seen, args, 1000)
      return { channels: page.map(described), response_metadata: { next_cursor: next } }
    },
  },
  'conversations.history': {
    required: ['channel'],
    scopes: (args, w) => [`${byKind[w.channel(args.channel!).kind]}:history`],
    run: (w, args) => {
      // Takes ids only.
      if (!w.channels.has(args.channel!)) throw new Refusal('channel_not_found')
      const channel = w.writable(args.channel!)
      const visible = w.messages.filter((m) => m.channel === channel.id && m.ephemeralFor === null).reverse()
      const { page, next } = paged(visible, args, 999)
      const withMetadata = args.include_all_metadata === 'true'
      return {
        messages: page.map((m) => shown(m, w, withMetadata)),
        has_more: next !== '',
        response_metadata: { next_cursor: next },
      }
    },
  },
  'conversations.replies': {
    required: ['channel', 'ts'],
    scopes: (args, w) => [`${byKind[w.channel(args.channel!).kind]}:history`],
    run: (w, args) => {
      if (!w.channels.has(args.channel!)) throw new Refusal('channel_not_found')
      const channel = w.writable(args.channel!)
      const asked = w.find(channel.id, args.ts!)
      if (asked === undefined) throw new Refusal('thread_not_found')
      const parent = asked.thread ?? asked.ts
      const isIn = (ts: string) => ts >= (args.oldest ?? '') && ts <= (args.latest ?? '~')
      // The message that a thread hangs on always comes along.
      const thread = w.messages.filter(
        (m) => m.channel === channel.id && (m.ts === parent || (m.thread === parent && isIn(m.ts))),
      )
      const { page, next } = paged(thread, args, 1000)
      return { messages: page.map((m) => shown(m, w, false)), has_more: next !== '' }
    },
  },
  'users.info': {
    required: ['user'],
    scopes: always('users:read'),
    run: (w, args) => {
      const person = w.people.get(args.user!)
      if (person === undefined) throw new Refusal('user_not_found')
      const { id, name, isBot, isDeactivated } = person
      const account = { id, name, is_bot: isBot, deleted: isDeactivated }
      return { user: { ...account, profile: { display_name: '' }, real_name: `${name} (real)` } }
    },
  },
  'bookmarks.list': {
    required: ['channel_id'],
    scopes: always('bookmarks:read'),
    run: (w, args) => ({ bookmarks: w.writable(args.channel_id!).bookmarks }),
  },
  'bookmarks.add': {
    required: ['channel_id', 'title', 'type'],
    scopes: always('bookmarks:write'),
    run: (w, args) => {
      if (args.type !== 'link') throw new Refusal('invalid_bookmark_type')
      if (!URL.canParse(args.link ?? '')) throw new Refusal('invalid_link')
      const bookmark = { id: w.id('Bk'), title: args.title!, link: args.link!, type: 'link' }
      w.writable(args.channel_id!).bookmarks.push(bookmark)
      w.change()
      return { bookmark }
    },
  },
  'files.getUploadURLExternal': {
    required: ['filename', 'length'],
    scopes: always('files:write'),
    run: (w, args, base) => {
      const file = {
        id: w.id('F'),
        name: args.filename!,
        title: '',
        altText: args.alt_text ?? '',
        content: Buffer.alloc(0),
        channel: null,
      }
      w.files.set(file.id, file)
      return { upload_url: `${base}/upload/${file.id}?length=${args.length}`, file_id: file.id }
    },
  },
  'files.completeUploadExternal': { required: ['files'], scopes: always('files:write'), run: completeUpload },
}

/** What a message may carry, checked; also used for what arrives at a response_url. */
export function content(args: Args): Pick<StandInMessage, 'text' | 'blocks'> {
  const text = args.text ?? ''
  if (text.length > 40_000) throw new Refusal('msg_too_long')
  const blocks = args.blocks === undefined ? [] : checkBlocks(json(args.blocks, 'invalid_blocks_format'))
  if (text === '' && blocks.length === 0) throw new Refusal('no_text')
  return { text, blocks }
}

function postMessage(w: Workspace, args: Args): Json {
  const channel = w.people.has(args.channel!) ? w.directMessage(args.channel!) : w.writable(args.channel!)
  const metadata = args.metadata === undefined ? null : (json(args.metadata, 'invalid_metadata_format') as Json)
  if (metadata !== null && (typeof metadata.event_type !== 'string' || typeof metadata.event_payload !== 'object')) {
    throw new Refusal('invalid_metadata_schema')
  }
  const message = w.add({ channel: channel.id, ...content(args), metadata })
  return { channel: channel.id, ts: message.ts, message: shown(message, w, true) }
}

function update(w: Workspace, args: Args): Json {
  // Takes ids only: a user's id or a name is not found.
  if (!w.channels.has(args.channel!)) throw new Refusal('channel_not_found')
  const channel = w.writable(args.channel!)
  const message = w.find(channel.id, args.ts!)
  if (message === undefined) throw new Refusal('message_not_found')
  if (message.user !== w.botUserId) throw new Refusal('cant_update_message')
  // Its page says characters, and it counts bytes.
  if (Buffer.byteLength(args.text ?? '') > 4000) throw new Refusal('msg_too_long')
  Object.assign(message, content(args))
  if (args.metadata !== undefined) message.metadata = json(args.metadata, 'invalid_metadata_format') as Json
  message.edited += 1
  w.change()
  return { channel: channel.id, ts: message.ts, text: message.text }
}

function create(w: Workspace, args: Args): Json {
  const name = args.name!
  if (name === '') throw new Refusal('invalid_name_required')
  if (name.length > 80) throw new Refusal('invalid_name_maxlength')
  if (!/^[a-z0-9_-]+$/.test(name)) throw new Refusal('invalid_name_specials')
  if (/^[_-]+$/.test(name)) throw new Refusal('invalid_name_punctuation')
  // Archived ones and those the bot cannot see count as well.
  if ([...w.channels.values()].some((c) => c.name === name)) throw new Refusal('name_taken')
  const kind = args.is_private === 'true' ? 'private' : 'public'
  return { channel: described(w.addChannel({ name, kind, members: new Set([w.botUserId]) })) }
}

function invite(w: Workspace, args: Args): Json {
  const channel = w.writable(args.channel!)
  for (const id of args.users!.split(',')) {
    const person = w.people.get(id)
    if (person === undefined) throw new Refusal('user_not_found')
    if (id === w.botUserId) throw new Refusal('cant_invite_self')
    if (channel.members.has(id)) throw new Refusal('already_in_channel')
    channel.members.add(id)
  }
  w.change()
  return { channel: described(channel) }
}

function describe(w: Workspace, args: Args, what: 'topic' | 'purpose'): Json {
  const channel = w.writable(args.channel!)
  const text = args[what]!
  if (text.length > 250) throw new Refusal('too_long')
  channel[what] = text
  w.change()
  return { channel: described(channel) }
}

function completeUpload(w: Workspace, args: Args): Json {
  const wanted = json(args.files!, 'invalid_arguments') as { id: string; title?: string }[]
  const channel = args.channel_id === undefined ? null : w.writable(args.channel_id)
  const files = wanted.map(({ id, title }) => {
    const file = w.files.get(id)
    if (file === undefined || file.content.length === 0) throw new Refusal('file_not_found')
    Object.assign(file, { title: title ?? file.name, channel: channel?.id ?? null })
    return file
  })
  if (channel !== null) w.add({ channel: channel.id, text: args.initial_comment ?? '', files })
  w.change()
  return { files: files.map(({ id, title }) => ({ id, title })) }
}

function shown(m: StandInMessage, w: Workspace, withMetadata: boolean): Json {
  return {
    type: 'message',
    ts: m.ts,
    user: m.user,
    ...(m.user === w.botUserId && { bot_id: w.botId }),
    text: m.text,
    ...(m.blocks.length > 0 && { blocks: m.blocks }),
    ...(m.attachments && { attachments: m.attachments }),
    ...(m.files.length > 0 && {
      files: m.files.map(({ id, name, title, content: bytes, type }) => ({
        ...{ id, name, title, size: bytes.length, mode: 'hosted' },
        ...(type !== undefined && { url_private_download: `${w.filesAt}/files/${id}/download/${name}` }),
      })),
    }),
    ...(m.reactions.size > 0 && {
      reactions: [...m.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size })),
    }),
    ...(m.isPinned && { pinned_to: [m.channel] }),
    ...(m.thread !== null && { thread_ts: m.thread }),
    ...(withMetadata && m.metadata !== null && { metadata: m.metadata }),
  }
}

function described(c: StandInChannel): Json {
  const { id, name, creator, created, archived } = c
  return {
    id,
    name,
    creator,
    created,
    is_archived: archived,
    is_private: c.kind === 'private',
    topic: { value: c.topic },
    purpose: { value: c.purpose },
  }
}

function paged<T>(all: T[], args: Args, most: number): { page: T[]; next: string } {
  const limit = Number(args.limit ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw new Refusal('invalid_limit')
  const from = args.cursor === undefined ? 0 : Number(Buffer.from(args.cursor, 'base64').toString())
  if (Number.isNaN(from)) throw new Refusal('invalid_cursor')
  const end = from + limit
  return { page: all.slice(from, end), next: end < all.length ? Buffer.from(String(end)).toString('base64') : '' }
}

function json(text: string, code: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(code)
  }
}
