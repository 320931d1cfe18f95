// Block Kit as strict as Slack: what it refuses with invalid_blocks. Written from https://docs.slack.dev/reference/block-kit/
import { type Json, Refusal } from './workspace.ts'

type Check = (block: Json, at: string) => void

/** Throws `invalid_blocks` naming the place, as Slack does. */
export function checkBlocks(blocks: unknown): Json[] {
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format')
  if (blocks.length > 50) bad('no more than 50 items allowed', '/blocks')
  const ids = new Set<string>()
  const actionIds = new Map<string, string>()
  blocks.forEach((block: Json, i) => {
    const at = `/blocks/${i}`
    const check = checks[String(block.type)]
    if (check === undefined) bad(`unsupported type: ${String(block.type)}`, `${at}/type`)
    allow(block, ['type', 'block_id', ...(keys[String(block.type)] ?? [])], at)
    if (block.block_id !== undefined) {
      const id = String(block.block_id)
      if (id.length === 0 || id.length > 255) bad('must be less than 256 characters', `${at}/block_id`)
      if (ids.has(id)) bad('block_id already exists', `${at}/block_id`)
      ids.add(id)
    }
    for (const element of (block.type === 'actions' ? (block.elements as Json[]) : []) ?? []) {
      const id = String(element.action_id)
      if (actionIds.get(id) === at) bad('action_id already exists in block', at)
      actionIds.set(id, at)
    }
    check?.(block, at)
  })
  // Slack names no number: https://github.com/slackapi/bolt-js/issues/2509 and …/2867.
  if (lengthOf(blocks) > 13_200) throw new Refusal('msg_blocks_too_long')
  return blocks
}

/** All words, and what each block counts beyond them. */
function lengthOf(blocks: Json[]): number {
  const words = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).reduce(
          (sum, [key, one]) =>
            sum + (typeof one === 'string' ? (['text', 'value'].includes(key) ? one.length : 0) : words(one)),
          0,
        )
      : 0
  return blocks.reduce((sum, block) => sum + 100 + words(block), 0)
}

const keys: Record<string, string[]> = {
  header: ['text', 'level'],
  section: ['text', 'fields', 'accessory', 'expand'],
  actions: ['elements'],
  context: ['elements'],
  divider: [],
  image: ['alt_text', 'title', 'image_url', 'slack_file'],
}

const checks: Record<string, Check> = {
  header: (block, at) => text(block.text, `${at}/text`, 150, ['plain_text']),
  section: (block, at) => {
    if (block.text === undefined && block.fields === undefined) bad('must have text or fields', at)
    if (block.text !== undefined) text(block.text, `${at}/text`, 3000, ['plain_text', 'mrkdwn'])
    if (block.fields === undefined) return
    for (const [i, f] of list(block.fields, `${at}/fields`, 10).entries()) {
      text(f, `${at}/fields/${i}`, 2000, ['plain_text', 'mrkdwn'])
    }
  },
  actions: (block, at) => {
    for (const [i, e] of list(block.elements, `${at}/elements`, 25).entries()) button(e, `${at}/elements/${i}`)
  },
  context: (block, at) => {
    for (const [i, e] of list(block.elements, `${at}/elements`, 10).entries()) {
      text(e, `${at}/elements/${i}`, 3000, ['plain_text', 'mrkdwn'])
    }
  },
  divider: () => {},
  image: (block, at) => {
    if (typeof block.alt_text !== 'string' || block.alt_text.length > 2000) bad('missing or too long', `${at}/alt_text`)
    if ((block.image_url === undefined) === (block.slack_file === undefined)) bad('needs image_url or slack_file', at)
  },
}

function button(element: Json, at: string): void {
  if (element.type !== 'button') bad(`unsupported type: ${String(element.type)}`, `${at}/type`)
  allow(element, ['type', 'text', 'action_id', 'url', 'value', 'style', 'confirm', 'accessibility_label'], at)
  text(element.text, `${at}/text`, 75, ['plain_text'])
  if (typeof element.action_id === 'string' && element.action_id.length > 255) bad('too long', `${at}/action_id`)
  if (element.value !== undefined && (typeof element.value !== 'string' || element.value.length > 2000)) {
    bad('must be less than 2001 characters', `${at}/value`)
  }
  if (element.style !== undefined && !['primary', 'danger'].includes(String(element.style)))
    bad('unknown', `${at}/style`)
}

function text(value: unknown, at: string, limit: number, types: string[]): void {
  const object = value as Json
  if (typeof value !== 'object' || value === null) bad('missing required field', at)
  if (!types.includes(String(object.type))) bad(`unsupported type: ${String(object.type)}`, `${at}/type`)
  allow(object, object.type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'], at)
  if (typeof object.text !== 'string' || object.text.length < 1) bad('must be more than 0 characters', `${at}/text`)
  if (String(object.text).length > limit) bad(`must be less than ${limit + 1} characters`, `${at}/text`)
}

function list(value: unknown, at: string, most: number): Json[] {
  if (!Array.isArray(value) || value.length === 0) bad('must have at least 1 item', at)
  const items = value as Json[]
  if (items.length > most) bad(`no more than ${most} items allowed`, at)
  return items
}

function allow(object: Json, known: string[], at: string): void {
  const extra = Object.keys(object).find((key) => !known.includes(key))
  if (extra !== undefined) bad(`unknown field: ${extra}`, at)
}

function bad(what: string, at: string): never {
  throw new Refusal('invalid_blocks', { response_metadata: { messages: [`[ERROR] ${what} [json-pointer:${at}]`] } })
}
