// Messages as the console page shows them: Markdown already turned into safe HTML, people by their names.
import { type Bot, nameOf } from '../../bot.ts'
import { toHtml, toInlineHtml } from '../../chat/html.ts'
import type { Message } from '../../core/message.ts'
import type { ConsoleMessage, StoredMessage } from '../../store/console.ts'

/** A message without its place in a feed: also what a command answers. */
export function messageJson(bot: Bot, message: StoredMessage | Message, picture: string | null) {
  const { mentions = [] } = message
  return {
    title: message.title,
    tone: message.tone,
    html: message.text ? toHtml(message.text) : '',
    fields: (message.fields ?? []).map(({ label, value }) => ({ label, html: toInlineHtml(value) })),
    sections: (message.sections ?? []).map(({ text, buttons = [] }) => ({ html: toHtml(text), buttons })),
    buttons: message.buttons ?? [],
    mentions: mentions === 'channel' ? ['channel'] : mentions.map((person) => nameOf(bot, person)),
    picture: message.picture === undefined || picture === null ? null : { url: picture, alt: message.picture.alt },
  }
}

export function postedJson(bot: Bot, posted: ConsoleMessage) {
  const { id, key, postedAt, editedAt, author, pinned } = posted
  // The picture may have been replaced by an edit: its address changes with it.
  const picture = `/console/messages/${id}/picture.png${editedAt === null ? '' : `?v=${editedAt.getTime()}`}`
  const by = author === null ? null : { key: author, name: nameOf(bot, author) }
  return { id, key, postedAt, editedAt, pinned, author: by, ...messageJson(bot, posted.message, picture) }
}
