// How single values are written, in tocsin.yaml and in the environment alike: what each is called, an example, its reader.
import { validate as isCron } from 'node-cron'
import { parseQuantity, type Quantity } from '../core/quantity.ts'
import { parseSeverity, type Severity } from '../core/severity.ts'
import { isZone } from '../core/wall.ts'
import { nearest } from './suggest.ts'

/** Why a text could not be read: the rest of a sentence that begins with the text. */
export class Wrong {
  readonly message: string
  readonly example: string | null
  constructor(message: string, example: string | null = null) {
    this.message = message
    this.example = example
  }
}

export type Notation<T> = {
  /** With its article: `a duration`. */
  what: string
  example: string
  /** What the reference calls it, when `what` would be clumsy there. */
  short?: string
  /** Never shown in a problem. */
  secret?: boolean
  /** JSON types an editor should accept besides text. */
  json?: 'integer' | 'number' | 'boolean'
  read(text: string): T | Wrong
}

function notation<T>(what: string, example: string, read: (text: string) => T | null): Notation<T> {
  return { what, example, read: (text) => read(text.trim()) ?? new Wrong(`is not ${what}`, example) }
}

const units: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

/** Milliseconds of `15m`, `1h30m`, `2d`; null when it is something else. Zero is a duration. */
export function parseDuration(text: string): number | null {
  if (!/^(\d{1,6}[smhdw])+$/.test(text)) return null
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) total += Number(count) * (units[unit ?? ''] ?? 0)
  return total
}

export const text: Notation<string> = textLike('payments')

export function textLike(example: string): Notation<string> {
  return notation('a text', example, (t) => t || null)
}

export const duration: Notation<number> = notation('a duration', '15m, 1h, 2d', parseDuration)

/** A wait that moves something on: never zero, which would repeat without a pause. */
export const wait: Notation<number> = {
  ...duration,
  read: (written) => duration.read(written) || new Wrong('must be longer than nothing', duration.example),
}

export const within: Notation<number | 'next business day'> = notation(
  'a duration',
  '15m, 1h, 2d, next business day',
  (t) => (t.toLowerCase() === 'next business day' ? 'next business day' : parseDuration(t) || null),
)

/** Whole days. */
export const days: Notation<number> = notation('a number of whole days', '30d', (t) => {
  const ms = parseDuration(t)
  return ms !== null && ms > 0 && ms % 864e5 === 0 ? ms / 864e5 : null
})

export const count: Notation<number> = {
  ...notation('a whole number from 1 to 20', '3', (t) => (/^([1-9]|1\d|20)$/.test(t) ? Number(t) : null)),
  json: 'integer',
}

export const percent: Notation<number> = {
  ...notation('a percentage between 0 and 100', '99.9', (t) => {
    const value = /^\d{1,3}(\.\d+)?\s*%?$/.test(t) ? Number.parseFloat(t) : Number.NaN
    return value > 0 && value < 100 ? value : null
  }),
  json: 'number',
}

/** Below 100: an objective of everything leaves no budget, and no objective at all is no promise. */
export const objective: Notation<number> = {
  ...percent,
  read: (written) =>
    /^100(\.0*)?\s*%?$/.test(written.trim())
      ? new Wrong('leaves no error budget: nothing may ever fail; promise a little less', '99.9')
      : percent.read(written),
}

export const sloWindow: Notation<number | 'week' | 'month' | 'quarter'> = notation(
  'a number of days, or week, month or quarter',
  '30d, month',
  (t) => {
    const ms = parseDuration(t)
    if (ms !== null) return ms > 0 && ms % 864e5 === 0 ? ms / 864e5 : null
    const period = t.toLowerCase()
    return period === 'week' || period === 'month' || period === 'quarter' ? period : null
  },
)

/** Seconds of `2s`, `500ms`, `0.5s`, `1m`. */
export const latency: Notation<number> = notation('a time with its unit', '500ms, 2s', (t) => {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(t) ?? []
  const seconds = Number(count) * (unit === 'ms' ? 0.001 : unit === 'm' ? 60 : 1)
  return seconds > 0 ? Number(seconds.toPrecision(12)) : null
})

export const limit: Notation<number> = {
  ...notation('a number', '0.8', (t) => (/^-?(\d+(\.\d*)?|\.\d+)(e-?\d+)?$/i.test(t) ? Number(t) : null)),
  json: 'number',
}

/** A bound of what is measured, with its unit or in that of its chart. */
export const quantity: Notation<Quantity> = {
  ...notation('a number, with its unit or without', '500ms, 95%, 2GiB, 0.8', parseQuantity),
  json: 'number',
}

export const burnSeverity: Notation<Severity | 'never'> = notation('a severity or never', 'P1, P2, P3, never', (t) =>
  t.toLowerCase() === 'never' ? 'never' : parseSeverity(t),
)

