// A Message as Slack draws it (Block Kit). Pure. Whatever does not fit is cut where the reader sees it, and listed in
// `cuts` for the log.
import type { types } from '@slack/bolt'
import type { Button, Field, Message, Section, Tone } from '../../core/message.ts'
import { plainText } from '../markdown.ts'
import { cut, cutBytes, pack } from './cut.ts'
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
  const counter = { n: 0 }
  const buttons = rows(message.buttons ?? [], counter, cuts, limits.allButtons)
  const fields = fieldBlocks(message.fields ?? [], cuts)
  const left = limits.message - cost([...fields, ...buttons])
  // The parts with buttons of their own are what such a message is for.
  const forText = message.sections?.length ? left / 2 : left
  const draw = isCard ? cardTop : noteTop
  const top = draw(headline, mention, message, cuts, forText)
  const room = { blocks: limits.blocks - top.length - fields.length - buttons.length, characters: left - cost(top) }
  const sections = sectionBlocks(message.sections ?? [], room, counter, cuts)
  const blocks = [...top, ...fields, ...sections, ...buttons]
  const [first] = blocks
  if (first !== undefined && key !== null) first.block_id = key.slice(0, limits.blockId)
  return { text: fallback(headline, mention, message), blocks, cuts: [...new Set(cuts)] }
}

/** Draws what stands above the fields, in `room` characters as Slack counts them. */
type Top = (headline: string, mention: string, message: Message, cuts: string[], room: number) => types.KnownBlock[]

const cardTop: Top = (headline, mention, message, cuts, room) => {
  const text = cutTo(escapeText(headline), limits.header, 'header', cuts)
  const body = textSections(
    [mention, ...mrkdwnBlocks(bounded(message.text ?? '', cuts))].filter(Boolean),
    cuts,
    room - limits.blockCost - text.length,
    led(mention),
  )
  return [{ type: 'header', text: { type: 'plain_text', text, emoji: true } }, ...body]
}

/** A line on the way of an incident gets no banner: a bold line and its text. */
const noteTop: Top = (headline, mention, message, cuts, room) => {
  const line = `*${cutTo(words(headline), limits.header * 2, 'title', cuts)}*${mention && ` ${mention}`}`
  return textSections([line, ...mrkdwnBlocks(bounded(message.text ?? '', cuts))], cuts, room, led(line))
}

/** Joins blocks so that what follows `first` stands directly below it. */
function led(first: string): (blocks: string[]) => string {
  return (blocks) =>
    blocks[0] === first && blocks.length > 1 ? `${first}\n${joinBlocks(blocks.slice(1))}` : joinBlocks(blocks)
}

function textSections(blocks: string[], cuts: string[], room: number, join = joinBlocks): types.SectionBlock[] {
  const { sections, cut: wasCut } = pack(blocks, join, room)
  if (wasCut) cuts.push('text')
  return sections.map(section)
}

function fieldBlocks(fields: Field[], cuts: string[]): types.SectionBlock[] {
  const draw = (limit: number) =>
    fields.map(({ label, value }) =>
      markdownText(
        cutTo(
          `*${words(label)}*\n${mrkdwn(bounded(value, cuts, limits.fieldText, `field ${label}`)) || '–'}`,
          limit,
          `field ${label}`,
          cuts,
        ),
      ),
    )
  const whole = draw(limits.fieldText)
  const isMuch = whole.reduce((sum, { text }) => sum + text.length, 0) > limits.allFields
  const drawn = isMuch ? draw(Math.max(100, Math.floor(limits.allFields / fields.length))) : whole
  return groups(drawn, limits.fields).map((group) => ({ type: 'section', fields: group }))
}

type Room = { blocks: number; characters: number }

/** Parts with their own buttons, as many as there is room for; the others are counted in a last line. */
function sectionBlocks(sections: Section[], room: Room, counter: { n: number }, cuts: string[]): types.KnownBlock[] {
  const drawn = sections.map((part) => [
    ...textSections(mrkdwnBlocks(bounded(part.text, cuts)), cuts, limits.partText),
    ...rows(part.buttons ?? [], counter, cuts, limits.allButtons),
  ])
  if (drawn.flat().length <= room.blocks && cost(drawn.flat()) <= room.characters) return drawn.flat()
  const blocks: types.KnownBlock[] = []
  let characters = room.characters - 2 * limits.blockCost
  const shown = drawn.findIndex((part) => {
    characters -= cost(part)
    if (blocks.length + part.length > room.blocks - 1 || characters < 0) return true
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

/** What blocks count towards the length of a message. */
function cost(blocks: types.KnownBlock[]): number {
  return blocks.reduce((sum, block) => sum + limits.blockCost + lengthOf(block), 0)
}

function lengthOf(block: types.KnownBlock): number {
  if (block.type === 'header') return block.text.text.length
  if (block.type === 'section') {
    return (block.text?.text.length ?? 0) + (block.fields ?? []).reduce((sum, { text }) => sum + text.length, 0)
  }
  return block.type === 'actions'
    ? block.elements.reduce((sum, one) => sum + (one.type === 'button' ? weight(one) : 0), 0)
    : 0
}

function weight({ text, value = '' }: types.Button): number {
  return limits.blockCost + text.text.length + value.length
}

/** `room`: characters that all of them may take. */
function rows(buttons: Button[], counter: { n: number }, cuts: string[], room: number): types.ActionsBlock[] {
  let left = room
  const drawn = buttons.flatMap((button): types.Button[] => {
    left -= limits.blockCost + limits.buttonText + button.command.length
    if (button.command.length > limits.buttonValue || left < 0) {
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
  // A crowd is called by the blocks alone.
  const called = mention !== '' && mention.length < limits.fallback / 2 ? `${mention} ` : ''
  return called + cutBytes(escapeText(body), limits.fallback - called.length)
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
