// Rooms are text channels in a category of their own. All but opening one is best effort for the caller.
import {
  type APIGuildChannel,
  type APIRole,
  type APITextChannel,
  ChannelType,
  OverwriteType,
  PermissionFlagsBits,
  Routes,
} from 'discord.js'
import { PermanentError, reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { carried, carries } from '../mark.ts'
import type { Room, RoomOperations, RoomRequest } from '../platform.ts'
import type { DiscordApi } from './api.ts'
import { fitLine } from './cut.ts'
import { escapeText } from './dialect.ts'
import { isRefusedParent } from './errors.ts'
import { channel as limits } from './limits.ts'
import { type Messages, madeAt } from './messages.ts'
import { isAccount } from './render.ts'
import type { Server, ServerChannel } from './server.ts'
import type { Topics } from './topics.ts'

const categoryName = 'Incidents'

export type RoomParts = { api: DiscordApi; server: Server; messages: Messages; topics: Topics; log: Log }

export function discordRooms(parts: RoomParts): RoomOperations {
  const { api, server, messages } = parts
  const categories = new Categories(parts)
  const seen = new Map<string, Seen>()
  return {
    open: (request) => open(parts, categories, request),

    setTopic: (channel, topic) => parts.topics.set(channel, topic),

    /** It carries no key that people would have to read: it is found again by what it says. */
    async bookmark(channel, title, url, resumed) {
      const content = `📌 **${fitLine(escapeText(title), 200).text}**: <${url.replaceAll(/[<>\s]/g, encodeURIComponent)}>`
      const body = { content, embeds: [], components: [], allowed_mentions: { parse: [] } }
      const earlier = resumed ? await messages.findOwn(channel, (message) => message.content === content) : null
      const { id } =
        earlier ??
        (await messages.create(
          channel,
          { body, files: [] },
          {
            key: `${channel}/bookmark/${url}`,
          },
        ))
      const doing = { what: 'pin a link', needs: 'Pin Messages' }
      await api.call(doing, 'put', Routes.channelMessagesPin(channel, id))
    },

    async invite(channel, account) {
      if (!isAccount(account)) throw new PermanentError(`“${account}” is not a Discord user id`)
      if (await seenLately(seen, channel, async () => everybodySees(api, channel, await server.id()))) return
      const allow = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages
      await api.call(
        { what: 'let a person into the room', needs: 'Manage Roles' },
        'put',
        Routes.channelPermission(channel, account),
        {
          body: {
            type: OverwriteType.Member,
            allow: String(allow | PermissionFlagsBits.ReadMessageHistory),
            deny: '0',
          },
        },
      )
    },
  }
}

/** The mark stands on a line of its own in the topic, which the client's header does not show, until the topic is set. */
async function open(parts: RoomParts, categories: Categories, request: RoomRequest): Promise<Room> {
  const { server, topics, log } = parts
  const guild = await server.id()
  const channels = await server.channels()
  const texts = channels.filter((channel) => channel.type === ChannelType.GuildText)
  const own = texts.find((channel) =>
    channel.topic?.split('\n').some((line) => carries(line, request, madeAt(channel.id))),
  )
  if (own !== undefined) return asRoom(guild, own)
  const mark = carried(request)
  const body = {
    type: ChannelType.GuildText,
    name: freeName(request.name, new Set(texts.map((channel) => channel.name))),
    topic: `${fitLine(request.topic, limits.topic - mark.length - 2).text}\n\n${mark}`,
  }
  const parent = await categories.withRoom(guild, channels)
  const made = await make(parts.api, guild, body, parent).catch(async (error: unknown) => {
    if (!isRefusedParent(error)) throw error
    // Others opened rooms since the look, or somebody deleted the category.
    log.warn({ reason: reasonOf(error) }, 'a room is opened in another category')
    await categories.forget(parent)
    const other = await categories.withRoom(guild, await server.channels())
    return make(parts.api, guild, body, other === parent ? null : other)
  })
  topics.opened(made.id, request.topic)
  return asRoom(guild, { id: made.id, name: made.name })
}

/** Milliseconds without an answer that say that Discord is slow, and those that it is given from then on to be done. */
const slow = 5_000
const slowness = 15_000

async function make(api: DiscordApi, guild: string, body: object, parent: string | null): Promise<APITextChannel> {
  const doing = { what: 'open the room', needs: 'Manage Channels' }
  const request = { body: parent === null ? body : { ...body, parent_id: parent } }
  const since = performance.now()
  try {
    return await api.call<APITextChannel>(doing, 'post', Routes.guildChannels(guild), request)
  } catch (error) {
    const isSlow = error instanceof TransientError && error.retryAfter === null && performance.now() - since > slow
    // Nothing keeps a second room from being made while the first is not to be seen yet.
    throw isSlow ? new TransientError(error.message, { cause: error, shownAfter: slowness }) : error
  }
}

function asRoom(guild: string, channel: { id: string; name: string }): Room {
  return { channel: channel.id, name: `#${channel.name}`, url: `https://discord.com/channels/${guild}/${channel.id}` }
}

/** Discord lets two channels have one name; people cannot tell them apart. */
function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let n = 2; taken.has(free); n++) free = `${name.slice(0, limits.name - 5)}-${n}`
  return free
}

