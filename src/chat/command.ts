// What a command is: one file in commands/ holds one, and its spec yields Slack's help, Discord's registration, the
// console's completion and `/incident help`.
import type { Bot } from '../bot.ts'
import type { Message } from '../core/message.ts'
import type { Reply } from './platform.ts'

/** `switch`: said or not said, `--name` alone. */
type ArgKind = 'incident' | 'person' | 'severity' | 'schedule' | 'number' | 'duration' | 'word' | 'text' | 'switch'

export type ArgSpec = {
  name: string
  kind: ArgKind
  required: boolean
  /** Only as `--name value`, never by its place. */
  flag?: boolean
  /** A word that people say before it, as in `with @grace`; it can be left out. */
  after?: string
  /** Only buttons say it: left out where people are told what to type. */
  byButton?: boolean
  help: string
}

/**
 * Arguments after parsing: a number for `incident` and `number`, milliseconds for `duration`, text for the rest; a switch that
 * was not said is absent.
 */
export type Args = Record<string, string | number | undefined>

/** Who speaks: a key of `people` when the account is known, else the account's own name. */
export type Actor = { id: string; name: string; platform: string; account: string }

export type CommandContext = {
  bot: Bot
  actor: Actor
  now: Date
  /** The incident that was named, else the one whose room this is; a UserError that tells how to name one otherwise. */
  incident(): number
  /** Where it was said, by the platform's own id. */
  channel: string
  /** The incident whose room this was said in. */
  room: number | null
  args: Args
  /** Every command there is. */
  commands: readonly Command[]
  /** The key of a person by name, key, mention or “me”; null when nobody is called that. */
  person(text: string): string | null
}

export type Command = {
  /** Its words, e.g. `incident ack`. */
  name: string
  aliases?: string[]
  summary: string
  /** In the order they are typed; any may be given as `--name value` too. The last may be `text`: the rest of the line. */
  args: ArgSpec[]
  example: string
  /** Null: nothing to say in private, the room shows the effect. */
  run(context: CommandContext): Promise<Reply | null>
}

export function privately(message: Message): Reply {
  return { visibility: 'private', message }
}
