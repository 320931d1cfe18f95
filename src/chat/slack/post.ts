// Posting and editing. A message carries its key (in Slack's metadata and in its first block's id), so that one that may
// have gone out before a crash is found again instead of being sent twice.
import { createHash } from 'node:crypto'
import type { Message, Picture } from '../../core/message.ts'
import { PermanentError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Destination, MessageRef, Post } from '../platform.ts'
import type { Channels } from './channels.ts'
import { asked, type SlackClient } from './client.ts'
import { limits } from './limits.ts'
import { type Rendered, render } from './render.ts'

export const eventType = 'tocsin_message'

export class Poster {
  readonly #client: SlackClient
  readonly #channels: Channels
  readonly #log: Log

  constructor(client: SlackClient, channels: Channels, log: Log) {
    this.#client = client
    this.#channels = channels
    this.#log = log
  }

  /**
   * Posts a message, then its picture as a file below it: an image inside the blocks would have to lie open on the web, or
   * wait for Slack to digest the file first.
   */
  async post(post: Post): Promise<MessageRef> {
    const channel = 'account' in post.to ? await this.#channels.directMessage(post.to.account) : post.to.channel
    const ref = (post.resumed ? await this.#posted(channel, post.key) : null) ?? (await this.#send(channel, post))
    const { picture, text } = post.message
    if (picture !== undefined) {
      // What stands above the picture already is not said twice.
      const words = picture.caption ?? picture.alt
      const caption = text?.toLowerCase().includes(words.toLowerCase()) ? picture.name : words
      await this.share(ref.channel, picture, { key: post.key, resumed: post.resumed, caption })
    }
    return ref
  }

  async find(to: Destination, key: string): Promise<MessageRef | null> {
    return this.#posted('account' in to ? await this.#channels.directMessage(to.account) : to.channel, key)
  }

  /** The picture stays what it was: Slack does not let a file be replaced. */
  async update(ref: MessageRef, message: Message, accounts: Record<string, string>): Promise<void> {
    const { text, blocks } = this.#render(message, accounts, null)
    // Without `metadata` Slack keeps what was there. https://docs.slack.dev/reference/methods/chat.update/
    await asked('chat.update', this.#client.chat.update({ channel: ref.channel, ts: ref.id, text, blocks }))
  }

  async #send(channel: string, post: Post): Promise<MessageRef> {
    const { text, blocks } = this.#render(post.message, post.accounts, post.key)
    const metadata = { event_type: eventType, event_payload: { key: post.key } }
    const answer = await this.#channels.inside(channel, 'chat.postMessage', (id) =>
      this.#client.chat.postMessage({ channel: id, text, blocks, metadata, unfurl_links: false, unfurl_media: false }),
    )
    if (!answer.channel || !answer.ts) throw new PermanentError('Slack posted a message without saying where')
    this.#channels.remember(channel, answer.channel)
    return { channel: answer.channel, id: answer.ts }
  }

  async #posted(channel: string, key: string): Promise<MessageRef | null> {
    const id = await this.#channels.id(channel)
    const blockId = key.slice(0, limits.blockId)
    const found = await this.#inHistory(id, (message) => {
      const payload = message.metadata?.event_payload as { key?: unknown } | undefined
      return payload?.key === key || message.blocks?.[0]?.block_id === blockId
    })
    if (found === null) return null
    this.#log.info({ key, channel: id, ts: found }, 'found a message that had already reached Slack')
    return { channel: id, id: found }
  }

  /** `channel`: an id. `resumed`: it may be there already. */
  async share(
    channel: string,
    picture: Picture,
    how: { key: string; resumed: boolean; caption: string },
  ): Promise<void> {
    const { key, resumed, caption } = how
    const filename = pictureFile(picture, key)
    if (resumed && (await this.#inHistory(channel, (m) => m.files?.some((file) => file.name === filename) ?? false)))
      return
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

/** The key is in the name, as its hash: the name is what a download is called. */
function pictureFile(picture: Picture, key: string): string {
  const stem =
    picture.name
      .replace(/\.png$/i, '')
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60) || 'picture'
  return `${stem}-${createHash('sha256').update(key).digest('hex').slice(0, 10)}.png`
}
