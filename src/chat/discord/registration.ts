// Our commands as Discord's application commands, and back: what a person chose there as the line they would have typed.
import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType as OptionType,
  type RESTPutAPIApplicationGuildCommandsJSONBody,
} from 'discord.js'
import { severities } from '../../core/severity.ts'
import type { ArgSpec, Command } from '../command.ts'
import { fitLine } from './cut.ts'
import { command as limits } from './limits.ts'

export type CommandSpec = Pick<Command, 'name' | 'summary' | 'args'>

export type Registration = {
  body: RESTPutAPIApplicationGuildCommandsJSONBody
  /** Commands Discord cannot carry, and why. */
  problems: string[]
  /** The line for what a person chose; null for a command that is not ours. */
  typed(name: string, options: APIApplicationCommandInteractionDataOption[]): string | null
}

/** A command that has others below it cannot be called by itself in Discord; it goes by the first free word of these. */
const ownWords = ['show', 'now']

export function registration(commands: CommandSpec[]): Registration {
  const problems: string[] = []
  const byPath = new Map<string, CommandSpec>()
  const roots = new Map<string, CommandSpec[]>()
  for (const command of commands) {
    const words = command.name.split(' ')
    const [root = ''] = words
    if (
      words.length > 2 ||
      words.some((word) => !/^[\p{L}\p{N}_-]{1,32}$/u.test(word) || word !== word.toLowerCase())
    ) {
      problems.push(`/${command.name}: Discord takes one or two words of lower-case letters, digits, - and _`)
    } else roots.set(root, [...(roots.get(root) ?? []), command])
  }
  const body = [...roots].map(([root, members]) => {
    const [only] = members
    if (only !== undefined && members.length === 1 && only.name === root) {
      byPath.set(root, only)
      return {
        name: root,
        description: describe(only.summary),
        options: options(only.args),
      }
    }
    if (members.length > limits.options) problems.push(`/${root}: only ${limits.options} of its commands fit`)
    return { name: root, description: describe(summaryOf(root, members)), options: below(root, members, byPath) }
  })
  return { body, problems, typed: (name, chosen) => typedLine(byPath, name, chosen) }
}

function below(root: string, members: CommandSpec[], byPath: Map<string, CommandSpec>): APIApplicationCommandOption[] {
  const taken = new Set(members.map((command) => command.name.slice(root.length + 1)))
  const own = ownWords.find((word) => !taken.has(word)) ?? root
  return members.slice(0, limits.options).map((command): APIApplicationCommandSubcommandOption => {
    const word = command.name === root ? own : command.name.slice(root.length + 1)
    byPath.set(`${root} ${word}`, command)
    const description = describe(command.summary)
    return { type: OptionType.Subcommand, name: word, description, options: options(command.args) }
  })
}

function summaryOf(root: string, members: CommandSpec[]): string {
  return members.find((command) => command.name === root)?.summary ?? `Everything about /${root}`
}

/** Required ones come first, as Discord wants. */
function options(args: ArgSpec[]): APIApplicationCommandBasicOption[] {
  const sorted = args.filter((arg) => !arg.byButton).sort((a, b) => Number(b.required) - Number(a.required))
  return sorted.slice(0, limits.options).map((arg) => option(arg))
}

function option(arg: ArgSpec): APIApplicationCommandBasicOption {
  const base = { name: optionName(arg), description: describe(arg.help), required: arg.required }
  switch (arg.kind) {
    case 'incident':
      return { ...base, type: OptionType.Integer, min_value: 1 }
    case 'number':
      return { ...base, type: OptionType.Number }
    case 'person':
      return { ...base, type: OptionType.User }
    case 'severity':
      return { ...base, type: OptionType.String, choices: severities.map((s) => ({ name: s, value: s })) }
    case 'switch':
      return { ...base, type: OptionType.Boolean }
    case 'schedule':
    case 'duration':
    case 'word':
    case 'text':
      return { ...base, type: OptionType.String }
    default:
      return arg.kind satisfies never
  }
}

function optionName(arg: ArgSpec): string {
  return arg.name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')
    .slice(0, limits.name)
}

function describe(text: string): string {
  return fitLine(text.replaceAll(/\s+/g, ' ').trim() || '–', limits.description).text
}

function typedLine(
  byPath: Map<string, CommandSpec>,
  name: string,
  chosen: APIApplicationCommandInteractionDataOption[],
): string | null {
  const [first] = chosen
  const sub = first?.type === OptionType.Subcommand ? first : null
  const command = byPath.get(sub === null ? name : `${name} ${sub.name}`)
  if (command === undefined) return null
  const given = new Map((sub === null ? chosen : (sub.options ?? [])).map((o) => [o.name, 'value' in o ? o : null]))
  const words = command.args.flatMap((arg) => {
    const value = given.get(optionName(arg))
    if (value === null || value === undefined) return []
    return [typedValue(arg, value.type === OptionType.User ? `<@${value.value}>` : String(value.value).trim())]
  })
  return [command.name, ...words].join(' ')
}

/** By name, so that nothing is taken for something else: a note that begins with a number names no incident. */
function typedValue(arg: ArgSpec, value: string): string {
  if (!value.includes('"')) return `--${arg.name} ${/^\S+$/.test(value) ? value : `"${value}"`}`
  return arg.kind === 'text' ? value : `--${arg.name} "${value.replaceAll('"', "'")}"`
}
