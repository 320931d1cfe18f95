// A strict small Slack for tests, written from docs.slack.dev: Web API, Socket Mode and signed HTTP, one workspace. Where the
// real one refuses, it refuses: tokens, scopes, arguments, names, membership, Block Kit limits, unknown methods.
//
//   const slack = await SlackStandIn.start()                  // people U0ADA and U0BOB, channels #incidents and #alerts
//   slackPlatform(slack.config(), …)                          // or SLACK_API_URL=slack.apiUrl with its tokens
//   const said = await slack.say('U0ADA', '/incident list', 'incidents')     // resolves when the app has acknowledged
//   await said.answered()                                     // what came over the response_url
//   await slack.press('U0ADA', { channel, id }, 'Acknowledge')
//   await slack.until(() => slack.messages('incidents').length === 1)        // no sleeping, no polling
//   slack.trouble('chat.postMessage', { kind: 'accept then drop' })          // the next call only
//   await slack.down(); await slack.up()                      // same port
//   await slack.stop()
import { slackManifest } from '../../src/chat/slack/manifest.ts'
import type { SlackConfig } from '../../src/config/config.ts'
import { deliverOverHttp, type Envelope, Sockets } from './stand-in/delivery.ts'
import { People } from './stand-in/people.ts'
import { type Call, type Trouble, WebApi } from './stand-in/web-api.ts'
import {
  type Json,
  type StandInChannel,
  type StandInFile,
  type StandInMessage,
  Workspace,
} from './stand-in/workspace.ts'

export type { StandInChannel, StandInFile, StandInMessage, Trouble }

export type StandInOptions = {
  /** Where signed requests go; without it the app must hold a Socket Mode connection. Can be set later. */
  requestUrl?: string
  /** What the token may do; the manifest's scopes unless told. */
  scopes?: string[]
  /** Root words that the app registered; any unless told. */
  commands?: string[]
  /** The name in all addresses it gives out, for whoever has a way of their own to it; else 127.0.0.1. */
  host?: string
  /** The clock of the workspace, for signatures and message times. */
  now?: () => Date
}

export type Interaction = {
  acknowledged: unknown
  /** The first thing sent to this interaction's response_url, whoever sees it. */
  answered(): Promise<StandInMessage>
}

export class SlackStandIn {
  readonly botToken = 'xoxb-stand-in'
  readonly appToken = 'xapp-stand-in'
  readonly signingSecret = 'stand-in signing secret'
  readonly workspace: Workspace
  requestUrl: string | null
  readonly #api: WebApi
  readonly #sockets: Sockets
  readonly #now: () => Date
  readonly #commands: string[] | null

