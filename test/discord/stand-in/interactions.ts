// What people type and press at the stand-in, and the answers they get, with Discord's three seconds and fifteen minutes.
// https://discord.com/developers/docs/interactions/receiving-and-responding
import { afterBeingThere } from '../../busy.ts'
import type { Answer, Incoming } from './rest.ts'
import { rewriteMessage, writeMessage } from './rest.ts'
import { type CommandBody, checkMessage, type MessageBody, type OptionBody, Refusal } from './rules.ts'
import { type Channel, type Message, messageJson, type Person, snowflake, userJson, type World } from './world.ts'

/** One thing a person did, and all that came back. */
export type Exchange = {
  id: string
  token: string
  kind: 'command' | 'button'
  channel: Channel
  /** The type of the first answer: 4 message, 5 “thinking…”, 6 nothing to see yet. Null until it comes. */
  first: number | null
  /** The first answer once it says something; for a command only the person sees it when `ephemeral`. */
  answer: Message | null
  followUps: Message[]
  changed: (() => void)[]
}

export class Interactions {
  readonly #world: World
  readonly #exchanges: Exchange[] = []

  constructor(world: World) {
    this.#world = world
  }

  begin(kind: Exchange['kind'], channel: Channel): Exchange {
    const token = `token-${snowflake()}`
    const exchange: Exchange = {
      id: snowflake(),
      token,
      kind,
      channel,
      first: null,

      answer: null,
      followUps: [],
      changed: [],
    }
    this.#exchanges.push(exchange)
    return exchange
  }

  /** Waits until `done` holds; rejects after three seconds without a first answer, as the client would tell the person. */
  async until(exchange: Exchange, done: (exchange: Exchange) => boolean): Promise<Exchange> {
    let isLate = false
    const heard = afterBeingThere(3_000, () => {
      isLate = true
      notify(exchange)
    })
    try {
      while (!done(exchange)) {
        if (exchange.first === null && isLate) throw new Error('The application did not respond')
        await new Promise<void>((resolve) => exchange.changed.push(resolve))
      }
      return exchange
    } finally {
      heard()
    }
  }

