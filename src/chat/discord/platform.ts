// Discord as one of the places where people talk: puts the parts of this folder together behind the ChatPlatform port.
import { Routes } from 'discord.js'
import type { Clock } from '../../clock.ts'
import type { DiscordConfig } from '../../config/config.ts'
import type { Message } from '../../core/message.ts'
import { reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { carried, type Mark } from '../mark.ts'
import type { HearOnce, OnceDeps } from '../once.ts'
import type {
  ChatListener,
  ChatPlatform,
  Destination,
  MessageOperations,
  MessageRef,
  Post,
  Posted,
  RoomOperations,
  Standing,
} from '../platform.ts'
import { jointStanding } from '../standing.ts'
import { DiscordApi, shares } from './api.ts'
import { isUnknownChannel, unlessIll } from './errors.ts'
import { Gateway } from './gateway.ts'
import { handleInteraction } from './interactions.ts'
import { hearMembership } from './membership.ts'
import { Messages } from './messages.ts'
import { discordMessages, hearTouches } from './reading.ts'
import { type CommandSpec, type Registration, registration } from './registration.ts'
import { type Rendered, type RenderOptions, render } from './render.ts'
import { discordRooms } from './rooms.ts'
import { Server } from './server.ts'
import { Topics } from './topics.ts'

/**
 * Milliseconds start() waits for the gateway before the bot goes on without it: pages need none, and wait for the start. Discord lets
 * sessions of one bot begin five seconds apart, so a copy that starts beside another has to wait for its own.
 */
const startWait = 1_000
/** Milliseconds until commands that could not be registered are tried again. */
const registerAgain = 60_000

const removed =
  'the bot was removed from its server and can call nobody in Discord: invite it again (scopes bot and applications.commands)'

/** What the platform needs besides its configuration. `commands`: registered with Discord, so that people can choose them. */
export type DiscordDeps = OnceDeps & { commands: CommandSpec[] }

export function discordPlatform(config: DiscordConfig, deps: DiscordDeps): ChatPlatform {
  return new DiscordPlatform(config, deps)
}

class DiscordPlatform implements ChatPlatform {
  readonly name = 'discord'
  /** Editing shares its rate limit of about one a second with posting. */
  readonly capabilities = { secondsBetweenEdits: 1, editsAMinute: Number.POSITIVE_INFINITY }
  readonly rooms: RoomOperations
  readonly groups = null
  readonly messages: MessageOperations
  readonly #config: DiscordConfig
  readonly #log: Log
  readonly #clock: Clock
  readonly #hearOnce: HearOnce
  readonly #api: DiscordApi
  readonly #people: DiscordApi
  readonly #server: Server
  readonly #messages: Messages
  /** What people have a share of their own for: direct messages and calls, pages before all. */
  readonly #direct: Messages
  readonly #running = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  readonly #registration: Registration
  #gateway: Gateway | null = null
  #registerTimer: NodeJS.Timeout | undefined
  #registered = false
  #lastProblem = ''
  /** Somebody removed the bot from its server. */
  #isOut = false

  constructor(config: DiscordConfig, { log, clock, hearOnce, commands }: DiscordDeps) {
    this.#config = config
    this.#log = log.child({ platform: 'discord' })
    this.#clock = clock
    this.#hearOnce = hearOnce
    const access = { token: config.botToken, apiUrl: config.apiUrl }
    this.#api = new DiscordApi({ ...access, perSecond: shares.rooms })
    this.#people = new DiscordApi({ ...access, perSecond: shares.people })
    this.#server = new Server(this.#api, this.#people, config.guild)
    this.#messages = new Messages(this.#api)
    this.#direct = new Messages(this.#people)
    this.#registration = registration(commands)
    this.messages = discordMessages(this.#api, config.apiUrl, () => this.#messages.me())
    const topics = new Topics(this.#api, this.#log)
    const messages = this.#messages
    this.rooms = discordRooms({ api: this.#api, server: this.#server, messages, topics, log: this.#log })
  }

  async start({ dispatch, standing, touched }: ChatListener): Promise<void> {
    for (const problem of this.#registration.problems)
      this.#log.error({ problem }, 'a command cannot be registered with Discord')
    const ending = this.#ending.signal
    const once = { log: this.#log, clock: this.#clock, hearOnce: this.#hearOnce }
    const heard = { server: this.#server, registration: this.#registration, dispatch, ending }
    const parts = { api: this.#people, direct: this.#direct, ...heard, ...once }
    const standingOf = jointStanding(['gateway', 'server'], standing)
    const gateway = new Gateway({
      token: this.#config.botToken,
      apiUrl: this.#config.apiUrl,
      log: this.#log,
      clock: this.#clock,
      standing: standingOf('gateway'),
      onConnected: () => void this.#register(standingOf('server')),
      onInteraction: (interaction) => {
        const done = handleInteraction(parts, interaction).finally(() => this.#running.delete(done))
        this.#running.add(done)
      },
      onClient: (client) => {
        const [server, left] = [standingOf('server'), () => this.#left(standingOf('server'))]
        hearMembership(client, this.#server, { left, back: () => this.#isOut && void this.#register(server) })
        const hearing = { server: this.#server, log: this.#log, running: this.#running }
        if (touched !== undefined) hearTouches(client, { ...hearing, touched })
      },
    })
    this.#gateway = gateway
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, startWait)
      gateway.start(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async stop(): Promise<void> {
    clearTimeout(this.#registerTimer)
    this.#ending.abort()
    await this.#gateway?.stop()
    this.#gateway = null
    await Promise.allSettled(this.#running)
    this.#api.close()
    this.#people.close()
  }

  /**
   * A channel that is no more may have been made anew under its name: then it is posted there. One that Discord still names, or opened for a
   * person, cannot be gone: Discord is ill, and it may work later.
   */
  async post(post: Post): Promise<Posted> {
    const channel = await this.#channelOf(post.to)
    try {
      return await this.#postIn(channel, post)
    } catch (error) {
      if (!isUnknownChannel(error)) throw error
      const anew = 'account' in post.to ? channel : await this.#server.channelAnew(post.to.channel)
      if (anew === null) throw error
      if (anew !== channel) return await this.#postIn(anew, post)
      if ('account' in post.to) this.#direct.forget(post.to.account)
      throw unlessIll(error)
    }
  }

  async #postIn(channel: string, post: Post): Promise<Posted> {
    // What calls everybody is to wake them, as a page does: it does not wait behind the rooms of a storm.
    const messages = post.message.mentions === 'channel' ? this.#direct : this.#messagesTo(post.to)
    if (post.resumed) {
      const earlier = await messages.find(channel, post)
      if (earlier !== null) return { ...earlier, isAdopted: true }
    }
    const options = { key: carried(post), accounts: post.accounts, notify: 'account' in post.to }
    const rendered = this.#render(post.message, options)
    try {
      const posted = await messages.create(channel, rendered, post)
      if (posted.unheard !== undefined) this.#log.error({ key: post.key, reason: posted.unheard }, 'a call rang nobody')
      return posted
    } catch (error) {
      // It was looked for just now: one that is asked to wait need not be looked for again.
      if (post.resumed && error instanceof TransientError && error.retryAfter !== null)
        throw new TransientError(error.message, { retryAfter: error.retryAfter, cause: error, isAbsent: true })
      throw error
    }
  }

  async find(to: Destination, mark: Mark): Promise<MessageRef | null> {
    return this.#messagesTo(to).find(await this.#channelOf(to), mark)
  }

  async update(ref: MessageRef, message: Message, accounts: Record<string, string>): Promise<void> {
    // Whoever pressed a button on their page sees there that it was heard: that does not wait behind the rooms of a storm, either.
    const messages = this.#direct.isDirect(ref.channel) ? this.#direct : this.#messages
    await messages.edit(ref, this.#render(message, { key: null, accounts, notify: false }))
  }

  #channelOf(to: Destination): Promise<string> {
    return 'account' in to ? this.#direct.direct(to.account) : this.#server.channelId(to.channel)
  }

  #messagesTo(to: Destination): Messages {
    return 'account' in to ? this.#direct : this.#messages
  }

  rehearse(message: Message): void {
    render(message, { key: 'rehearsal', accounts: {}, notify: false })
  }

  #render(message: Message, options: RenderOptions): Rendered {
    const rendered = render(message, options)
    if (rendered.cuts.length > 0) {
      this.#log.error(
        { title: message.title, key: options.key, cuts: rendered.cuts },
        'a message had to be cut to fit into Discord',
      )
    }
    return rendered
  }

  /** Finds our server and tells it our commands, once; later again when Discord or the network is in the way. */
  async #register(standing: Standing): Promise<void> {
    clearTimeout(this.#registerTimer)
    if (this.#registered) return
    const doing = { what: 'register the commands', needs: 'the scope applications.commands (invite the bot again)' }
    try {
      const guild = await this.#server.id()
      const { id } = await this.#api.call<{ id: string }>(doing, 'get', Routes.currentApplication())
      const { body } = this.#registration
      await this.#api.call(doing, 'put', Routes.applicationGuildCommands(id, guild), { body })
      this.#registered = true
      this.#isOut = false
      this.#lastProblem = ''
      standing(null)
      this.#log.info({ guild, commands: body.length }, 'commands registered with Discord')
    } catch (error) {
      const reason = reasonOf(error)
      // Tried every minute, told when it changes.
      const level = error instanceof TransientError && !error.isRefusal ? 'warn' : 'error'
      if (reason !== this.#lastProblem)
        this.#log[level]({ reason }, `people cannot use commands in Discord yet: ${reason}`)
      this.#lastProblem = reason
      this.#registerLater(standing, this.#isOut ? removed : reason)
    }
  }

  #registerLater(standing: Standing, problem: string): void {
    if (this.#gateway === null) return
    standing(problem)
    this.#registerTimer = setTimeout(() => void this.#register(standing), registerAgain).unref()
  }

  /** No page reaches anybody in Discord by then, and whoever looks after the bot is not told by a page that failed. */
  #left(standing: Standing): void {
    if (!this.#isOut) this.#log.error(removed)
    this.#isOut = true
    this.#registered = false
    clearTimeout(this.#registerTimer)
    this.#registerLater(standing, removed)
  }
}
