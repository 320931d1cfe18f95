// A Message as Slack draws it (Block Kit). Pure. Whatever does not fit is cut where the reader sees it, and listed in
// `cuts` for the log.
import type { types } from '@slack/bolt'
import type { Button, Field, Message, Section, Tone } from '../../core/message.ts'
import { plainText } from '../markdown.ts'
import { cut, pack } from './cut.ts'
import { limits } from './limits.ts'
import { escapeText, joinBlocks, mrkdwn, mrkdwnBlocks, words } from './mrkdwn.ts'

export type Rendered = {
  /** For notifications and screen readers. */
  text: string
  blocks: types.KnownBlock[]
  /** What was left out, e.g. `header`; empty when everything fitted. */
  cuts: string[]
}

/** Starts the `action_id` of every button of ours; its `value` is the command. */
export const buttonPrefix = 'tocsin:'

/** An emoji rather than the colour bar of an attachment: Slack folds long attachments away, buttons and all. */
const emoji: Record<Tone, string> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢', neutral: '' }

/**
 * Draws a message. `accounts` are the Slack ids behind `message.mentions`; whoever has none is not mentioned.
 * `key` is put where it can be found again even when Slack's metadata is not kept.
 */
export function render(message: Message, accounts: Record<string, string>, key: string | null = null): Rendered {
  const cuts: string[] = []
  const headline = [emoji[message.tone], message.title.replace(/\s+/g, ' ').trim() || 'Tocsin']
    .filter(Boolean)
    .join(' ')
  const mention = mentionText(message, accounts)
  const isCard = Boolean(message.fields?.length || message.sections?.length || message.buttons?.length)
  const top = isCard ? cardTop(headline, mention, message, cuts) : noteTop(headline, mention, message, cuts)
  const counter = { n: 0 }
  const buttons = rows(message.buttons ?? [], counter, cuts)
  const fields = fieldBlocks(message.fields ?? [], cuts)
  const room = limits.blocks - top.length - fields.length - buttons.length
  const sections = sectionBlocks(message.sections ?? [], room, counter, cuts)
  const blocks = [...top, ...fields, ...sections, ...buttons]
  const [first] = blocks
  if (first !== undefined && key !== null) first.block_id = key.slice(0, limits.blockId)
  return { text: fallback(headline, mention, message), blocks, cuts: [...new Set(cuts)] }
}

function cardTop(headline: string, mention: string, message: Message, cuts: string[]): types.KnownBlock[] {
  const body = textSections(
    [mention, ...mrkdwnBlocks(bounded(message.text ?? '', cuts))].filter(Boolean),
    cuts,
    led(mention),
  )
  const text = cutTo(escapeText(headline), limits.header, 'header', cuts)
  return [{ type: 'header', text: { type: 'plain_text', text, emoji: true } }, ...body]
}

/** A line on the way of an incident gets no banner: a bold line and its text. */
function noteTop(headline: string, mention: string, message: Message, cuts: string[]): types.KnownBlock[] {
  const line = `*${cutTo(words(headline), limits.header * 2, 'title', cuts)}*${mention && ` ${mention}`}`
  return textSections([line, ...mrkdwnBlocks(bounded(message.text ?? '', cuts))], cuts, led(line))
}

/** Joins blocks so that what follows `first` stands directly below it. */
function led(first: string): (blocks: string[]) => string {
  return (blocks) =>
    blocks[0] === first && blocks.length > 1 ? `${first}\n${joinBlocks(blocks.slice(1))}` : joinBlocks(blocks)
}

function textSections(blocks: string[], cuts: string[], join = joinBlocks): types.SectionBlock[] {
  const { sections, cut: wasCut } = pack(blocks, join, limits.textSections)
  if (wasCut) cuts.push('text')
  return sections.map(section)
}

