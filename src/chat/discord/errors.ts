// Sorts what Discord and the network throw into the kinds of errors.ts, in words that name the fix. Nothing here, nor any
// error made here, carries a request: its address may hold an interaction's token.
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { PermanentError, reasonOf, TransientError } from '../../errors.ts'

/** What was being done, for the message: `discord could not ${what}`. */
export type Doing = {
  what: string
  /** Permissions it needs, as the server's settings call them. */
  needs?: string
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const code = {
  unknownChannel: 10003,
  unknownGuild: 10004,
  unknownMember: 10007,
  unknownMessage: 10008,
  unknownUser: 10013,
  unknownInteraction: 10062,
  tooManyChannels: 30013,
  dmsTooFast: 40003,
  alreadyAcknowledged: 40060,
  missingAccess: 50001,
  cannotMessageUser: 50007,
  missingPermissions: 50013,
  invalidBody: 50035,
  archivedThread: 50083,
  noMutualServer: 50278,
  overloaded: 130000,
  harmfulLink: 240000,
} as const

/**
 * The error to throw instead of `error`: TransientError (429, 5xx, network, timeout, a refused token; `retryAfter` in
 * milliseconds), PermanentError (4xx), or `error` itself when it is neither, which is a bug.
 */
export function classify(error: unknown, doing: Doing): unknown {
  const failed = `Discord could not ${doing.what}`
  if (error instanceof RateLimitError) {
    const wait = Math.ceil(Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout, 0))
    return new TransientError(`${failed}: rate limited for ${Math.ceil(wait / 1000)} s`, { retryAfter: wait })
  }
  if (error instanceof HTTPError) return new TransientError(`${failed}: it answered ${error.status}`)
  if (error instanceof DiscordAPIError) return classifyAnswer(error, doing, failed)
  if (error instanceof SyntaxError) return new TransientError(`${failed}: it answered something that is not JSON`)
  if (error instanceof Error && isNetworkError(error)) {
    const timedOut = error.name === 'AbortError' || error.name === 'TimeoutError'
    return new TransientError(`${failed}: ${timedOut ? 'it did not answer in time' : error.message || error.name}`)
  }
  return error
}

/** Discord knows this interaction no longer, or somebody (another replica) has answered it: not ours to run. */
export function isLostInteraction(error: unknown): boolean {
  return (
    error instanceof RefusedByDiscord &&
    [code.unknownInteraction, code.alreadyAcknowledged].some((c) => c === error.code)
  )
}

/** Somebody else has answered this interaction. */
export function isClaimed(error: unknown): boolean {
  return error instanceof RefusedByDiscord && error.code === code.alreadyAcknowledged
}

export function isUnknownMember(error: unknown): boolean {
  return error instanceof RefusedByDiscord && (error.code === code.unknownMember || error.code === code.unknownUser)
}

export function isUnknownMessage(error: unknown): boolean {
  return error instanceof RefusedByDiscord && error.code === code.unknownMessage
}

/** What was said leads to an address that Discord holds to be harmful. */
export function isHarmfulLink(error: unknown): boolean {
  return error instanceof RefusedByDiscord && error.code === code.harmfulLink
}

/** The category that a channel was to be in is full or gone. */
export function isRefusedParent(error: unknown): boolean {
  return error instanceof RefusedByDiscord && error.code === code.invalidBody && error.message.includes('parent_id')
}

export function isUnknownChannel(error: unknown): boolean {
  return error instanceof RefusedByDiscord && error.code === code.unknownChannel
}

/**
 * What may be done again one day: a permission was taken away, or a thread closed. Channels that are there Discord does not know when
 * it is ill; direct messages it never deletes.
 */
const reversible = new Set<number | string>([
  ...[code.missingAccess, code.missingPermissions, code.archivedThread],
  code.unknownChannel,
])

/** For what cannot be without its channel: that Discord does not know it says only that Discord is ill. */
export function unlessIll(error: unknown): unknown {
  return isUnknownChannel(error) ? new TransientError(reasonOf(error), { isRefusal: true, cause: error }) : error
}

/** A refusal with Discord's own code, for the few places that decide by it. */
class RefusedByDiscord extends PermanentError {
  readonly code: number | string
  constructor(message: string, refusal: number | string) {
    super(message, { gone: refusal === code.unknownChannel, denied: reversible.has(refusal) })
    this.code = refusal
  }
}

function classifyAnswer(error: DiscordAPIError, doing: Doing, failed: string): Error {
  // An answer without Discord's own code comes from a proxy or from Cloudflare in front of it.
  const own = typeof error.code === 'number'
  if (error.status === 429 || error.code === code.overloaded || error.code === code.dmsTooFast || !own) {
    return new TransientError(`${failed}: it answered ${error.status} and asks to come back later`)
  }
  const text = `${failed}: ${refusal(error, doing)}`
  // Of a bot whose token is good, too, Discord says so for seconds when it is ill. An interaction's token has a code of its own.
  if (error.status === 401 && error.code === 0) return new TransientError(text, { isRefusal: true })
  return new RefusedByDiscord(text, error.code)
}

function refusal(error: DiscordAPIError, doing: Doing): string {
  const needs = doing.needs ?? 'View Channel'
  if (error.status === 401) return 'it refused the bot token; check DISCORD_BOT_TOKEN'
  switch (error.code) {
    case code.unknownChannel:
      return 'the channel does not exist (any more)'
    case code.unknownGuild:
      return 'the bot is not in that server; check discord.guild, and invite the bot'
    case code.unknownMessage:
      return 'the message does not exist any more'
    case code.unknownUser:
    case code.unknownMember:
      return 'there is no such person; check the discord id under `people`'
    case code.tooManyChannels:
      return 'the server has as many channels as Discord allows (500); delete old rooms'
    case code.missingAccess:
      return `the bot may not see it; give its role ${needs} there`
    case code.missingPermissions:
      return `the bot lacks a permission; give its role ${needs}`
    case code.archivedThread:
      return 'the thread is closed; open it again, or name a channel'
    case code.cannotMessageUser:
      return 'this person accepts no direct messages from the bot (privacy settings of the server, or the bot is blocked)'
    case code.noMutualServer:
      return 'this person shares no server with the bot'
    case code.invalidBody:
      return `it found the message invalid: ${error.message.replaceAll(/\s+/g, ' ').slice(0, 500)}`
    default:
      return `${error.message.slice(0, 300)} (code ${error.code})`
  }
}

function isNetworkError(error: Error): boolean {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return true
  return 'code' in error && typeof error.code === 'string' && /^(UND_ERR_|E[A-Z]{3})/.test(error.code)
}