/** The categories rooms go into: one more whenever those that there are have no room left. */
class Categories {
  readonly #parts: RoomParts
  /** Made by this process, by name: rooms that open at once share one. */
  readonly #made = new Map<string, Promise<string | null>>()

  constructor(parts: RoomParts) {
    this.#parts = parts
  }

  /** It takes no more rooms, or is no more. */
  async forget(category: string | null): Promise<void> {
    for (const [name, making] of this.#made) if ((await making) === category) this.#made.delete(name)
  }

  /** Null when there is none to be had, which must not stop a room. */
  async withRoom(guild: string, channels: ServerChannel[]): Promise<string | null> {
    const ours = channels.filter(
      (c) => c.type === ChannelType.GuildCategory && c.name.toLowerCase().startsWith(categoryName.toLowerCase()),
    )
    const roomy = ours.find((c) => channels.filter((o) => o.parent === c.id).length < limits.channelsInCategory)
    if (roomy !== undefined) return roomy.id
    const name = ours.length === 0 ? categoryName : `${categoryName} ${ours.length + 1}`
    const making = this.#made.get(name) ?? this.#make(guild, name)
    this.#made.set(name, making)
    const id = await making
    if (id === null) this.#made.delete(name)
    return id
  }

  async #make(guild: string, name: string): Promise<string | null> {
    const { api, log } = this.#parts
    try {
      const doing = { what: 'make a category for rooms', needs: 'Manage Channels' }
      const body = { name, type: ChannelType.GuildCategory }
      return (await api.call<APIGuildChannel>(doing, 'post', Routes.guildChannels(guild), { body })).id
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'the room opens outside a category')
      return null
    }
  }
}

type Seen = { until: number; byAll: Promise<boolean> }

/** Milliseconds for which it stays known who sees a channel: asked for each person of a step, it took half the requests of a storm. */
const knownFor = 60_000

function seenLately(seen: Map<string, Seen>, channel: string, look: () => Promise<boolean>): Promise<boolean> {
  const now = performance.now()
  for (const [one, { until }] of seen) if (until < now) seen.delete(one)
  const known = seen.get(channel)
  if (known !== undefined) return known.byAll
  const byAll = look()
  byAll.catch(() => seen.delete(channel))
  seen.set(channel, { until: now + knownFor, byAll })
  return byAll
}

/** In a public channel there is nobody to let in, and the permission to do so is not needed. */
async function everybodySees(api: DiscordApi, channel: string, guild: string): Promise<boolean> {
  const doing = { what: 'see who may enter the room', needs: 'View Channel' }
  const view = PermissionFlagsBits.ViewChannel
  const { permission_overwrites: overwrites = [] } = await api.call<APITextChannel>(
    doing,
    'get',
    Routes.channel(channel),
  )
  // The role that everybody has carries the server's own id.
  const everyone = overwrites.find((overwrite) => overwrite.id === guild)
  if (everyone !== undefined && (BigInt(everyone.deny) & view) !== 0n) return false
  if (everyone !== undefined && (BigInt(everyone.allow) & view) !== 0n) return true
  const roles = await api.call<APIRole[]>(doing, 'get', Routes.guildRoles(guild))
  const permissions = roles.find((role) => role.id === guild)?.permissions ?? '0'
  return (BigInt(permissions) & (view | PermissionFlagsBits.Administrator)) !== 0n
}
