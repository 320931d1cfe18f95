// A Message as Discord shows it: one embed (two when the text is long), buttons, the picture as an attachment inside it.
// Pure: what had to be cut is shown to the reader, and returned for the log.
import type { APIAllowedMentions, APIAttachment, APIEmbed, RawFile } from 'discord.js'
import { asTyped } from '../../core/button-mark.ts'
import type { Button, Message, Picture, Section, Tone } from '../../core/message.ts'
import { messageTree, plainText, writeBlocks } from '../markdown.ts'
import { layOut, type Row } from './buttons.ts'
import { fitBlocks, fitLine } from './cut.ts'
import { discordDialect, escapeText } from './dialect.ts'
import { embed as embedLimits, message as messageLimits } from './limits.ts'

/** The JSON of a message and the files beside it, as Discord's REST API takes them to create or edit one. */
export type Rendered = {
  body: {
    content: string
    embeds: APIEmbed[]
    components: Row[]
    allowed_mentions: APIAllowedMentions
    attachments?: Pick<APIAttachment, 'id' | 'filename' | 'description'>[]
  }
  files: RawFile[]
  /** What was left out or shortened; empty when everything fits. */
  cuts: string[]
}

export type RenderOptions = {
  /** Shown small at the bottom, where `messages.ts` finds it again. Null: an edit or an answer, which is never searched. */
  key: string | null
  /** Discord ids by key of `people`. */
  accounts: Record<string, string>
  /** The title is also said outside the embed, which is all that a telephone's notification shows. */
  notify: boolean
}

const colors: Record<Tone, number> = {
  critical: 0xd92d20,
  warning: 0xf79009,
  info: 0x2e90fa,
  good: 0x12b76a,
  neutral: 0x667085,
}

export function render(message: Message, options: RenderOptions): Rendered {
  const cuts: string[] = []
  const { calls, allowed } = mentions(message, options.accounts, cuts)
  const sections = (message.sections ?? []).map(numbered)
  const { rows, left, tooLong } = layOut(
    sections.map((section) => section.buttons),
    message.buttons ?? [],
  )
  const blocks = [message.text ?? '', ...sections.map((section) => section.text), withoutButton(left, tooLong)]
  cuts.push(...tooLong.map((b) => `button “${b.label}”: its command is longer than 100 characters: ${b.command}`))
  if (left.length > 0) cuts.push(`${left.length} buttons beyond 25`)
  const title = shorten(
    escapeText(message.title.replaceAll(/\s+/g, ' ').trim() || '…'),
    embedLimits.title,
    'title',
    cuts,
  )
  const picture = message.picture === undefined ? null : attachment(message.picture)
  const embeds = writeEmbeds(message, { title, blocks, key: options.key, image: picture?.file.name ?? null }, cuts)
  const aloud = options.notify || calls !== ''
  if (aloud) titleOutside(embeds)
  // Outside an embed Discord would fetch and show what an address in the title leads to; angle brackets keep it from that.
  const said = `${calls} **${title.replaceAll(/https?:\/\/[^\s*]+/g, '<$&>')}**`.trim()
  return {
    body: {
      content: aloud ? said : '',
      embeds,
      components: rows,
      allowed_mentions: allowed,
      ...(picture === null ? {} : { attachments: [picture.about] }),
    },
    files: picture === null ? [] : [picture.file],
    cuts,
  }
}

/** The title is said once, unless the embed would be empty without it. */
function titleOutside(embeds: APIEmbed[]): void {
  const [first] = embeds
  if (first?.description || first?.fields?.length || first?.image) delete first.title
}

function writeEmbeds(
  message: Message,
  parts: { title: string; blocks: string[]; key: string | null; image: string | null },
  cuts: string[],
): APIEmbed[] {
  const footer = parts.key === null ? undefined : { text: parts.key }
  const spent = parts.title.length + (footer?.text.length ?? 0)
  // However long the fields are, some text must remain, and the other way round.
  const fields = writeFields(message, embedLimits.total - spent - 1500, cuts)
  const fieldLength = fields.reduce((sum, field) => sum + field.name.length + field.value.length, 0)
  const descriptions = writeText(parts.blocks, embedLimits.total - spent - fieldLength, cuts)
  const color = colors[message.tone]
  const embeds: APIEmbed[] = descriptions.map((description) => ({ color, description }))
  const [first = { color }, second] = embeds
  first.title = parts.title
  const last = second ?? first
  if (fields.length > 0) last.fields = fields
  if (parts.image !== null) last.image = { url: `attachment://${parts.image}` }
  if (footer) last.footer = footer
  return second ? [first, second] : [first]
}

