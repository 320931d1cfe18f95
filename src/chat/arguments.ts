// Reads what was typed after a command's words, by the command's spec.
import { parseSeverity } from '../core/severity.ts'
import { UserError } from '../errors.ts'
import type { ArgSpec, Args, Command } from './command.ts'

/** What arguments are checked against. */
export type Known = {
  /** The incident whose room this is. */
  room: number | null
  /** Answers the key of a person by name, key or mention; null when nobody is called that. */
  person(text: string): string | null
  people: string[]
  schedules: string[]
}

/** Reads what stands behind a command. Throws UserError for what is missing, unknown, or left over. */
export function parseArguments(command: Command, text: string, known: Known): Args {
  const { rest, flags } = takeFlags(command, text)
  const args: Args = {}
  let left = rest
  for (const spec of command.args) {
    const given = flags.get(spec.name) ?? (spec.flag ? '' : next(spec))
    if (given === '') {
      if (spec.required) throw new UserError(`<${spec.name}> is missing: ${spec.help}. For example: ${command.example}`)
      continue
    }
    args[spec.name] = read(spec, given, known, command)
  }
  if (left !== '') throw new UserError(leftOver(command, left))
  return args

  function next(spec: ArgSpec): string {
    const [filler = ''] = left.split(/\s+/, 1)
    if (spec.after !== undefined && filler.toLowerCase() === spec.after) take(filler)
    if (spec.kind === 'text') return take(left)
    const [word = ''] = left.split(/\s+/, 1)
    if (spec.kind === 'incident') return namesIncident(word) ? take(word) : ''
    if (!spec.required && spec.kind === 'severity' && parseSeverity(word) === null) return ''
    return take(word)
  }

  function namesIncident(word: string): boolean {
    // The one number of `/incident step 3 done` is the step's.
    if (command.args.some((a) => a.kind === 'number') && !/^\S+\s+\d/.test(left)) return false
    // A sentence may begin with a number: in a room, only #12 or inc-12 names another incident before a text.
    // Where two numbers stand at the start, the first is the incident's.
    const bare =
      known.room === null ||
      command.args.some((a) => a.kind === 'number') ||
      !command.args.some((a) => a.kind === 'text') ||
      standsBeforeAWord(word)
    return incidentNumber(word) !== null && (bare || !/^\d/.test(word))
  }

  /** `verdict 12 noise`, `sev 12 P3 because …`: where the first thing wanted is no sentence, a number before it is the incident's. */
  function standsBeforeAWord(word: string): boolean {
    const wanted = command.args.find((a) => a.kind !== 'incident')?.kind
    const after = left.slice(word.length).trim().split(/\s+/, 1)[0] ?? ''
    // `sev 2 because …` names a severity.
    if (wanted === 'severity') return parseSeverity(word) === null || parseSeverity(after) !== null
    return wanted !== 'text' && after !== ''
  }

  function take(part: string): string {
    left = left.slice(part.length).trim()
    return part
  }
}

function leftOver(command: Command, left: string): string {
  return `I do not know what “${left}” is for. It goes like this: ${usage(command)}`
}

/** How a command is typed: `/incident ack [incident] [--take-over]`. */
export function usage(command: Command): string {
  return [`/${command.name}`, ...command.args.filter(({ byButton }) => !byButton).map(placeOf)].join(' ')
}

function placeOf({ name, kind, required, flag, after }: ArgSpec): string {
  if (flag) return kind === 'switch' ? `[--${name}]` : `[--${name} …]`
  const word = after ? `${after} ${name}` : name
  return required ? `${after ? `${after} ` : ''}<${name}>` : `[${word}]`
}

/** Milliseconds of `90m`, `8h`, `2d`; null for anything else. */
export function parseSpan(text: string): number | null {
  const match = /^(\d+)\s*(m|min|h|d|w)$/i.exec(text.trim())
  const units: Record<string, number> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
  const unit = units[match?.[2]?.toLowerCase() ?? '']
  return match && unit ? Number(match[1]) * unit : null
}

/** What people type, and what telephones make of it while they do. */
const dashes = '(?:--|[—–])'
const quoted = '["“”„]([^"“”„]*)["“”]'

function takeFlags(command: Command, text: string): { rest: string; flags: Map<string, string> } {
  const flags = new Map<string, string>()
  const of = (isSwitch: boolean) =>
    command.args.filter(({ kind }) => (kind === 'switch') === isSwitch).map(({ name }) => name)
  const switches = of(true).join('|')
  const names = of(false).join('|')
  const plain =
    switches === ''
      ? text
      : text.replace(
          new RegExp(`(^|\\s)${dashes}(${switches})(?:[ =]"?(true|false)"?)?(?=\\s|$)`, 'g'),
          (_all, before: string, name: string, said?: string) => {
            if (said !== 'false') flags.set(name, 'true')
            return before
          },
        )
  if (names === '') return { rest: plain.trim(), flags }
  const rest = plain.replace(
    new RegExp(`(^|\\s)${dashes}(${names})[ =](${quoted}|\\S+)`, 'g'),
    (_all, before: string, name: string, value: string, inQuotes?: string) => {
      flags.set(name, inQuotes ?? value)
      return before
    },
  )
  return { rest: rest.trim(), flags }
}

function incidentNumber(word: string): number | null {
  const match = /^(?:#|inc-)?(\d{1,9})\b/i.exec(word)
  return match ? Number(match[1]) : null
}

function read(spec: ArgSpec, given: string, known: Known, command: Command): string | number {
  switch (spec.kind) {
    case 'incident': {
      const number = incidentNumber(given)
      if (number === null) throw new UserError(`“${given}” is not an incident. Write its number, e.g. 12.`)
      return number
    }
    case 'number':
      if (!/^\d{1,9}$/.test(given))
        throw new UserError(`<${spec.name}>: “${given}” is not a number. For example: ${command.example}`)
      return Number(given)
    case 'severity': {
      const severity = parseSeverity(given)
      if (severity === null) throw new UserError(`“${given}” is not a severity. Take one of P1, P2, P3, P4.`)
      return severity
    }
    case 'person': {
      const person = known.person(given)
      if (person === null) throw new UserError(`I know nobody called “${given}”. I know: ${known.people.join(', ')}.`)
      return person
    }
    case 'schedule': {
      const found = known.schedules.find((name) => name.toLowerCase() === given.toLowerCase())
      if (found === undefined)
        throw new UserError(`There is no schedule “${given}”. There are: ${known.schedules.join(', ')}.`)
      return known.schedules.includes(given) ? given : found
    }
    case 'duration': {
      const span = parseSpan(given)
      if (span === null) throw new UserError(`<${spec.name}>: “${given}” is not a length of time. Write 90m, 8h or 2d.`)
      return span
    }
    case 'word':
    case 'text':
    case 'switch':
      return given
    default:
      return spec.kind satisfies never
  }
}