  private constructor(options: StandInOptions) {
    this.#now = options.now ?? (() => new Date())
    this.requestUrl = options.requestUrl ?? null
    this.#commands = options.commands ?? null
    this.workspace = new Workspace(this.#now)
    const host = options.host ?? '127.0.0.1'
    this.#sockets = new Sockets(host, () => this.workspace.change())
    const scopes = options.scopes ?? slackManifest({ mode: 'socket', commands: [] }).oauth_config.scopes.bot
    const tokens = { bot: this.botToken, app: this.appToken }
    this.#api = new WebApi(this.workspace, { host, scopes, tokens, openSocket: () => this.#sockets.open() })
  }

  /** Listens on a free port of 127.0.0.1, with two people and two channels that the bot is in. */
  static async start(options: StandInOptions = {}): Promise<SlackStandIn> {
    const slack = new SlackStandIn(options)
    const { workspace } = slack
    workspace.addPerson({ id: 'U0ADA', name: 'ada' })
    workspace.addPerson({ id: 'U0BOB', name: 'bob' })
    for (const name of ['incidents', 'alerts']) {
      workspace.addChannel({ name, creator: 'U0ADA', members: new Set(['U0ADA', 'U0BOB', workspace.botUserId]) })
    }
    await slack.up()
    return slack
  }

  get apiUrl(): string {
    return `${this.#api.base}/api/`
  }

  /** For slackPlatform; HTTP mode without the app token. */
  config(mode: 'socket' | 'http' = 'socket'): SlackConfig {
    return {
      botToken: this.botToken,
      appToken: mode === 'socket' ? this.appToken : null,
      signingSecret: mode === 'http' ? this.signingSecret : null,
      apiUrl: this.apiUrl,
      proxy: null,
      incidentsChannel: '#incidents',
      alertsChannel: '#alerts',
    }
  }

  /** Every Web API call so far, or those of one method. */
  calls(method?: string): Call[] {
    return this.#api.calls.filter((call) => method === undefined || call.method === method)
  }

  /** The next `times` calls of a method (`*`: any; also `upload` and `response_url`) go wrong like this. */
  trouble(method: string, trouble: Trouble, times = 1, about: (args: Call['args']) => boolean = () => true): void {
    this.#api.trouble(method, trouble, times, about)
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.#api.calm()
  }

  /** A channel by name or id; throws when there is none. */
  channel(nameOrId: string): StandInChannel {
    const name = nameOrId.replace(/^#/, '')
    const found = [...this.workspace.channels.values()].find((c) => c.id === nameOrId || c.name === name)
    if (found === undefined) throw new Error(`the stand-in has no channel ${nameOrId}`)
    return found
  }

  /** What everybody in a channel sees, oldest first. A person's id means the direct messages with the bot. */
  messages(channel: string): StandInMessage[] {
    const id = [...this.workspace.channels.values()].find((c) => [c.id, c.name].includes(channel.replace(/^#/, '')))?.id
    return this.workspace.messages.filter((m) => m.channel === id && m.ephemeralFor === null)
  }

  /** What only this person saw. */
  ephemerals(person: string): StandInMessage[] {
    return this.workspace.messages.filter((m) => m.ephemeralFor === person)
  }

  /** Files that were shared, oldest first. */
  files(): StandInFile[] {
    return [...this.workspace.files.values()].filter((file) => file.channel !== null)
  }

  get connections(): number {
    return this.#sockets.connected
  }

  /** Types a slash command into a channel. Rejects when the app does not acknowledge within 3 s, as Slack tells people. */
  async say(person: string, line: string, channel: string, as: { team?: string } = {}): Promise<Interaction> {
    const [, command = '', text = ''] = /^(\/\S+)\s*(.*)$/s.exec(line) ?? []
    if (this.#commands !== null && !this.#commands.includes(command.slice(1)))
      throw new Error(`${command} is not a valid command`)
    const who = this.#person(person)
    const where = this.channel(channel)
    return this.#interact('slash_commands', who.id, where.id, null, (response_url) => ({
      command,
      text: text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replace(/@(U\w+)/g, (_, id) => `<@${id}|${this.workspace.people.get(id)?.name ?? id}>`),
      team_id: as.team ?? who.team,
      team_domain: 'acme',
      user_id: who.id,
      user_name: who.name,
      channel_id: where.id,
      channel_name: where.name,
      api_app_id: 'A0TOCSIN',
      is_enterprise_install: 'false',
      trigger_id: 'trigger',
      response_url,
    }))
  }

  /** Presses the button with this label on a message. */
  async press(person: string, ref: { channel: string; id: string }, label: string): Promise<Interaction> {
    const who = this.#person(person)
    const where = this.channel(ref.channel)
    const message = this.workspace.messages.find((m) => m.channel === where.id && m.ts === ref.id)
    if (message === undefined) throw new Error(`there is no message ${ref.id} in #${where.name}`)
    const buttons = message.blocks.flatMap((b) =>
      b.type === 'actions' ? (b.elements as Json[]).map((e) => ({ e, b })) : [],
    )
    const found = buttons.find(({ e }) => (e.text as Json).text === label)
    if (found === undefined)
      throw new Error(
        `the message has no button ${label}, only ${buttons.map(({ e }) => (e.text as Json).text).join(', ')}`,
      )
    const { e: element, b: block } = found
    return this.#interact('interactive', who.id, where.id, message, (response_url) => ({
      type: 'block_actions',
      team: { id: this.workspace.teamId, domain: 'acme' },
      user: { id: who.id, username: who.name, name: who.name, team_id: who.team },
      api_app_id: 'A0TOCSIN',
      trigger_id: 'trigger',
      container: { type: 'message', message_ts: message.ts, channel_id: where.id, is_ephemeral: false },
      channel: { id: where.id, name: where.name },
      message: { type: 'message', ts: message.ts, text: message.text, blocks: message.blocks },
      response_url,
      actions: [{ ...element, block_id: block.block_id ?? 'abc', action_ts: message.ts }],
    }))
  }

