// The one Discord server ("guild" in its API) the bot works in, its channels by name, and who belongs to it.
import { type APIChannel, ChannelType, type RESTAPIPartialCurrentUserGuild, Routes } from 'discord.js'
import { PermanentError } from '../../errors.ts'
import type { DiscordApi } from './api.ts'
import { isUnknownMember } from './errors.ts'

/** A channel of the server, as far as it matters here. */
export type ServerChannel = {
  id: string
  type: ChannelType
  name: string
  topic: string | null
  /** The category it is in. */
  parent: string | null
}

export class Server {
  readonly #api: DiscordApi
  readonly #people: DiscordApi
  #id: string | null
  /** One question for all who want to know. */
  #asking: Promise<string> | null = null
  /** Ids of text channels by name, as last seen. */
  #byName = new Map<string, string>()
  #looking: Promise<unknown> = Promise.resolve()
  /** The look that has not begun yet. */
  #nextLook: Promise<ServerChannel[]> | null = null

  /** `people`: for what a person waits for. `configured`: `discord.guild`; null: the only server the bot is in. */
  constructor(api: DiscordApi, people: DiscordApi, configured: string | null) {
    this.#api = api
    this.#people = people
    this.#id = configured
  }

  /** As far as it is clear; asks nobody. */
  get known(): string | null {
    return this.#id
  }

  /** Throws PermanentError, naming `discord.guild` or the address to invite the bot at, while it is not clear. */
  id(): Promise<string> {
    if (this.#id !== null) return Promise.resolve(this.#id)
    this.#asking ??= this.#onlyServer().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #onlyServer(): Promise<string> {
    const doing = { what: 'list the servers the bot is in' }
    const servers = await this.#api.call<RESTAPIPartialCurrentUserGuild[]>(doing, 'get', Routes.userGuilds())
    const [only, ...others] = servers
    if (only === undefined) {
      throw new PermanentError('The bot is in no Discord server yet; invite it (scopes bot and applications.commands)')
    }
    if (others.length > 0) {
      const names = servers.map((server) => `${server.id} (${server.name})`).join(', ')
      throw new PermanentError(`The bot is in several Discord servers; set discord.guild to one of ${names}`)
    }
    this.#id = only.id
    return only.id
  }

  /** Who asks while a look is under way shares the next: it shows all that was there when it was asked for. */
  channels(): Promise<ServerChannel[]> {
    this.#nextLook ??= this.#looking.then(() => {
      this.#nextLook = null
      return this.#look()
    })
    this.#looking = this.#nextLook.catch(() => undefined)
    return this.#nextLook
  }

  async #look(): Promise<ServerChannel[]> {
    const doing = { what: 'list the channels of the server' }
    const all = await this.#api.call<APIChannel[]>(doing, 'get', Routes.guildChannels(await this.id()))
    const channels = all.map((channel) => ({
      id: channel.id,
      type: channel.type,
      name: channel.name ?? '',
      topic: ('topic' in channel ? channel.topic : null) ?? null,
      parent: ('parent_id' in channel ? channel.parent_id : null) ?? null,
    }))
    this.#byName = new Map(channels.filter(isTextual).map((channel) => [channel.name, channel.id]))
    return channels
  }

  /** The id of a channel given by id or name, with or without `#`. Throws PermanentError when there is none. */
  async channelId(idOrName: string): Promise<string> {
    if (isId(idOrName)) return idOrName
    const name = bareName(idOrName)
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    await this.channels()
    const found = this.#byName.get(name)
    if (found === undefined) {
      throw new PermanentError(
        `Discord has no text channel #${name} that the bot can see; create it, or name another one under discord`,
      )
    }
    return found
  }

  /** The id of a channel that Discord says it does not know, as Discord lists it now; null when it does not. */
  async channelAnew(idOrName: string): Promise<string | null> {
    const channels = await this.channels()
    if (isId(idOrName)) return channels.some(({ id }) => id === idOrName) ? idOrName : null
    return this.#byName.get(bareName(idOrName)) ?? null
  }

  async hasMember(account: string): Promise<boolean> {
    try {
      await this.#people.call({ what: 'look up a member' }, 'get', Routes.guildMember(await this.id(), account))
      return true
    } catch (error) {
      if (isUnknownMember(error)) return false
      throw error
    }
  }
}

function isId(idOrName: string): boolean {
  return /^\d{17,20}$/.test(idOrName)
}

function bareName(name: string): string {
  return name.replace(/^#/, '')
}

function isTextual(channel: { type: ChannelType }): boolean {
  return channel.type === ChannelType.GuildText || channel.type === ChannelType.GuildAnnouncement
}
