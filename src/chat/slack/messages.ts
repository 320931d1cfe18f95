// Reading what people wrote and pinned, with its pictures: what goes onto the timeline of an incident.
import { type Dispatcher, request } from 'undici'
import type { SlackConfig } from '../../config/config.ts'
import { PermanentError, reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { MessageOperations, ReadFile, ReadMessage } from '../platform.ts'
import { asked, type SlackClient } from './client.ts'
import { refusalCode, slackError } from './errors.ts'
import { dispatcherTo } from './tunnel.ts'
import { typedText } from './typed.ts'
import type { Workspace } from './workspace.ts'

/** 📌, by its name on Slack. */
export const pinEmoji = 'pushpin'

/** Milliseconds for a whole file. */
const downloadPatience = 30_000

type Deps = { client: SlackClient; config: SlackConfig; workspace: Workspace; log: Log }

/** The parts of a message that we read. https://docs.slack.dev/reference/events/message/ */
type SlackMessage = {
  ts?: string
  user?: string
  bot_id?: string
  username?: string
  text?: string
  blocks?: Block[]
  attachments?: Attachment[]
  subtype?: string
  reactions?: { name?: string; count?: number }[]
  pinned_to?: string[]
  files?: SlackFile[]
}

type SlackFile = {
  id?: string
  name?: string
  title?: string
  size?: number
  mode?: string
  url_private_download?: string
}

type Text = { text?: unknown }
type Block = { text?: Text; fields?: Text[]; elements?: Text[] }

/**
 * What apps of the old kind write; and what Slack adds: previews of links, and (`is_share`) messages that were forwarded.
 * https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/MessageAttachment
 */
type Attachment = {
  is_share?: boolean
  author_name?: string
  pretext?: string
  title?: string
  text?: string
  fallback?: string
  files?: SlackFile[]
}

export class SlackMessages implements MessageOperations {
  readonly #deps: Deps
  readonly #dispatcher: Dispatcher | null
  readonly #names = new Map<string, string>()

  constructor(deps: Deps) {
    this.#deps = deps
    this.#dispatcher = dispatcherTo(deps.config.proxy, { timeout: downloadPatience })
  }

  /** Of a thread too: there is no other way to ask for an answer in one, and any other message is a thread of one. */
  async read(channel: string, ts: string): Promise<ReadMessage | null> {
    const { client, workspace } = this.#deps
    // What the thread hangs on may come with it.
    const about = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 10 }
    let messages: SlackMessage[]
    try {
      messages = ((await client.conversations.replies(about)).messages ?? []) as SlackMessage[]
    } catch (error) {
      if (refusalCode(error) === 'thread_not_found') return null
      throw slackError(error, 'conversations.replies')
    }
    const found = messages.find((one) => one.ts === ts && one.subtype !== 'tombstone')
    if (found === undefined) return null
    const { botUserId } = await workspace.learn()
    return {
      account: found.user ?? null,
      accountName: await this.#nameOf(found),
      at: new Date(Number(ts) * 1000),
      text: wordsOf(found),
      isMarked:
        (found.pinned_to ?? []).includes(channel) || (found.reactions ?? []).some(({ name }) => name === pinEmoji),
      isOwn: found.user === botUserId,
      files: [found, ...sharedIn(found)].flatMap(({ files = [] }) => files.flatMap(asFile)),
    }
  }

  async download({ address, name }: ReadFile, atMost: number): Promise<Uint8Array> {
    const { config } = this.#deps
    if (!isSlacks(address, config.apiUrl)) throw new PermanentError('it is not stored in Slack')
    const signal = AbortSignal.timeout(downloadPatience)
    const answer = await request(address, {
      headers: { authorization: `Bearer ${config.botToken}` },
      ...{ signal, ...(this.#dispatcher && { dispatcher: this.#dispatcher }) },
    }).catch(unreached)
    const { statusCode, headers, body } = answer
    if (statusCode !== 200) {
      await body.dump().catch(() => {})
      if (statusCode === 429 || statusCode >= 500) throw new TransientError(`Slack answered ${statusCode} for ${name}`)
      throw new PermanentError(refusedFile)
    }
    // Without the scope, Slack sends the page to sign in at, and calls it a success.
    const isPage = String(headers['content-type'] ?? '').startsWith('text/html') && !/\.html?$/i.test(name)
    if (isPage) {
      await body.dump().catch(() => {})
      throw new PermanentError(refusedFile)
    }
    return whole(body, atMost).catch(unreached)
  }

  /** Asked once; who cannot be asked for is called by the account. */
  async #nameOf({ user, username }: SlackMessage): Promise<string> {
    if (user === undefined) return username ?? 'an app'
    const known = this.#names.get(user)
    if (known !== undefined) return known
    const { client, log } = this.#deps
    try {
      const { user: found } = await asked('users.info', client.users.info({ user }))
      const name = found?.profile?.display_name || found?.real_name || found?.name || user
      this.#names.set(user, name)
      return name
    } catch (error) {
      log.debug({ account: user, reason: reasonOf(error) }, 'Slack does not tell the name of an account')
      return user
    }
  }
}

const refusedFile = 'Slack does not let the bot have it: the app needs the scope files:read; install it again'

function asFile({ id, name, title, size, mode, url_private_download: address }: SlackFile): ReadFile[] {
  // A file that was deleted, or that a free plan hides, has no address.
  if (id === undefined || address === undefined || mode === 'tombstone') return []
  return [{ id, name: name || title || id, size: size ?? null, address }]
}

/** The bot's token goes to Slack and nobody else. */
function isSlacks(address: string, apiUrl: string | null): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, origin } = new URL(address)
  if (apiUrl !== null && URL.canParse(apiUrl) && new URL(apiUrl).origin === origin) return true
  return protocol === 'https:' && /(^|\.)slack(-files)?\.com$/.test(hostname)
}

