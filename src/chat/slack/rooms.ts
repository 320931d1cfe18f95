// An incident's room: a public channel. Its purpose carries the mark, so that an opening that was interrupted goes on in the
// same channel.
import type { Clock } from '../../clock.ts'
import { PermanentError, reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { carried, carries, type Mark } from '../mark.ts'
import type { Room, RoomOperations, RoomRequest } from '../platform.ts'
import type { Channel, Channels } from './channels.ts'
import { asked, type SlackClient } from './client.ts'
import { cut } from './cut.ts'
import { refusalCode, slackError } from './errors.ts'
import { limits } from './limits.ts'
import { escapeText } from './mrkdwn.ts'
import { isAccount } from './render.ts'
import type { Workspace } from './workspace.ts'

/**
 * Milliseconds after which a channel of ours without a purpose is no longer taken for an interrupted opening: longer than an
 * outage, and not so long that it can be the room of a database that was thrown away, which somebody took the purpose out of.
 */
const interruptedWithin = 6 * 3_600_000
/** A name that is taken gets a number; so many are tried. */
const suffixes = 9

/** Only the latest openings are still going on. */
const rememberedRooms = 1_000

type Opened = { id: string; name: string }

type Deps = { client: SlackClient; channels: Channels; workspace: Workspace; clock: Clock; log: Log }

export class SlackRooms implements RoomOperations {
  readonly #deps: Deps
  /** Channels by mark, of openings that may be asked for again because what follows them failed. */
  readonly #opened = new Map<string, Opened>()
  /** The marks of those by channel, as long as their purpose does not say whose room it is. */
  readonly #unmarked = new Map<string, string>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async open(request: RoomRequest): Promise<Room> {
    const mark = carried(request)
    const known = this.#opened.get(mark)
    const channel = known ?? (await this.#createOrAdopt(request))
    if (known === undefined) this.#remember(mark, channel)
    this.#deps.channels.remember(channel.name, channel.id)
    return { channel: channel.id, name: `#${channel.name}`, url: this.#url(channel.id) }
  }

  async setTopic(channel: string, topic: string): Promise<void> {
    await this.#mark(channel)
    const text = cut(escapeText(topic), limits.topic)
    await asked('conversations.setTopic', this.#deps.client.conversations.setTopic({ channel, topic: text }))
  }

  async bookmark(channel: string, title: string, url: string, resumed: boolean): Promise<void> {
    const { client } = this.#deps
    if (resumed) {
      const { bookmarks } = await asked('bookmarks.list', client.bookmarks.list({ channel_id: channel }))
      if (bookmarks?.some((bookmark) => bookmark.link === url)) return
    }
    await asked('bookmarks.add', client.bookmarks.add({ channel_id: channel, title, type: 'link', link: url }))
  }

  async invite(channel: string, account: string): Promise<void> {
    if (!isAccount(account)) {
      throw new PermanentError(`"${account}" is no Slack account id (like U012AB3CD): check people in tocsin.yaml`)
    }
    try {
      await this.#deps.client.conversations.invite({ channel, users: account })
    } catch (error) {
      if (['already_in_channel', 'cant_invite_self'].includes(refusalCode(error) ?? '')) return
      throw slackError(error, 'conversations.invite')
    }
  }

  #remember(key: string, opened: Opened): void {
    this.#opened.set(key, opened)
    this.#unmarked.set(opened.id, key)
    const [oldest] = this.#opened
    if (this.#opened.size <= rememberedRooms || oldest === undefined) return
    this.#opened.delete(oldest[0])
    this.#unmarked.delete(oldest[1].id)
  }

  async #createOrAdopt(request: RoomRequest): Promise<Opened> {
    for (let attempt = 1; attempt <= suffixes; attempt += 1) {
      const name = numbered(request.name, attempt)
      const created = await this.#create(name)
      if (created !== null) return created
      const taken = await this.#deps.channels.find(name)
      if (taken !== null && (await this.#isOurs(taken, request))) {
        this.#deps.log.info({ channel: taken.id, name }, 'found a room that had already been opened')
        return taken
      }
    }
    throw new PermanentError(`Slack has channels named ${request.name} to ${numbered(request.name, suffixes)} already`)
  }

  /** Null: the name is taken, maybe by ourselves. */
  async #create(name: string): Promise<Opened | null> {
    try {
      const { channel } = await this.#deps.client.conversations.create({ name })
      if (!channel?.id) throw new PermanentError('Slack created a channel without saying which')
      return { id: channel.id, name: channel.name ?? name }
    } catch (error) {
      if (refusalCode(error) === 'name_taken') return null
      throw slackError(error, 'conversations.create')
    }
  }

  async #isOurs(channel: Channel, mark: Mark): Promise<boolean> {
    if (channel.isArchived) return false
    const unmarked = this.#unmarked.get(channel.id)
    if (unmarked !== undefined) return unmarked === carried(mark)
    const { botUserId } = await this.#deps.workspace.learn()
    if (channel.creator !== botUserId) return false
    if (channel.purpose === '') {
      // The process died between creating it and writing the key.
      return Math.abs(this.#deps.clock.now().getTime() - channel.created.getTime()) < interruptedWithin
    }
    const said = [carried(mark), mark.key].find((text) =>
      [purposeOf(text), escapeText(purposeOf(text))].includes(channel.purpose),
    )
    return said !== undefined && carries(said, mark, channel.created)
  }

  /**
   * With the first topic, not before the first message: until then, a young channel of ours without a purpose is taken for the
   * room.
   */
  async #mark(channel: string): Promise<void> {
    const key = this.#unmarked.get(channel)
    if (key === undefined) return
    this.#unmarked.delete(channel)
    await this.#bestEffort('conversations.setPurpose', this.#setPurpose(channel, key))
  }

  async #setPurpose(channel: string, key: string): Promise<void> {
    const purpose = escapeText(purposeOf(key))
    await asked('conversations.setPurpose', this.#deps.client.conversations.setPurpose({ channel, purpose }))
  }

  /** A room without a topic is still a room. */
  async #bestEffort(method: string, doing: Promise<void>): Promise<void> {
    try {
      await doing
    } catch (error) {
      this.#deps.log.warn({ reason: reasonOf(error) }, `${method} failed, the room goes without`)
    }
  }

  #url(channel: string): string {
    const workspace = this.#deps.workspace.identity?.url
    return workspace
      ? new URL(`archives/${channel}`, workspace).href
      : `https://slack.com/app_redirect?channel=${channel}`
  }
}

function purposeOf(key: string): string {
  return `Room of one incident, opened by Tocsin. ${key}`.slice(0, limits.topic)
}

function numbered(name: string, attempt: number): string {
  const suffix = attempt === 1 ? '' : `-${attempt}`
  return name.slice(0, limits.channelName - suffix.length).replace(/-+$/, '') + suffix
}
