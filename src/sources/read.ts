// Reading one field of somebody else's JSON: kept within what Postgres and a chat message can hold, and named when wrong.
import { createHash } from 'node:crypto'
import type { Labels } from '../core/alert.ts'
import { invisible, legible } from '../invisible.ts'

/** A field that cannot be used. Its text names the field and never repeats its value. */
export class BadField extends Error {}

export type Fields = Record<string, unknown>

/** Hears of a fault of an alert that is taken all the same; in the words of a BadField. */
export type Warn = (reason: string) => void

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

/** Texts by name; numbers and booleans become text, null is left out; so does, with a word to `warn`, what is no text at all. */
export function readLabels(value: unknown, field: string, warn: Warn): Labels {
  if (value === undefined || value === null) return {}
  if (!isFields(value)) {
    warn(`${field} must be an object of strings: it was left out`)
    return {}
  }
  const labels: Labels = {}
  const names = Object.keys(value)
  // Most are few; what is left out of many is not even read, as that would keep everybody else waiting.
  const given = names.length <= mostLabels ? names : names.filter((name) => value[name] !== null)
  const kept = given.length <= mostLabels ? given : fewer(given)
  for (const name of kept) {
    const one = value[name]
    if (one === null) continue
    const text = anyText(one)
    if (!isPlain(one)) warn(`${field} must be an object of strings, but one of its values is not: it was made one`)
    put(labels, clean(name, longestName), clean(text))
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

/** As readLabels; words alone are a description. */
export function readAnnotations(value: unknown, field: string, warn: Warn): Labels {
  if (typeof value !== 'string' || value.trim() === '') return readLabels(value || null, field, warn)
  warn(`${field} must be an object of strings: it was taken for a description`)
  return { description: clean(value) }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Of what is no text: a list of plain values side by side, anything else as JSON; nothing of what holds nothing. */
function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every(isPlain)) return value.join(', ')
  return isFields(value) && Object.keys(value).length === 0 ? '' : JSON.stringify(value)
}

/** Whatever it is, as text; nothing of what is not there. Never by a `toString` of its own, which may be anything. */
export function anyText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return isPlain(value) ? String(value) : textOf(value)
}

/** As readText, of what a person reads: what is no text becomes one, with a word to `warn`. */
export function readWords(value: unknown, field: string, warn: Warn): string | null {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'number')
    return readText(value, field)
  warn(`${field} must be a string: it was made one`)
  return readText(anyText(value), field)
}

/** Null when absent, empty or blank. */
export function readText(value: unknown, field: string, longest = longestValue): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' && typeof value !== 'number') throw new BadField(`${field} must be a string`)
  const text = clean(String(value), longest)
  return text.trim() === '' ? null : text
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

/**
 * As readFingerprint, of an alert: what is no text counts as absent, with a word to `warn`. Not as its JSON, in which two
 * alerts could be one.
 */
export function readIdentity(value: unknown, field: string, warn: Warn): string | null {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'number')
    return readFingerprint(value, field)
  warn(`${field} must be a string: the alert is known by its labels instead`)
  return null
}

/** The sender's own identity of something, short enough for an index; a longer one becomes its hash. */
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