  /** What a person does to messages, with the events that the app hears of it. */
  get people(): People {
    const deliver = async (payload: Json) => {
      const envelope = { type: 'events_api', payload } as const
      if (this.requestUrl === null) await this.#sockets.deliver(envelope)
      else await deliverOverHttp(this.requestUrl, this.signingSecret, envelope, this.#now())
    }
    return new People(this.workspace, (name) => this.channel(name), deliver)
  }

  /** Resolves once `condition` holds, looked at whenever something changes; rejects after `milliseconds`. */
  async until(condition: () => boolean, milliseconds = 60_000): Promise<void> {
    if (condition()) return
    const { changed } = this.workspace
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!condition()) return
        clearTimeout(timer)
        changed.off('change', look)
        resolve()
      }
      const timer = setTimeout(() => {
        changed.off('change', look)
        reject(new Error(`did not happen within ${milliseconds} ms: ${condition.toString()}`))
      }, milliseconds)
      changed.on('change', look)
    })
  }

  /** Slack says over Socket Mode once more what it said last. */
  async repeat(): Promise<void> {
    await this.#sockets.redeliver()
  }

  /** New Socket Mode connections hear nothing, not even hello, and are heard only after so many milliseconds; null: no longer. */
  deafen(milliseconds: number | null): void {
    this.#sockets.deafFor = milliseconds
  }

  /** Whether no Socket Mode connection can be opened, as behind a proxy that knows no WebSockets. */
  closeSockets(isClosed: boolean): void {
    this.#sockets.isClosed = isClosed
  }

  /** Slack asks for new Socket Mode connections, as it does every few hours. */
  refreshConnections(): void {
    this.#sockets.refresh()
  }

  /** Unreachable from now on; nothing is forgotten. */
  async down(): Promise<void> {
    this.#sockets.close()
    await this.#api.close()
  }

  async up(): Promise<void> {
    const server = await this.#api.listen()
    this.#sockets.attach(server, this.#api.port)
  }

  async stop(): Promise<void> {
    await this.down()
  }

  #person(id: string) {
    const person = this.workspace.people.get(id)
    if (person === undefined) throw new Error(`the stand-in knows no person ${id}`)
    return person
  }

  async #interact(
    type: Envelope['type'],
    person: string,
    channel: string,
    source: StandInMessage | null,
    payload: (responseUrl: string) => Json,
  ): Promise<Interaction> {
    let answered: (message: StandInMessage) => void = () => {}
    const answer = new Promise<StandInMessage>((resolve) => {
      answered = resolve
    })
    const envelope = {
      type,
      payload: payload(this.#api.responseUrl({ person, channel, source, answered: (m) => answered(m) })),
    }
    const acknowledged =
      this.requestUrl === null
        ? await this.#sockets.deliver(envelope)
        : await deliverOverHttp(this.requestUrl, this.signingSecret, envelope, this.#now())
    return { acknowledged, answered: () => answer }
  }
}