async function whole(body: AsyncIterable<Uint8Array>, atMost: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > atMost) throw new PermanentError(`larger than ${Math.round(atMost / 1024 / 1024)} MiB`)
    parts.push(part)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function unreached(error: unknown): never {
  if (error instanceof PermanentError) throw error
  throw new TransientError('a file could not be fetched from Slack', { cause: error })
}

/** What a message says: itself, else in its blocks, else beside them; and what it forwards. */
function wordsOf(message: SlackMessage): string {
  const { text, blocks = [], attachments = [] } = message
  const beside = attachments.filter(({ is_share }) => !is_share)
  const own = text || blocks.flatMap(textsIn).join('\n') || beside.map(besides).join('\n')
  const forwarded = sharedIn(message).map(
    (one) => `(forwarded${one.author_name ? `, by ${one.author_name}` : ''}) ${besides(one)}`,
  )
  return readable([own, ...forwarded].filter((words) => words !== '').join('\n'))
}

function sharedIn({ attachments = [] }: SlackMessage): Attachment[] {
  return attachments.filter(({ is_share }) => is_share)
}

function textsIn({ text, fields = [], elements = [] }: Block): string[] {
  return [...(text ? [text] : []), ...fields, ...elements].flatMap((one) =>
    typeof one.text === 'string' ? [one.text] : [],
  )
}

function besides({ pretext, title, text, fallback }: Attachment): string {
  return [pretext, title, text].filter(Boolean).join('\n') || (fallback ?? '')
}

/** As a person reads it; people stay marked, to be called by their names. */
function readable(text: string): string {
  const marks: string[] = []
  const kept = text.replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, (_, id: string) => `\u0000${marks.push(id) - 1}\u0000`)
  return typedText(kept).replace(/\0(\d+)\0/g, (_, i: string) => `<@${marks[Number(i)] ?? ''}>`)
}
