// Sending a message once: written down first, looked for after a crash.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import type { Mark } from '../chat/mark.ts'
import type { ChatPlatform, Destination, Posted } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import { PermanentError, TransientError } from '../errors.ts'
import { beginPost, completePost, forgetPost } from '../store/messages.ts'

/** Posts a message that belongs to no room unless it is there already, and answers where it is. What was adopted may say something else. */
export async function postOnce(
  bot: Bot,
  platform: ChatPlatform,
  mark: Mark,
  to: Destination,
  message: Message,
): Promise<Posted> {
  const { key } = mark
  const { posted, resumed } = await beginPost(bot.db, platform.name, key)
  if (posted) return posted.ref
  try {
    const accounts = accountsOn(bot, platform.name)
    const { isAdopted = false, unheard: _, ...ref } = await platform.post({ to, message, ...mark, resumed, accounts })
    const content = isAdopted ? '' : contentOf(message)
    await completePost(bot.db, platform.name, key, { ref, content, at: bot.clock.now() })
    return { ...ref, isAdopted }
  } catch (error) {
    if (isUnsent(error, message, resumed)) await forgetPost(bot.db, platform.name, key)
    throw error
  }
}

/**
 * A refusal, unlike a broken connection, leaves no doubt: nothing was posted. But what was refused may be the picture, with
 * the message standing above its place already; and an earlier attempt (`resumed`) may have posted it, unless it was looked for.
 */
export function isUnsent(error: unknown, message: Pick<Message, 'picture'>, resumed: boolean): boolean {
  if (resumed && !(error instanceof TransientError && error.isAbsent)) return false
  const refused =
    error instanceof PermanentError ||
    (error instanceof TransientError && (error.retryAfter !== null || error.isRefusal || error.isUntaken))
  return refused && message.picture === undefined
}

/** Account ids on a platform by person. Asked for each message, and the same as long as the configuration is. */
export function accountsOn({ config }: Pick<Bot, 'config'>, platform: string): Record<string, string> {
  const all = accounts.get(config.people) ?? {}
  accounts.set(config.people, all)
  all[platform] ??= readAccounts(config.people, platform)
  return all[platform]
}

const accounts = new WeakMap<object, Record<string, Record<string, string>>>()

function readAccounts(people: Bot['config']['people'], platform: string): Record<string, string> {
  const known = Object.values(people).flatMap((person) => {
    const account = person.accounts[platform]
    return account === undefined ? [] : [[person.key, account] as const]
  })
  return Object.fromEntries(known)
}

/** What a message says, as a hash: an edit that changes nothing is not sent. */
export function contentOf(message: Message): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...message, picture: message.picture?.alt }))
    .digest('base64url')
}
