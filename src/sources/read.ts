// Reading one field of somebody else's JSON: kept within what Postgres and a chat message can hold, and named when wrong.
import { createHash } from 'node:crypto'
import type { Labels } from '../core/alert.ts'
import { invisible, legible } from '../invisible.ts'

/** A field that cannot be used. Its text names the field and never repeats its value. */
export class BadField extends Error {}

export type Fields = Record<string, unknown>

/** Longest value of a label or an annotation; what is beyond is cut, visibly. */
const longestValue = 4096
const longestName = 256
const mostLabels = 100
/** Kept first when there are too many. */
const telling = [
  'alertname',
  'severity',
  'service',
  'job',
  'instance',
  'namespace',
  'summary',
  'description',
  'runbook_url',
]

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What nearly every text is made of: nothing in it has to be left out, and knowing so is ten times faster than looking. */
const plain = /^[\t\n\r\x20-\x7e]*$/

/** Nor has any of these, other than in emoji and rare scripts, which are made of two halves each. */
const whole = new RegExp(`^[^${invisible}\\ud800-\\udfff]*$`)

/**
 * Text without NUL (Postgres refuses it), without halves of surrogate pairs (JSON does) and without the characters that
 * would reorder or hide the text around it, wherever it is shown.
 */
export function clean(text: string, longest = longestValue): string {
  if (text.length <= longest && (plain.test(text) || whole.test(text))) return text
  // Megabytes of what is left out would take seconds.
  const most = Math.min(text.length, 8 * longest)
  const kept = legible(text.slice(0, most))
  // A cut may fall in the middle of a pair.
  return kept.length > longest || most < text.length
    ? `${kept.slice(0, longest - 1).replace(/\p{Surrogate}/gu, '')}…`
    : kept
}

/** Texts by name; numbers and booleans become text, null is left out. */
export function readLabels(value: unknown, field: string): Labels {
  if (value === undefined || value === null) return {}
  if (!isFields(value)) throw new BadField(`${field} must be an object of strings`)
  const labels: Labels = {}
  const names = Object.keys(value)
  // Most are few; what is left out of many is not even read, as that would keep everybody else waiting.
  const given = names.length <= mostLabels ? names : names.filter((name) => value[name] !== null)
  const kept = given.length <= mostLabels ? given : fewer(given)
  for (const name of kept) {
    const one = value[name]
    if (one === null) continue
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') {
      throw new BadField(`${field} must be an object of strings, but one of its values is not`)
    }
    put(labels, clean(name, longestName), clean(String(one)))
  }
  const leftOut = given.length - kept.length
  if (leftOut > 0) labels.left_out = `${leftOut} of ${given.length} were too many to keep`
  return labels
}

/** A plain assignment would take this one name for something else. */
function put(labels: Labels, name: string, value: string): void {
  if (name !== '__proto__') labels[name] = value
  else Object.defineProperty(labels, name, { value, enumerable: true, configurable: true, writable: true })
}

function fewer(names: string[]): string[] {
  const first = names.filter((name) => telling.includes(name))
  const rest = names.filter((name) => !telling.includes(name))
  return [...first, ...rest].slice(0, mostLabels - 1)
}

/** Null when absent, empty or blank. */
export function readText(value: unknown, field: string, longest = longestValue): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' && typeof value !== 'number') throw new BadField(`${field} must be a string`)
  const text = clean(String(value), longest)
  return text.trim() === '' ? null : text
}

/** The end of whatever still fires, as Go writes it. */
const zeroTime = '0001-01-01T00:00:00Z'
const shape = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:?\d\d)$/

/**
 * An instant in RFC 3339, as Go and JavaScript write it. Null when absent, or Go's zero time.
 * Bounded to what Postgres and a Date can both hold.
 */
export function readTime(value: unknown, field: string): Date | null {
  if (value === undefined || value === null || value === '' || value === zeroTime) return null
  const at =
    typeof value === 'string' && shape.test(value)
      ? new Date(value.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1'))
      : null
  // An offset can push the last hours of 9999 into a year that is written with six digits.
  if (at === null || Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999)
    throw new BadField(`${field} must be a time with its zone, such as 2026-01-05T09:00:00Z`)
  return at.getUTCFullYear() <= 1 ? null : at
}

/**
 * An http(s) address; anything else is no place to lead a person to, and counts as absent. A name and a password in it
 * (Prometheus behind basic auth writes them into its links) are a secret that everybody would read: they are left out.
 */
export function readLink(value: unknown): string | null {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value)) return null
  // A cut address would be another one.
  if (value.length > 4 * longestValue || !URL.canParse(value)) return null
  if (!value.includes('@')) return clean(value, 4 * longestValue)
  const url = new URL(value)
  if (url.username === '' && url.password === '') return clean(value, 4 * longestValue)
  url.username = ''
  url.password = ''
  return url.href
}

/** The sender's own identity of an alert, short enough for an index; a longer one becomes its hash. */
export function readFingerprint(value: unknown, field: string): string | null {
  const text = readText(value, field, Number.POSITIVE_INFINITY)
  return text === null || text.length <= 128 ? text : sha256(text)
}

/** The same for the same labels in any order. */
export function fingerprintOf(labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return sha256(JSON.stringify(sorted))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