/** One description, or two when it is longer than one may be. */
function writeText(markdown: string[], limit: number, cuts: string[]): string[] {
  const blocks = markdown.flatMap((text) => (text === '' ? [] : writeBlocks(messageTree(text), discordDialect)))
  const split = firstBeyond(blocks, embedLimits.description)
  const parts = split === 0 || split === blocks.length ? [blocks] : [blocks.slice(0, split), blocks.slice(split)]
  let left = limit
  return parts
    .map((part) => {
      const { text, missing } = fitBlocks(part, Math.min(left, embedLimits.description))
      if (missing > 0) cuts.push(`${missing} characters of text`)
      left -= text.length
      return text
    })
    .filter((text) => text !== '')
}

function firstBeyond(blocks: string[], limit: number): number {
  let length = 0
  const beyond = blocks.findIndex((block) => {
    length += block.length + 2
    return length - 2 > limit
  })
  return beyond === -1 ? blocks.length : beyond
}

function writeFields(
  message: Message,
  limit: number,
  cuts: string[],
): { name: string; value: string; inline: boolean }[] {
  const all = (message.fields ?? []).map((field) => {
    const name = shorten(escapeText(field.label).trim() || '\u200b', embedLimits.fieldName, `name of field`, cuts)
    const text = fitBlocks(writeBlocks(messageTree(field.value), discordDialect), embedLimits.fieldValue)
    if (text.missing > 0) cuts.push(`${text.missing} characters of field “${field.label}”`)
    const value = text.text.trim() || '–'
    return { name, value, inline: plainText(field.value).length <= 40 }
  })
  let length = 0
  const fitting = all.filter((field, i) => {
    length += field.name.length + field.value.length
    return length <= limit && (i < embedLimits.fields - 1 || all.length === embedLimits.fields)
  })
  if (fitting.length === all.length) return all
  const missing = all.length - fitting.length
  cuts.push(`${missing} fields`)
  return [...fitting, { name: '…', value: `${missing} more left out`, inline: false }]
}

type Numbered = { text: string; buttons: Button[] }

/** Buttons stand below the whole text: those of a section carry its number, and so does its text. */
function numbered(section: Section, index: number): Numbered {
  if (!section.buttons?.length) return { text: section.text, buttons: [] }
  const written = /^\W*(\d{1,3})[.):]/.exec(plainText(section.text))?.[1]
  const number = written ?? String(index + 1)
  const start = /^[\p{L}\p{N}]/u.test(section.text) ? `**${number}.** ` : `**${number}.**\n\n`
  const text = written === undefined ? start + section.text : section.text
  return { text, buttons: section.buttons.map((button) => ({ ...button, label: `${number}. ${button.label}` })) }
}

/** Markdown that tells how to do without the buttons that are not there. */
function withoutButton(left: Button[], tooLong: Button[]): string {
  const parts: string[] = []
  if (left.length > 0) {
    const lines = left.slice(0, 5).map((button) => `- ${markdownText(button.label)}: \`/${asTyped(button.command)}\``)
    if (left.length > 5) lines.push(`- and ${left.length - 5} more like these`)
    parts.push(`No room for more buttons; type instead:\n\n${lines.join('\n')}`)
  }
  const names = tooLong.map((button) => `“${markdownText(button.label)}”`).join(', ')
  if (names !== '') parts.push(`Left out, too long for a Discord button: ${names}`)
  return parts.join('\n\n')
}

/** The only people this message can reach, whatever its text says. */
function mentions(message: Message, accounts: Record<string, string>, cuts: string[]) {
  if (message.mentions === 'channel') {
    return { calls: '@everyone', allowed: { parse: ['everyone'] } as APIAllowedMentions }
  }
  const ids = (message.mentions ?? [])
    .map((person) => accounts[person])
    .filter((id) => id !== undefined && isAccount(id))
  const all = [...new Set(ids)] as string[]
  // 22 characters each: what fits beside the title.
  const users = all.slice(0, Math.min(messageLimits.mentionedUsers, 60))
  if (users.length < all.length) cuts.push(`${all.length - users.length} mentions`)
  return { calls: users.map((id) => `<@${id}>`).join(' '), allowed: { parse: [], users } as APIAllowedMentions }
}

/** Discord's ids are numbers of 17 to 20 digits. */
export function isAccount(id: string): boolean {
  return /^\d{17,20}$/.test(id)
}

function attachment(picture: Picture) {
  const name = `${picture.name.replace(/\.png$/i, '').replaceAll(/[^\w.-]+/g, '-') || 'picture'}.png`
  const description = fitLine(picture.alt, messageLimits.attachmentDescription).text
  return {
    file: { name, data: Buffer.from(picture.png), contentType: 'image/png' } satisfies RawFile,
    about: { id: '0', filename: name, description },
  }
}

function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>]/g, '\\$&')
}

function shorten(text: string, limit: number, what: string, cuts: string[]): string {
  const { text: fitted, missing } = fitLine(text, limit)
  if (missing > 0) cuts.push(`${missing} characters of the ${what}`)
  return fitted
}
