// What Discord refuses, written from its documentation, strictly: a body the real one would refuse must not pass here.
// https://discord.com/developers/docs/resources/message and .../interactions/application-commands
import type { Button, Embed } from './world.ts'

/** Answered as Discord does: `{ code, message, errors }`. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  readonly errors: Record<string, unknown> | undefined
  constructor(status: number, code: number, message: string, errors?: Record<string, unknown>) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }
}

type AllowedMentions = { parse?: string[]; users?: string[]; roles?: string[]; replied_user?: boolean }
export type MessageBody = {
  content?: string
  embeds?: Embed[]
  components?: { type: number; components: (Button & { type: number })[] }[]
  allowed_mentions?: AllowedMentions
  attachments?: { id: string; filename?: string; description?: string }[]
  nonce?: string
  enforce_nonce?: boolean
  flags?: number
}

export function invalid(path: string, message: string): Refusal {
  return new Refusal(400, 50035, 'Invalid Form Body', { [path]: { _errors: [{ code: 'BASE_TYPE', message }] } })
}

export function checkMessage(body: MessageBody, files: string[], isNew: boolean): void {
  known(
    body,
    ['content', 'embeds', 'components', 'allowed_mentions', 'attachments', 'nonce', 'enforce_nonce', 'flags'],
    '',
  )
  length(body.content ?? '', 0, 2000, 'content')
  checkEmbeds(body.embeds ?? [], [...files])
  checkComponents(body.components ?? [])
  checkMentions(body.allowed_mentions)
  if (body.nonce !== undefined) length(body.nonce, 0, 25, 'nonce')
  for (const about of body.attachments ?? []) {
    if (/^\d{1,2}$/.test(about.id) && files[Number(about.id)] === undefined)
      throw invalid('attachments', 'no such file')
    length(about.description ?? '', 0, 1024, 'attachments.description')
  }
  if (isNew && !body.content && !body.embeds?.length && files.length === 0) {
    throw new Refusal(400, 50006, 'Cannot send an empty message')
  }
}

function checkEmbeds(embeds: Embed[], files: string[]): void {
  if (embeds.length > 10) throw invalid('embeds', 'Must be 10 or fewer in length.')
  let total = 0
  for (const [i, embed] of embeds.entries()) {
    const at = `embeds[${i}]`
    known(embed, ['title', 'description', 'color', 'fields', 'footer', 'image', 'url', 'timestamp'], at)
    if (!embed.title && !embed.description && !embed.fields?.length && !embed.image) {
      throw invalid(`${at}.description`, 'This field is required')
    }
    for (const [name, text, most] of [
      ['title', embed.title, 256],
      ['description', embed.description, 4096],
      ['footer', embed.footer?.text, 2048],
    ] as const) {
      if (text === undefined) continue
      length(text, 1, most, `${at}.${name}`)
      total += text.length
    }
    if ((embed.fields?.length ?? 0) > 25) throw invalid(`${at}.fields`, 'Must be 25 or fewer in length.')
    for (const field of embed.fields ?? []) {
      length(field.name, 1, 256, `${at}.fields.name`)
      length(field.value, 1, 1024, `${at}.fields.value`)
      if (field.name.trim() === '' || field.value.trim() === '') throw invalid(`${at}.fields`, 'This field is required')
      total += field.name.length + field.value.length
    }
    const image = embed.image?.url
    if (image?.startsWith('attachment://') && !files.includes(image.slice('attachment://'.length))) {
      throw invalid(`${at}.image`, `Referenced attachment not found: ${image}`)
    }
  }
  if (total > 6000) throw invalid('embeds', 'Embed size exceeds maximum size of 6000')
}

function checkComponents(rows: NonNullable<MessageBody['components']>): void {
  if (rows.length > 5) throw invalid('components', 'Must be 5 or fewer in length.')
  const seen = new Set<string>()
  for (const row of rows) {
    if (row.type !== 1) throw invalid('components', 'Must be action rows')
    if (row.components.length < 1 || row.components.length > 5) throw invalid('components', 'Must be between 1 and 5')
    for (const button of row.components) {
      known(button, ['type', 'style', 'label', 'custom_id'], 'components')
      if (button.type !== 2 || button.style < 1 || button.style > 4) throw invalid('components', 'Not a button')
      length(button.label, 1, 80, 'components.label')
      length(button.custom_id, 1, 100, 'components.custom_id')
      if (seen.has(button.custom_id)) throw invalid('components', 'Component custom id cannot be duplicated')
      seen.add(button.custom_id)
    }
  }
}

function checkMentions(allowed: AllowedMentions | undefined): void {
  // The real one lets it be absent, and then lets every text mention everybody. Ours may never leave it out.
  if (allowed === undefined) throw invalid('allowed_mentions', 'Tocsin must always say whom a message may mention')
  known(allowed, ['parse', 'users', 'roles', 'replied_user'], 'allowed_mentions')
  if (allowed.parse?.includes('users') && allowed.users?.length) {
    throw invalid('allowed_mentions', 'parse:["users"] and users: [ids...] are mutually exclusive.')
  }
  if ((allowed.users?.length ?? 0) > 100) throw invalid('allowed_mentions.users', 'Must be 100 or fewer in length.')
  for (const id of allowed.users ?? [])
    if (!/^\d{17,20}$/.test(id)) throw invalid('allowed_mentions.users', 'not a snowflake')
}

export type OptionBody = {
  type: number
  name: string
  description: string
  required?: boolean
  options?: OptionBody[]
  choices?: { name: string; value: string }[]
}
export type CommandBody = { name: string; description: string; options?: OptionBody[] }

export function checkCommands(commands: CommandBody[]): void {
  if (commands.length > 100) throw new Refusal(400, 30032, 'Maximum number of application commands reached (100)')
  unique(commands, 'commands')
  for (const command of commands) checkNamed(command, `/${command.name}`)
}

function checkNamed(named: CommandBody | OptionBody, at: string): void {
  if (!/^[-_\p{L}\p{N}]{1,32}$/u.test(named.name) || named.name !== named.name.toLowerCase())
    throw invalid(at, 'Name is invalid')
  length(named.description, 1, 100, `${at}.description`)
  const options = named.options ?? []
  if (options.length > 25) throw invalid(at, 'Must be 25 or fewer in length.')
  unique(options, at)
  const subcommands = options.filter((option) => option.type <= 2).length
  if (subcommands > 0 && subcommands < options.length)
    throw invalid(at, 'Sub-command and sub-command group option types are mutually exclusive to all other types')
  const firstOptional = options.findIndex((option) => !option.required)
  if (subcommands === 0 && firstOptional !== -1 && options.slice(firstOptional).some((option) => option.required)) {
    throw invalid(at, 'Required options must be placed before non-required options')
  }
  for (const option of options) {
    if ((option.choices?.length ?? 0) > 25) throw invalid(at, 'Must be 25 or fewer in length.')
    checkNamed(option, `${at} ${option.name}`)
  }
}

function unique(named: { name: string }[], at: string): void {
  if (new Set(named.map((one) => one.name)).size < named.length) throw invalid(at, 'Names must be unique')
}

function known(body: object, keys: string[], at: string): void {
  for (const key of Object.keys(body)) if (!keys.includes(key)) throw invalid(`${at}.${key}`, 'Unknown to the stand-in')
}

function length(text: string, least: number, most: number, at: string): void {
  if (typeof text !== 'string') throw invalid(at, 'Must be text')
  if (text.length < least || text.length > most) throw invalid(at, `Must be between ${least} and ${most} in length.`)
}
