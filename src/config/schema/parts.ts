// The pieces every part of the schema is built from: a leaf read by a notation, a set of keys, a list, a set of names.
// They say what is wrong as the rest of a sentence; issues.ts puts the value, the place and the example to it.
import { z } from 'zod'
import { type Notation, Wrong } from '../notation.ts'
import { hint } from '../suggest.ts'

// A configuration is read once: to write and compile a function for each of its objects takes longer than reading them.
z.config({ jitless: true })

/** What an issue carries besides its message. */
export type IssueParams = {
  example?: string | null
  secret?: boolean
  /** The value is of another shape altogether; a union tries its next member. */
  otherShape?: boolean
}

/** A single value. */
export function leaf<T>(notation: Notation<T>, help: string, extra: { 'x-default'?: string } = {}) {
  const params: IssueParams = { example: notation.example, secret: notation.secret ?? false }
  return z
    .unknown()
    .transform((value: unknown, ctx): T => {
      if (typeof value !== 'string') {
        const message = value === undefined ? 'is missing' : value === null ? emptyMessage : `is not ${notation.what}`
        const otherShape = value !== undefined && value !== null
        ctx.addIssue({ code: 'custom', message, params: { ...params, otherShape } satisfies IssueParams })
        return z.NEVER
      }
      const read = notation.read(value)
      if (!(read instanceof Wrong)) return read
      const { message, example } = read
      ctx.addIssue({ code: 'custom', message, params: { ...params, example } satisfies IssueParams })
      return z.NEVER
    })
    .meta({
      description: help,
      type: notation.json ? [notation.json, 'string'] : 'string',
      examples: [notation.example],
      'x-type': notation.short ?? notation.what.replace(/^an? /, ''),
      ...extra,
    })
}

const emptyMessage = 'has no value (a # begins a comment: quote what starts with one); write one or leave the key out'

/** A set of known keys; anything else is a problem with the nearest known one. Empty is the same as `{}`. */
export function keys<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape)
  const strict = z.strictObject(shape, {
    error: (issue) => {
      // One line for every unknown key, in order.
      if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, known)).join('\n')
      return issue.input === undefined ? 'is missing' : `must be a set of keys (${known.join(', ')})`
    },
  })
  return z.preprocess((value) => (value === null ? {} : value), strict)
}

function unknownKey(key: string, known: string[]): string {
  const offer = hint(key, known)
  return `is not a key Tocsin knows${offer ? `; ${offer}` : ''}`
}

export function list<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (value === null ? [] : value),
    z.array(item, { error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a list') }),
  )
}

/** Names chosen by the team, with something under each. */
export function named<T extends z.ZodType>(name: z.ZodType<string, string>, item: T) {
  return z.preprocess(
    (value) => (value === null ? {} : value),
    z.record(name, item, { error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a set of names') }),
  )
}

/** A name that goes into keys, addresses and commands as it is. */
export const plainName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be letters (a to z), digits, dots, hyphens or underscores, 64 at most',
  )

/** A name as alerts carry it. */
export const anyName = z.string().min(1, 'must not be empty').max(200, 'must be 200 characters at most')