function fieldBlocks(fields: Field[], cuts: string[]): types.SectionBlock[] {
  const drawn = fields.map(({ label, value }) =>
    markdownText(
      cutTo(
        `*${words(label)}*\n${mrkdwn(bounded(value, cuts, limits.fieldText, `field ${label}`)) || '–'}`,
        limits.fieldText,
        `field ${label}`,
        cuts,
      ),
    ),
  )
  return groups(drawn, limits.fields).map((group) => ({ type: 'section', fields: group }))
}

/** Parts with their own buttons, as many as there is room for; the others are counted in a last line. */
function sectionBlocks(sections: Section[], room: number, counter: { n: number }, cuts: string[]): types.KnownBlock[] {
  const drawn = sections.map((part) => [
    ...textSections(mrkdwnBlocks(bounded(part.text, cuts)), cuts),
    ...rows(part.buttons ?? [], counter, cuts),
  ])
  if (drawn.flat().length <= room) return drawn.flat()
  const blocks: types.KnownBlock[] = []
  const shown = drawn.findIndex((part) => {
    if (blocks.length + part.length > room - 1) return true
    blocks.push(...part)
    return false
  })
  const left = drawn.length - shown
  cuts.push(`${left} sections`)
  return [
    ...blocks,
    context(`… cut: ${left} more ${left === 1 ? 'part does' : 'parts do'} not fit into one Slack message.`),
  ]
}

function rows(buttons: Button[], counter: { n: number }, cuts: string[]): types.ActionsBlock[] {
  const drawn = buttons.flatMap((button): types.Button[] => {
    if (button.command.length > limits.buttonValue) {
      // Half a command would be another command.
      cuts.push(`button ${button.label}`)
      return []
    }
    counter.n += 1
    return [
      {
        type: 'button',
        action_id: `${buttonPrefix}${counter.n}`,
        text: {
          type: 'plain_text',
          text: cutTo(escapeText(button.label), limits.buttonText, `label ${button.label}`, cuts),
          emoji: true,
        },
        value: button.command,
        ...(button.style && { style: button.style }),
      },
    ]
  })
  return groups(drawn, limits.buttonsInRow).map((elements) => ({ type: 'actions', elements }))
}

function mentionText(message: Message, accounts: Record<string, string>): string {
  if (message.mentions === 'channel') return '<!channel>'
  const ids = (message.mentions ?? []).map((person) => accounts[person]).filter((id) => id !== undefined)
  return [...new Set(ids)]
    .filter(isAccount)
    .map((id) => `<@${id}>`)
    .join(' ')
}

/** Slack's account ids: letters and digits, starting with U or W. Anything else could be markup. */
export function isAccount(id: string): boolean {
  return /^[UW][A-Z0-9]{2,30}$/.test(id)
}

function fallback(headline: string, mention: string, message: Message): string {
  const fields = (message.fields ?? []).map(
    ({ label, value }) => `${label}: ${plainText(value.slice(0, limits.fieldText))}`,
  )
  const body = [headline, plainText((message.text ?? '').slice(0, limits.fallback)), ...fields]
    .filter(Boolean)
    .join('\n')
  const text = cut(escapeText(body), limits.fallback - mention.length - 1)
  return mention ? `${mention} ${text}` : text
}

/** Said in the text itself, because what is shown may fit again after the marks are gone. */
function bounded(markdown: string, cuts: string[], limit: number = limits.markdown, what = 'text'): string {
  if (markdown.length <= limit) return markdown
  cuts.push(what)
  return `${markdown.slice(0, limit)}\n\n… cut`
}

function cutTo(text: string, limit: number, what: string, cuts: string[]): string {
  if (text.length > limit) cuts.push(what)
  return cut(text, limit)
}

function section(text: string): types.SectionBlock {
  return { type: 'section', text: markdownText(text) }
}

function context(text: string): types.ContextBlock {
  return { type: 'context', elements: [markdownText(text)] }
}

/** `verbatim`: Slack must not look for channel names, people or addresses in it by itself. */
function markdownText(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true }
}

function groups<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
