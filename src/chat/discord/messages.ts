// Writing messages, and finding one again by its key after a crash between sending it and knowing that it was sent.
import { createHash } from 'node:crypto'
import { AllowedMentionsTypes, type APIChannel, type APIMessage, type APIUser, Routes, SnowflakeUtil } from 'discord.js'
import { PermanentError } from '../../errors.ts'
import { carried, carries, type Mark } from '../mark.ts'
import type { MessageRef, Posted } from '../platform.ts'
import type { DiscordApi, Method } from './api.ts'
import { type Doing, isHarmfulLink } from './errors.ts'
import { message as limits } from './limits.ts'
import { isAccount, type Rendered } from './render.ts'

/** Messages looked through for a key: what a room may say while the bot is away. */
const searchPages = 5
const pageSize = 100

/** Milliseconds by which Discord's clock may be behind the database's; nobody restores a database as quickly. */
const clocksApart = 5_000

const unheard = 'Discord let it notify nobody; give its role Mention Everyone'

const canPost = 'View Channel, Send Messages, Embed Links and Attach Files'

export class Messages {
  readonly #api: DiscordApi
  /** Direct-message channels by account; Discord gives the same one each time. */
  readonly #direct = new Map<string, Promise<string>>()
  /** Ids of those channels. */
  readonly #opened = new Set<string>()
  #self: string | null = null

  constructor(api: DiscordApi) {
    this.#api = api
  }

  /** The channel of direct messages with a person. Throws PermanentError when `account` is no Discord id. */
  direct(account: string): Promise<string> {
    const known = this.#direct.get(account)
    if (known !== undefined) return known
    // Pages that come together share one opening: Discord lets a bot open few, and somebody else's would wait behind them.
    const opening = this.#open(account)
    this.#direct.set(account, opening)
    opening.catch(() => this.#direct.delete(account))
    return opening
  }

  /** Discord does not know the channel that it opened: the next message asks for it again. */
  forget(account: string): void {
    this.#direct.delete(account)
  }

  async #open(account: string): Promise<string> {
    if (!isAccount(account)) {
      throw new PermanentError(
        `“${account}” is not a Discord user id (17 to 20 digits); correct \`discord\` under \`people\``,
      )
    }
    const doing = { what: 'open direct messages with a person' }
    const request = { body: { recipient_id: account } }
    const { id } = await this.#api.call<APIChannel>(doing, 'post', Routes.userChannels(), request)
    this.#opened.add(id)
    return id
  }

  /** Whether a channel is one of direct messages, as far as this process has opened it. */
  isDirect(channel: string): boolean {
    return this.#opened.has(channel)
  }

  /**
   * Discord itself drops a second message with the same nonce for a few minutes; `find` covers what is older. The nonce names the
   * channel: Discord compares all of the bot's messages, and what a room that was deleted had is said anew elsewhere. It names the
   * key alone, as the version before does; what Discord answers with may be of an incident that had the number a moment ago.
   */
  async create(channel: string, rendered: Pick<Rendered, 'body' | 'files'>, mark: Mark): Promise<Posted> {
    const taken = await this.#create(channel, rendered, mark.key)
    const isIt = mark.opened === undefined || doesCarry(taken, mark) || isEditedSince(taken, mark.opened)
    const message = isIt ? taken : await this.#create(channel, rendered, carried(mark))
    const posted = { channel: message.channel_id, id: message.id }
    // Without the permission Discord takes the message and rings nobody.
    const isCall = rendered.body.allowed_mentions.parse?.some((parse) => parse === AllowedMentionsTypes.Everyone)
    return isCall && !message.mention_everyone ? { ...posted, unheard } : posted
  }

  #create(channel: string, { body, files }: Pick<Rendered, 'body' | 'files'>, name: string): Promise<APIMessage> {
    const doing = { what: 'post a message', needs: canPost }
    const once = { nonce: nonce(`${channel}/${name}`), enforce_nonce: true }
    return this.#write(doing, 'post', Routes.channelMessages(channel), { body: { ...body, ...once }, files })
  }

  /**
   * Discord refuses what leads to an address that it holds to be harmful. An alert about just that must wake somebody all the same: it is
   * written with addresses that lead nowhere.
   */
  async #write(doing: Doing, method: Method, route: `/${string}`, rendered: Pick<Rendered, 'body' | 'files'>) {
    try {
      return await this.#api.call<APIMessage>(doing, method, route, rendered)
    } catch (error) {
      if (!isHarmfulLink(error)) throw error
      const { content, embeds } = rendered.body
      const body = { ...rendered.body, ...JSON.parse(leadingNowhere(JSON.stringify({ content, embeds }))) }
      return await this.#api.call<APIMessage>(doing, method, route, { ...rendered, body })
    }
  }

  async edit(ref: MessageRef, rendered: Rendered): Promise<void> {
    const doing = { what: 'change a message', needs: canPost }
    const route = Routes.channelMessage(ref.channel, ref.id)
    await this.#write(doing, 'patch', route, { body: rendered.body, files: rendered.files })
  }

  /** The bot's own message that carries the mark, among the channel's latest; null when there is none. */
  find(channel: string, mark: Mark): Promise<MessageRef | null> {
    return this.findOwn(channel, (message) => doesCarry(message, mark))
  }

  /** The bot's own message that `fits`, among the channel's latest; null when there is none. */
  async findOwn(channel: string, fits: (message: APIMessage) => boolean): Promise<MessageRef | null> {
    const self = await this.me()
    const doing = { what: 'look for an earlier message', needs: 'View Channel and Read Message History' }
    let before = ''
    for (let page = 0; page < searchPages; page++) {
      const query = new URLSearchParams({ limit: String(pageSize), ...(before === '' ? {} : { before }) })
      const found = await this.#api.call<APIMessage[]>(doing, 'get', Routes.channelMessages(channel), { query })
      const own = found.find((message) => message.author.id === self && fits(message))
      if (own !== undefined) return { channel: own.channel_id, id: own.id }
      const oldest = found.at(-1)
      if (oldest === undefined || found.length < pageSize) return null
      before = oldest.id
    }
    return null
  }

  /** The bot's own account. */
  async me(): Promise<string> {
    this.#self ??= (await this.#api.call<APIUser>({ what: 'tell who the bot is' }, 'get', Routes.user())).id
    return this.#self
  }
}

/** Discord's ids tell when something was made. https://discord.com/developers/docs/reference#snowflakes */
export function madeAt(id: string): Date {
  return new Date(SnowflakeUtil.timestampFrom(id))
}

function doesCarry({ id, embeds }: APIMessage, mark: Mark): boolean {
  return embeds.some(({ footer }) => footer !== undefined && carries(footer.text, mark, madeAt(id)))
}

/** An edit leaves no mark: then it is told by when it was made. */
function isEditedSince({ id, embeds }: APIMessage, opened: Date): boolean {
  return embeds.every(({ footer }) => footer === undefined) && madeAt(id).getTime() > opened.getTime() - clocksApart
}

/** As people who fight such addresses write them to each other. */
function leadingNowhere(text: string): string {
  return text.replaceAll(/http(?=s?:)/gi, 'hxxp')
}

/** At most 25 characters, the same for the same key. */
function nonce(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, limits.nonce)
}
