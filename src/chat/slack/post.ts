// Posting and editing. A message carries its mark (in Slack's metadata and in its first block's id), so that one that may
// have gone out before a crash is found again instead of being sent twice.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Message, Picture } from '../../core/message.ts'
import { PermanentError, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { carried, carries, type Mark } from '../mark.ts'
import type { Destination, MessageRef, Post, Posted } from '../platform.ts'
import type { Channels } from './channels.ts'
import { asked, type SlackClient } from './client.ts'
import { limits } from './limits.ts'
import { type Rendered, render } from './render.ts'

const eventType = 'tocsin_message'

/** Milliseconds in which looks come together. */
const together = 5

type Look = { marks: Mark[]; found: Promise<Map<string, MessageRef>> }

export class Poster {
  readonly #client: SlackClient
  readonly #channels: Channels
  readonly #log: Log
  /** Looks that are about to begin, by channel. */
  readonly #looks = new Map<string, Look>()

  constructor(client: SlackClient, channels: Channels, log: Log) {
    this.#client = client
    this.#channels = channels
    this.#log = log
  }

  /**
   * Posts a message, then its picture as a file below it: an image inside the blocks would have to lie open on the web, or
   * wait for Slack to digest the file first.
   */
  async post(post: Post): Promise<Posted> {
    const { to } = post
    const channel = 'account' in to ? await this.#channels.directMessage(to.account) : to.channel
    const [ref] = await Promise.all([
      post.resumed ? this.#sendAgain(channel, post) : this.#send(channel, post),
      'account' in to && this.#channels.stillSomebodys(to.account),
    ])
    const { picture, text } = post.message
    if (picture !== undefined) {
      // What stands above the picture already is not said twice.
      const words = picture.caption ?? picture.alt
      const caption = text?.toLowerCase().includes(words.toLowerCase()) ? picture.name : words
      await this.share(ref.channel, picture, { mark: post, resumed: post.resumed, caption })
    }
    return ref
  }

  async find(to: Destination, mark: Mark): Promise<MessageRef | null> {
    return this.#posted('account' in to ? await this.#channels.directMessage(to.account) : to.channel, mark)
  }

  /** The picture stays what it was: Slack does not let a file be replaced. */
  async update(ref: MessageRef, message: Message, accounts: Record<string, string>): Promise<void> {
    const { text, blocks } = this.#render(message, accounts, null)
    // Without `metadata` Slack keeps what was there. https://docs.slack.dev/reference/methods/chat.update/
    await asked('chat.update', this.#client.chat.update({ channel: ref.channel, ts: ref.id, text, blocks }))
  }

  async #sendAgain(channel: string, post: Post): Promise<Posted> {
    const found = await this.#posted(channel, post)
    if (found !== null) return { ...found, isAdopted: true }
    try {
      return await this.#send(channel, post)
    } catch (error) {
      // It was looked for and is not there, and now it was refused: the next attempt need not look again.
      if (!(error instanceof TransientError) || error.retryAfter === null) throw error
      throw new TransientError(error.message, { retryAfter: error.retryAfter, cause: error, isAbsent: true })
    }
  }

  async #send(channel: string, post: Post): Promise<MessageRef> {
    const mark = carried(post)
    const { text, blocks } = this.#render(post.message, post.accounts, mark)
    // The version before, which may have to find it, knows the key alone.
    const metadata = { event_type: eventType, event_payload: { key: post.key, mark } }
    const answer = await this.#channels.inside(channel, 'chat.postMessage', (id) =>
      this.#client.chat.postMessage({ channel: id, text, blocks, metadata, unfurl_links: false, unfurl_media: false }),
    )
    if (!answer.channel || !answer.ts) throw new PermanentError('Slack posted a message without saying where')
    this.#channels.remember(channel, answer.channel)
    return { channel: answer.channel, id: answer.ts }
  }

  /** Those who look in the same channel at the same moment look once: after an outage each page of a night has to be looked for. */
  async #posted(channel: string, mark: Mark): Promise<MessageRef | null> {
    const id = await this.#channels.id(channel)
    const joined = this.#looks.get(id)
    if (joined !== undefined) joined.marks.push(mark)
    const look = joined ?? this.#lookSoon(id, mark)
    const found = (await look.found.catch(unlessRemade(channel, id))).get(mark.key) ?? null
    if (found !== null)
      this.#log.info({ key: mark.key, channel: id, ts: found.id }, 'found a message that had already reached Slack')
    return found
  }

  /** What is asked for while it waits is looked for as well; whoever comes later begins another look. */
  #lookSoon(id: string, mark: Mark): Look {
    const marks = [mark]
    const found = pause(together).then(() => {
      this.#looks.delete(id)
      return this.findAll(id, marks)
    })
    const look = { marks, found }
    this.#looks.set(id, look)
    return look
  }

  async findAll(channel: string, marks: Mark[]): Promise<Map<string, MessageRef>> {
    const id = await this.#channels.id(channel)
    const wanted = new Map(marks.flatMap((mark) => [mark.key, carried(mark)].map((text) => [text, mark] as const)))
    const found = new Map<string, MessageRef>()
    const looking = this.#inHistory(id, (message) => {
      const { key, mark = key } = (message.metadata?.event_payload ?? {}) as { key?: string; mark?: string }
      const text = mark ?? message.blocks?.[0]?.block_id ?? ''
      const looked = wanted.get(text)
      if (looked === undefined || message.ts === undefined || !carries(text, looked, sentAt(message.ts))) return false
      if (!found.has(looked.key)) found.set(looked.key, { channel: id, id: message.ts })
      return found.size === marks.length
    })
    await looking.catch(unlessRemade(channel, id))
    return found
  }

  /** `channel`: an id. `resumed`: it may be there already. */
  async share(
    channel: string,
    picture: Picture,
    how: { mark: Mark; resumed: boolean; caption: string },
  ): Promise<void> {
    const { mark, resumed, caption } = how
    const filename = pictureFile(picture, carried(mark))
    const former = pictureFile(picture, mark.key)
    const isIt = (name: string | undefined, ts: string) =>
      name === filename || (name === former && carries(mark.key, mark, sentAt(ts)))
    const isThere = ({ files = [], ts = '' }: HistoryMessage) => files.some(({ name }) => isIt(name, ts))
    if (resumed && (await this.#inHistory(channel, isThere))) return
    await this.#channels.inside(channel, 'files.completeUploadExternal', (id) =>
      this.#client.filesUploadV2({
        channel_id: id,
        file: Buffer.from(picture.png),
        filename,
        title: caption.slice(0, limits.pictureTitle),
        alt_text: picture.alt,
      }),
    )
  }

  /** The newest message that fits, among the latest few hundred. */
  async #inHistory(channel: string, fits: (message: HistoryMessage) => boolean): Promise<string | null> {
    let cursor: string | undefined
    for (let page = 0; page < limits.historyPages; page += 1) {
      const answer = await this.#channels.inside(channel, 'conversations.history', (id) =>
        this.#client.conversations.history({
          channel: id,
          include_all_metadata: true,
          limit: limits.historyPage,
          cursor,
        }),
      )
      const found = answer.messages?.find(fits)
      if (found?.ts !== undefined) return found.ts
      cursor = answer.response_metadata?.next_cursor || undefined
      if (cursor === undefined) return null
    }
    return null
  }

  #render(message: Message, accounts: Record<string, string>, key: string | null): Rendered {
    const rendered = render(message, accounts, key)
    if (rendered.cuts.length > 0) {
      this.#log.warn({ key, title: message.title.slice(0, 80), cuts: rendered.cuts }, 'message cut to fit into Slack')
    }
    return rendered
  }
}

type HistoryMessage = NonNullable<Awaited<ReturnType<SlackClient['conversations']['history']>>['messages']>[number]

function sentAt(ts: string): Date {
  return new Date(Number(ts) * 1000)
}

/** What was in a channel that is no more went with it: another may have its name by now. `id`: what `channel` was known as. */
function unlessRemade(channel: string, id: string): (error: unknown) => Map<string, MessageRef> {
  return (error) => {
    if (error instanceof PermanentError && error.gone && channel !== id) return new Map()
    throw error
  }
}

/** The key is in the name, as its hash: the name is what a download is called. */
function pictureFile(picture: Picture, key: string): string {
  const stem =
    picture.name
      .replace(/\.png$/i, '')
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60) || 'picture'
  return `${stem}-${createHash('sha256').update(key).digest('hex').slice(0, 10)}.png`
}