export const port: Notation<number> = {
  ...notation('a port from 0 to 65535', '8420', (t) => (/^\d{1,5}$/.test(t) && Number(t) < 65536 ? Number(t) : null)),
  json: 'integer',
}

export const yesNo: Notation<boolean> = {
  ...notation('true or false', 'true', (t) => {
    if (/^(true|yes|on|1)$/i.test(t)) return true
    return /^(false|no|off|0)$/i.test(t) ? false : null
  }),
  json: 'boolean',
}

/** Without a slash at its end, so that paths can be put behind it. */
export const address: Notation<string> = notation('an http or https address', 'http://127.0.0.1:9090', (t) =>
  isAddress(t) ? t.replace(/\/+$/, '') : null,
)

/** Kept to the letter: a dashboard's slash at the end may matter. */
export const link: Notation<string> = notation('an http or https address', 'https://grafana.example.org/d/abc', (t) =>
  isAddress(t) ? t : null,
)

function isAddress(t: string): boolean {
  return /^https?:\/\//i.test(t) && URL.canParse(t)
}

export const postgres: Notation<string> = {
  ...notation('a PostgreSQL address', 'postgres://tocsin@127.0.0.1:5432/tocsin', (t) =>
    // No host between user and database: the socket named by ?host=/run/postgresql.
    /^postgres(ql)?:\/\//.test(t) && URL.canParse(t.replace('@/', '@localhost/')) ? t : null,
  ),
  // It holds a password.
  secret: true,
}

/** `smtp://user:password@host:587`; `smtps://` is encrypted from the first byte. */
export const smtp: Notation<string> = {
  what: 'an SMTP address',
  example: 'smtp://mail.example.org:587',
  // It holds a password.
  secret: true,
  read: (written) => {
    const t = written.trim()
    return /^smtps?:\/\/[^/\s]+\/?$/i.test(t) && URL.canParse(t)
      ? t
      : new Wrong('is not an SMTP address', 'smtp://mail.example.org:587 or smtps://user:password@mail.example.org')
  },
}
export const secret: Notation<string> = { ...notation('a secret', `\${TOKEN}`, (t) => t || null), secret: true }

export const zone: Notation<string> = {
  what: 'a time zone',
  example: 'Europe/Berlin',
  read(t) {
    // `+01:00` would do, but says nothing about daylight saving.
    if (/^[A-Za-z]/.test(t) && isZone(t)) return t
    if (/^[A-Z]{3,4}$/.test(t)) return new Wrong('is not a time zone, as such letters mean several', 'America/New_York')
    const close = nearest(t, ['UTC', ...Intl.supportedValuesOf('timeZone')])
    return close
      ? new Wrong(`is not a time zone; did you mean ${close}?`)
      : new Wrong('is not a time zone', 'Europe/Berlin')
  },
}

/** `HH:MM`. */
export const time: Notation<string> = {
  what: 'a time of day',
  example: '09:00',
  read(written) {
    const t = written.trim()
    if (t === '24:00') return new Wrong('is not a time of day; midnight is 00:00, and the last minute of a day 23:59')
    const match = /^(\d{1,2}):(\d\d)$/.exec(t)
    const exists = match && Number(match[1]) < 24 && Number(match[2]) < 60
    return exists ? t.padStart(5, '0') : new Wrong(`is not ${this.what}`, this.example)
  },
}

/** `YYYY-MM-DD`, a day that exists. */
export const date: Notation<string> = notation('a date', '2026-01-05', (t) => {
  if (!/^\d{4}-\d\d-\d\d$/.test(t)) return null
  const at = new Date(`${t}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(t) ? t : null
})

export const cron: Notation<string> = notation('a cron expression', '0 9 * * 1', (t) => (isCron(t) ? t : null))

export const severity: Notation<Severity> = notation('a severity', 'P1, P2, P3 or P4', parseSeverity)

export const email: Notation<string> = notation('an e-mail address', 'ada@example.org', (t) =>
  /^[^\s@]+@[^\s@]+$/.test(t) ? t : null,
)

/** A channel by name or id; the `#` people put in front is dropped. */
export const channel: Notation<string> = notation('a channel', 'incidents', (t) => {
  const name = t.replace(/^#/, '')
  return name && !/\s/.test(name) ? name : null
})

/** One word of a fixed few. */
export function oneOf<const W extends string>(...words: W[]): Notation<W> {
  const list = words
    .map((word) => `“${word}”`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ')
  return {
    what: list,
    example: words.join(', '),
    read(t) {
      const word = words.find((w) => w === t.trim().toLowerCase().replaceAll('_', ' ') || w === t.trim())
      return word ?? new Wrong(`is not one of ${list}`)
    },
  }
}
