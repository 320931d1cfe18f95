// Sending a message once: written down first, looked for after a crash, edited only when its words changed.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import type { ChatPlatform, Destination, MessageRef } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import { PermanentError, TransientError } from '../errors.ts'
import { beginPost, completePost, forgetPost, postedMessage } from '../store/messages.ts'

/** Posts a message unless it is there already, and answers where it is. */
export async function postOnce(
  bot: Bot,
  platform: ChatPlatform,
  key: string,
  to: Destination,
  message: Message,
): Promise<MessageRef> {
  const { posted, resumed } = await beginPost(bot.db, platform.name, key)
  if (posted) return posted.ref
  try {
    const ref = await platform.post({ to, message, key, resumed, accounts: accounts(bot, platform) })
    await completePost(bot.db, platform.name, key, { ref, content: contentOf(message), at: bot.clock.now() })
    return ref
  } catch (error) {
    // A refusal, unlike a broken connection, leaves no doubt: nothing was posted. But what was refused may be the picture,
    // with the message standing above its place already.
    const refused = error instanceof PermanentError || (error instanceof TransientError && error.retryAfter !== null)
    if (refused && !resumed && message.picture === undefined) await forgetPost(bot.db, platform.name, key)
    throw error
  }
}

/** `gone`: somebody deleted it, or it can no longer be edited. */
export type Edit = 'edited' | 'unchanged' | 'not posted' | 'gone' | { tooSoon: number }

/**
 * Edits a posted message when it says something else than before: `content`, by default all of it.
 * `tooSoon`: milliseconds to wait, for the platform's sake.
 */
export async function editPosted(
  bot: Bot,
  platform: ChatPlatform,
  key: string,
  message: Message,
  content = contentOf(message),
): Promise<Edit> {
  const posted = await postedMessage(bot.db, platform.name, key)
  if (posted === null) return 'not posted'
  if (posted.content === content) return 'unchanged'
  const now = bot.clock.now()
  const wait = (posted.editedAt?.getTime() ?? 0) + platform.capabilities.secondsBetweenEdits * 1000 - now.getTime()
  if (wait > 0) return { tooSoon: wait }
  let edit: Edit = 'edited'
  try {
    await platform.update(posted.ref, message, accounts(bot, platform))
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    bot.log.warn({ platform: platform.name, message: key, reason: error.message }, 'a message can no longer be edited')
    edit = 'gone'
  }
  await completePost(bot.db, platform.name, key, { ref: posted.ref, content, at: now })
  return edit
}

/** Account ids on a platform by person. */
function accounts(bot: Bot, platform: ChatPlatform): Record<string, string> {
  const known = Object.values(bot.config.people).flatMap((person) => {
    const account = person.accounts[platform.name]
    return account === undefined ? [] : [[person.key, account] as const]
  })
  return Object.fromEntries(known)
}

function contentOf(message: Message): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...message, picture: message.picture?.alt }))
    .digest('base64url')
}