  callback(id: string | undefined, token: string | undefined, body: unknown): Answer {
    const exchange = this.#exchanges.find((one) => one.id === id && one.token === token)
    if (exchange === undefined) throw new Refusal(404, 10062, 'Unknown interaction')
    if (exchange.first !== null) throw new Refusal(400, 40060, 'Interaction has already been acknowledged.')
    const { type, data = {} } = body as { type: number; data?: MessageBody }
    if (type === 6 && exchange.kind !== 'button') throw new Refusal(400, 50035, 'Invalid Form Body')
    if (type === 4) {
      checkMessage(data, [], true)
      exchange.answer = writeMessage(data, [], exchange.channel, this.#world)
    } else if (type === 5) {
      exchange.answer = null
      thinking.set(exchange, ((data.flags ?? 0) & 64) !== 0)
    } else if (type !== 6) throw new Refusal(400, 50035, 'Invalid Form Body')
    exchange.first = type
    notify(exchange)
    return { status: 204 }
  }

  editFirst(token: string | undefined, { body, files }: Incoming): Answer {
    const exchange = this.#answered(token)
    if (exchange.first === 6) throw new Refusal(404, 10008, 'Unknown Message')
    const names = files.map((file) => file.name)
    checkMessage(body as MessageBody, names, exchange.answer === null)
    if (exchange.answer === null) {
      const message = writeMessage(body as MessageBody, files, exchange.channel, this.#world)
      exchange.answer = { ...message, ephemeral: thinking.get(exchange) === true }
      if (!exchange.answer.ephemeral) exchange.channel.messages.push(exchange.answer)
    } else rewriteMessage(exchange.answer, body as MessageBody, files)
    notify(exchange)
    return { status: 200, body: messageJson(exchange.answer, this.#world) }
  }

  followUp(token: string | undefined, incoming: Incoming): Answer {
    const exchange = this.#answered(token)
    const { body, files } = incoming
    // "This endpoint will function as Edit Original Interaction Response": the loading message is edited.
    if (exchange.first === 5 && exchange.answer === null) return this.editFirst(token, incoming)
    checkMessage(
      body as MessageBody,
      files.map((file) => file.name),
      true,
    )
    const message = writeMessage(body as MessageBody, files, exchange.channel, this.#world)
    exchange.followUps.push(message)
    if (!message.ephemeral) exchange.channel.messages.push(message)
    notify(exchange)
    return { status: 200, body: messageJson(message, this.#world) }
  }

  #answered(token: string | undefined): Exchange {
    const exchange = this.#exchanges.find((one) => one.token === token)
    if (exchange === undefined || exchange.first === null) throw new Refusal(404, 10015, 'Unknown Webhook')
    return exchange
  }
}

/** Whether the answer that a command was promised is for the person alone. */
const thinking = new WeakMap<Exchange, boolean>()

function notify(exchange: Exchange): void {
  for (const resolve of exchange.changed.splice(0)) resolve()
}

/** The INTERACTION_CREATE of somebody who is in `guild`, or who writes in direct messages. */
export function interactionJson(
  exchange: Exchange,
  person: Person,
  application: string,
  details: { type: number; data: object; message?: object },
) {
  const { guild } = exchange.channel
  const who =
    guild === null
      ? { user: userJson(person) }
      : { guild_id: guild, member: { user: userJson(person), nick: null, roles: [], permissions: '0' } }
  return {
    id: exchange.id,
    application_id: application,
    token: exchange.token,
    version: 1,
    channel_id: exchange.channel.id,
    channel: { id: exchange.channel.id, type: exchange.channel.type },
    locale: 'en-US',
    entitlements: [],
    app_permissions: '0',
    authorizing_integration_owners: { 0: guild ?? '0' },
    context: guild === null ? 1 : 0,
    attachment_size_limit: 10_485_760,
    ...who,
    ...details,
  }
}

/**
 * `/incident note --note it hangs`: what a person picks in the client, as the client sends it. Options are given as
 * `name:value`, a text up to the next name, or by their place.
 */
export function chosen(commands: CommandBody[], line: string): { name: string; options: object[] } {
  const [name = '', ...words] = line.replace(/^\//, '').trim().split(/\s+/)
  const command = commands.find((one) => one.name === name)
  if (command === undefined)
    throw new Error(`/${name} is not registered; there are ${commands.map((c) => c.name).join(', ')}`)
  const [sub] = words
  const below = command.options?.find((option) => option.type === 1 && option.name === sub)
  if (below !== undefined)
    return { name, options: [{ type: 1, name: below.name, options: values(below.options ?? [], words.slice(1)) }] }
  if (command.options?.some((option) => option.type === 1)) throw new Error(`/${name} ${sub ?? ''} is not registered`)
  return { name, options: values(command.options ?? [], words) }
}

function values(options: OptionBody[], words: string[]): object[] {
  const given = new Map<string, string>()
  const left = [...options]
  while (words.length > 0) {
    const [word = ''] = words
    const named = options.find((option) => word.startsWith(`${option.name}:`))
    const option = named ?? left.find((one) => !given.has(one.name) && fits(one, word))
    if (option === undefined) throw new Error(`no option takes “${word}”`)
    const next = words.findIndex((one, i) => i > 0 && options.some((other) => one.startsWith(`${other.name}:`)))
    const long = option.type === 3 && !option.choices && (named !== undefined || option === options.at(-1))
    const value = words.splice(0, long ? (next === -1 ? words.length : next) : 1).join(' ')
    given.set(option.name, named === undefined ? value : value.slice(option.name.length + 1))
  }
  const missing = options.find((option) => option.required && !given.has(option.name))
  if (missing !== undefined) throw new Error(`${missing.name} is required`)
  return options.flatMap((option) => {
    const value = given.get(option.name)
    if (value === undefined) return []
    return [
      {
        name: option.name,
        type: option.type,
        value: option.type === 4 || option.type === 10 ? Number(value) : value.replace(/^<@(\d+)>$/, '$1'),
      },
    ]
  })
}

function fits(option: OptionBody, word: string): boolean {
  if (option.type === 4 || option.type === 10) return /^\d+$/.test(word)
  if (option.choices) return option.choices.some((choice) => choice.value === word)
  return option.type === 6 ? /^<@\d+>$/.test(word) : true
}
