// Finding the channel a message goes to: names to ids, accounts to direct messages, and going in where the bot is not yet.
import { PermanentError, TransientError } from '../../errors.ts'
import { asked, type SlackClient } from './client.ts'
import { refusalCode, slackError } from './errors.ts'
import { limits } from './limits.ts'
import { isAccount } from './render.ts'

export type Channel = {
  id: string
  name: string
  creator: string | null
  purpose: string
  created: Date
  isArchived: boolean
}

/** What Slack answers when an account is nobody's. https://docs.slack.dev/reference/methods/conversations.open/#errors */
const nobodys = new Set(['user_disabled', 'user_not_found', 'users_not_found', 'cannot_dm_bot'])

/** Milliseconds after which a search that was interrupted begins anew. */
const resumable = 120_000

export class Channels {
  readonly #client: SlackClient
  readonly #ids = new Map<string, string>()
  /** By account, each with when Slack last said that there is somebody. */
  readonly #directMessages = new Map<string, { id: string; since: number }>()
  /** Where searches that Slack interrupted stood, by the name that is looked for. */
  readonly #interrupted = new Map<string, { cursor: string; since: number }>()
  readonly #askEvery: number

  /** `askEvery`: milliseconds for which an account that took messages is believed to take more. */
  constructor(client: SlackClient, askEvery: number) {
    this.#client = client
    this.#askEvery = askEvery
  }

  /** What Slack takes as a channel: an id as it is, a name with its `#`, or the id that the name turned out to have. */
  address(channel: string): string {
    const name = nameOf(channel)
    return name === null ? channel : (this.#ids.get(name) ?? `#${name}`)
  }

  /** Slack's answers carry ids; remembering them saves a search. */
  remember(channel: string, id: string): void {
    const name = nameOf(channel)
    if (name !== null) this.#ids.set(name, id)
  }

  async id(channel: string): Promise<string> {
    const known = this.address(channel)
    const name = nameOf(known)
    if (name === null) return known
    const found = await this.find(name)
    if (found === null || found.isArchived) {
      throw new PermanentError(`Slack has no channel #${name} that the bot can see: create it, or invite the bot there`)
    }
    this.#ids.set(name, found.id)
    return found.id
  }

  /** The channel a person and the bot have to themselves. */
  async directMessage(account: string): Promise<string> {
    if (!isAccount(account)) {
      throw new PermanentError(`"${account}" is no Slack account id (like U012AB3CD): check people in tocsin.yaml`)
    }
    return this.#directMessages.get(account)?.id ?? (await this.#openDirectMessage(account))
  }

  /**
   * Looks now and again whether an account is still somebody's, beside what is sent to it: Slack takes messages to deactivated people
   * without a word (https://github.com/slackapi/python-slack-sdk/issues/1156). Throws PermanentError when it is nobody's any more.
   */
  async stillSomebodys(account: string): Promise<void> {
    const known = this.#directMessages.get(account)
    if (known === undefined || performance.now() - known.since < this.#askEvery) return
    known.since = performance.now()
    try {
      await this.#openDirectMessage(account)
    } catch (error) {
      // Anything else says nothing about the person, and the message has its own answer.
      if (!(error instanceof PermanentError) || !nobodys.has(refusalCode(error.cause) ?? '')) return
      this.#directMessages.delete(account)
      throw error
    }
  }

  async #openDirectMessage(account: string): Promise<string> {
    const { channel } = await asked('conversations.open', this.#client.conversations.open({ users: account }))
    if (!channel?.id) throw new PermanentError(`Slack opened no direct message with ${account}`)
    this.#directMessages.set(account, { id: channel.id, since: performance.now() })
    return channel.id
  }

  /**
   * Looks a channel up by name among those the bot can see, archived ones too: Slack has no direct way. A search that Slack
   * interrupts goes on where it stood when it is tried again: from the start, twenty pages a minute would never reach the end.
   */
  async find(name: string): Promise<Channel | null> {
    const before = this.#interrupted.get(name)
    this.#interrupted.delete(name)
    let cursor = before !== undefined && performance.now() - before.since < resumable ? before.cursor : undefined
    for (let page = 0; page < limits.listPages; page += 1) {
      const { channels, response_metadata } = await this.#listed(name, cursor)
      const found = channels?.find((channel) => channel.name === name)
      if (found?.id !== undefined) {
        return {
          id: found.id,
          name,
          creator: found.creator ?? null,
          purpose: found.purpose?.value ?? '',
          created: new Date((found.created ?? 0) * 1000),
          isArchived: found.is_archived ?? false,
        }
      }
      cursor = response_metadata?.next_cursor || undefined
      if (cursor === undefined) return null
    }
    return null
  }

  async #listed(name: string, cursor: string | undefined) {
    const about = { types: 'public_channel,private_channel', limit: limits.listPage, cursor }
    try {
      return await asked('conversations.list', this.#client.conversations.list(about))
    } catch (error) {
      if (error instanceof TransientError && cursor !== undefined)
        this.#interrupted.set(name, { cursor, since: performance.now() })
      throw error
    }
  }

  /**
   * Does something in a channel. A name that Slack does not take (of a private channel, or of one that was deleted or archived, and
   * made anew) is looked up, and a public channel that the bot is not in is gone into; then it is done once more.
   */
  async inside<T>(channel: string, method: string, act: (channel: string) => Promise<T>): Promise<T> {
    try {
      return await act(this.address(channel))
    } catch (error) {
      const code = refusalCode(error)
      const name = nameOf(channel)
      if (name !== null && (code === 'channel_not_found' || code === 'is_archived')) {
        this.#ids.delete(name)
        const anew = await this.id(name).catch((problem: unknown) => {
          // There is only that one.
          throw code === 'is_archived' && problem instanceof PermanentError ? slackError(error, method) : problem
        })
        return await this.inside(anew, method, act)
      }
      if (code !== 'not_in_channel') throw slackError(error, method)
      const id = await this.id(channel)
      await asked('conversations.join', this.#client.conversations.join({ channel: id }))
      return await asked(method, act(id))
    }
  }
}

/** Null when it is an id: those are upper case, names never are. */
function nameOf(channel: string): string | null {
  return /^[CGD][A-Z0-9]{2,}$/.test(channel) ? null : channel.replace(/^#/, '')
}
