// What people write, pin, edit and delete, and what Slack tells the app of it: the events' shapes are those of
// https://docs.slack.dev/reference/events/<type>/, each in its wrapper, and each as often as the test says.
import type { Json, StandInChannel, StandInMessage, Workspace } from './workspace.ts'

export type Ref = { channel: string; id: string }
type Attached = { name: string; type: string; content: Buffer }

export class People {
  readonly #workspace: Workspace
  readonly #channel: (nameOrId: string) => StandInChannel
  readonly #deliver: (payload: Json) => Promise<void>

  constructor(
    workspace: Workspace,
    channel: (nameOrId: string) => StandInChannel,
    deliver: (payload: Json) => Promise<void>,
  ) {
    this.#workspace = workspace
    this.#channel = channel
    this.#deliver = deliver
  }

  /** `thread`: as an answer to that message. */
  async write(
    user: string,
    channel: string,
    text: string,
    more: { files?: Attached[]; thread?: string } = {},
  ): Promise<Ref> {
    const { id } = this.#channel(channel)
    const files = (more.files ?? []).map((file) => {
      const kept = { id: this.#workspace.id('F'), title: file.name, altText: '', channel: id, ...file }
      this.#workspace.files.set(kept.id, kept)
      return kept
    })
    const thread = more.thread ?? null
    const { ts } = this.#workspace.add({ channel: id, user, text, files, thread })
    await this.#tell({ type: 'message', channel: id, user, text, ts, channel_type: 'channel' })
    return { channel: id, id: ts }
  }

  async react(user: string, ref: Ref, reaction = 'pushpin', times = 1): Promise<void> {
    const message = this.#message(ref)
    const users = message.reactions.get(reaction) ?? new Set()
    message.reactions.set(reaction, users.add(user))
    await this.#tell(this.#reaction('reaction_added', user, reaction, message), times)
  }

  async unreact(user: string, ref: Ref, reaction = 'pushpin'): Promise<void> {
    const message = this.#message(ref)
    const users = message.reactions.get(reaction)
    users?.delete(user)
    if (users?.size === 0) message.reactions.delete(reaction)
    await this.#tell(this.#reaction('reaction_removed', user, reaction, message))
  }

  async pin(user: string, ref: Ref, times = 1): Promise<void> {
    this.#message(ref).isPinned = true
    await this.#tell(this.#pin('pin_added', user, ref), times)
  }

  async unpin(user: string, ref: Ref): Promise<void> {
    this.#message(ref).isPinned = false
    await this.#tell({ ...this.#pin('pin_removed', user, ref), has_pins: false })
  }

  async edit(ref: Ref, text: string): Promise<void> {
    const message = this.#message(ref)
    const before = { type: 'message', user: message.user, text: message.text, ts: message.ts }
    message.text = text
    await this.#tell({
      ...{ type: 'message', subtype: 'message_changed', hidden: true, channel: ref.channel, channel_type: 'channel' },
      ...{ ts: this.#ts(), message: { ...before, text, edited: { user: message.user, ts: this.#ts() } } },
      previous_message: before,
    })
  }

  async remove(ref: Ref): Promise<void> {
    const message = this.#message(ref)
    this.#workspace.messages.splice(this.#workspace.messages.indexOf(message), 1)
    await this.#tell({
      ...{ type: 'message', subtype: 'message_deleted', hidden: true, channel: ref.channel, channel_type: 'channel' },
      ...{ ts: this.#ts(), deleted_ts: ref.id },
    })
  }

  #message({ channel, id }: Ref): StandInMessage {
    const found = this.#workspace.find(channel, id)
    if (found === undefined) throw new Error(`there is no message ${id}`)
    return found
  }

  #reaction(type: string, user: string, reaction: string, { channel, ts, user: item_user }: StandInMessage): Json {
    return { type, user, reaction, item_user, item: { type: 'message', channel, ts }, event_ts: this.#ts() }
  }

  #pin(type: string, user: string, ref: Ref): Json {
    const { ts, text, user: author, channel } = this.#message(ref)
    const item = { type: 'message', channel, created: this.#workspace.seconds(), created_by: user }
    const message = { type: 'message', user: author, text, ts, pinned_to: [channel] }
    return { type, user, channel_id: channel, item: { ...item, message }, event_ts: this.#ts() }
  }

  #ts(): string {
    return `${this.#workspace.seconds()}.000100`
  }

  /** `times`: Slack tells again what it believes to be unheard. */
  async #tell(event: Json, times = 1): Promise<void> {
    const { teamId: team_id, botUserId } = this.#workspace
    const payload = {
      ...{ token: 'verification', team_id, api_app_id: 'A0TOCSIN', event, type: 'event_callback' },
      ...{ event_id: this.#workspace.id('Ev'), event_time: this.#workspace.seconds() },
      authorizations: [
        { enterprise_id: null, team_id, user_id: botUserId, is_bot: true, is_enterprise_install: false },
      ],
    }
    for (let time = 0; time < times; time++) await this.#deliver(payload)
  }
}
