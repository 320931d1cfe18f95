// Slack as a ChatPlatform: wires the parts of this folder together. Socket Mode with an app token, signed HTTP without.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { SlackConfig } from '../../config/config.ts'
import type { Message } from '../../core/message.ts'
import type { Log } from '../../log.ts'
import type { Mark } from '../mark.ts'
import type { OnceDeps } from '../once.ts'
import type {
  Capabilities,
  ChatListener,
  ChatPlatform,
  Destination,
  GroupOperations,
  MessageRef,
  Post,
  Posted,
  RoomOperations,
} from '../platform.ts'
import { jointStanding } from '../standing.ts'
import { App } from './bolt.ts'
import { Channels } from './channels.ts'
import { boltLogger, clientOptions, slackClient } from './client.ts'
import { SlackGroups } from './groups.ts'
import { SignedReceiver } from './http.ts'
import { listen, takenWithin } from './listen.ts'
import { SlackMessages } from './messages.ts'
import { Poster } from './post.ts'
import { render } from './render.ts'
import { SlackRooms } from './rooms.ts'
import { SocketReceiver } from './socket.ts'
import { form } from './web.ts'
import { Workspace } from './workspace.ts'

/** Milliseconds that commands which still run are waited for when the bot stops and nothing new is heard. */
const settleWithin = 3_000

/** Milliseconds start() waits until Slack can be heard: pages wait for the start, and need to hear nobody. */
const hearingWait = 1_000

export type SlackPlatform = ChatPlatform & {
  /** Belongs at POST /slack/events, with the body unread. Null in Socket Mode. */
  readonly httpHandler: ((request: IncomingMessage, response: ServerResponse) => void) | null
}

/**
 * In milliseconds: `askEvery`, between two looks whether Slack still takes the bot's token, and knows a person, a minute unless told;
 * `helloWithin`, for a new connection to say hello.
 */
export type SlackDeps = OnceDeps & { askEvery?: number; helloWithin?: number }

/** Nothing is sent before `start`. Throws when neither an app token nor a signing secret is configured. */
export function slackPlatform(config: SlackConfig, deps: SlackDeps): SlackPlatform {
  return new Slack(config, { ...deps, log: deps.log.child({ platform: 'slack' }) })
}

class Slack implements SlackPlatform {
  readonly name = 'slack'
  /** chat.update takes 50 a minute: https://docs.slack.dev/reference/methods/chat.update/ */
  readonly capabilities: Capabilities = { secondsBetweenEdits: 2, editsAMinute: 50 }
  readonly rooms: RoomOperations
  readonly groups: GroupOperations
  readonly messages: SlackMessages
  readonly httpHandler: SlackPlatform['httpHandler']
  readonly #config: SlackConfig
  readonly #log: Log
  readonly #web: ReturnType<typeof slackClient>
  readonly #workspace: Workspace
  readonly #channels: Channels
  readonly #poster: Poster
  readonly #receiver: SocketReceiver | SignedReceiver
  #settled: () => Promise<void> = async () => {}

  constructor(config: SlackConfig, { askEvery = 60_000, helloWithin, ...once }: SlackDeps) {
    const { log, clock } = once
    this.#config = config
    this.#log = log
    this.#web = slackClient(config, log, clock)
    this.#workspace = new Workspace(this.#web, log, askEvery)
    const channels = new Channels(this.#web, askEvery)
    this.#channels = channels
    this.#poster = new Poster(this.#web, channels, log)
    this.rooms = new SlackRooms({ client: this.#web, channels, workspace: this.#workspace, clock, log })
    this.groups = new SlackGroups(this.#web)
    this.messages = new SlackMessages({ client: this.#web, config, workspace: this.#workspace, log })
    this.#receiver = receiverFor(config, { ...once, ...(helloWithin !== undefined && { helloWithin }) })
    this.httpHandler = this.#receiver instanceof SignedReceiver ? this.#receiver.handler : null
  }

  async start({ dispatch, standing, touched }: ChatListener): Promise<void> {
    const app = new App({
      receiver: this.#receiver,
      // Bolt would ask Slack for this at once, and fail when Slack is down; who speaks is checked in listen.ts.
      authorize: async () => ({ botToken: this.#config.botToken }),
      clientOptions: clientOptions(this.#config, this.#log),
      logger: boltLogger(this.#log),
      ignoreSelf: false,
      convoStore: false,
    })
    this.#settled = listen(app, {
      client: this.#web,
      workspace: this.#workspace,
      channels: this.#channels,
      poster: this.#poster,
      dispatch,
      touched,
      log: this.#log,
    })
    // Two tokens, two ways to be cut off: sending needs the one, hearing the other.
    const standingOf = jointStanding(['sending', 'hearing'], standing)
    const hearing = this.#receiver.start(standingOf('hearing'))
    await Promise.all([
      this.#workspace.start(standingOf('sending')),
      Promise.race([hearing, pause(hearingWait, undefined, { ref: false })]),
    ])
  }

  async stop(): Promise<void> {
    this.#workspace.stop()
    this.#web.stop()
    // What was done is said to be taken over the connection it came by: without that, Slack shows that it failed.
    await this.#settledWithin(takenWithin)
    await this.#receiver.stop()
    await this.#settledWithin(settleWithin)
  }

  async #settledWithin(milliseconds: number): Promise<void> {
    await Promise.race([this.#settled(), pause(milliseconds, undefined, { ref: false })])
  }

  post(post: Post): Promise<Posted> {
    return this.#poster.post(post)
  }

  find(to: Destination, mark: Mark): Promise<MessageRef | null> {
    return this.#poster.find(to, mark)
  }

  findAll(channel: string, marks: Mark[]): Promise<Map<string, MessageRef>> {
    return this.#poster.findAll(channel, marks)
  }

  rehearse(message: Message): void {
    form(render(message, {}, 'rehearsal'))
  }

  update(ref: MessageRef, message: Message, accounts: Record<string, string>): Promise<void> {
    return this.#poster.update(ref, message, accounts)
  }
}

function receiverFor(config: SlackConfig, deps: SlackDeps): SocketReceiver | SignedReceiver {
  if (config.appToken !== null) return new SocketReceiver(config.appToken, config, deps)
  if (config.signingSecret !== null) return new SignedReceiver({ signingSecret: config.signingSecret, ...deps })
  throw new Error('Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) to hear commands')
}
