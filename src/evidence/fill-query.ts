// Puts what an incident is about into a query of a runbook: `$service`, `${pod}`, `{{ $labels.instance }}`. Values come from
// strangers: none can end the quotation it stands in, or be read as part of a pattern.
import type { Labels } from '../core/alert.ts'
import { PermanentError } from '../errors.ts'
import { knownService } from './fill-in.ts'
import type { StepQuery } from './step-queries.ts'

export type Subject = { service: string; alerts: { labels: Labels }[] }

/** What Grafana puts into queries by itself: `x[$__rate_interval]`. */
const grafana: Record<string, string> = {
  __rate_interval: '5m',
  __interval: '1m',
  __range: '1h',
  __auto: '5m',
}

/** More values than these are told apart by nobody. */
const mostValues = 20

/**
 * The query with every place filled. Where the alerts differ, any of the values matches. Throws PermanentError when the alerts
 * have no such label, or when a value cannot stand where it is asked for; what else stands in braces is left to whoever is asked.
 */
export function fillQuery({ query, language }: StepQuery, subject: Subject): string {
  const own = /(=~|!~|=|!=|\|~|\|=)?(\s*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|#[^\n]*|[^"'`#=!|]+|[=!|]/g
  return query.replace(own, (whole, operator: string | undefined, space: string | undefined, text?: string) => {
    if (text !== undefined) return filledText(operator ?? '', space ?? '', text, subject, language)
    return whole.startsWith('#') ? whole : filledBare(whole, subject)
  })
}

const place =
  /\{\{-?\s*(?:\$labels|\.Labels|\$l)\.(\w+)\s*-?\}\}|\{\{-?\s*\$?\.?(\w+)\s*-?\}\}|\$\{(\w+)(?::\w+)?\}|\$([A-Za-z_]\w*)/g

function filledText(
  operator: string,
  space: string,
  text: string,
  subject: Subject,
  language: StepQuery['language'],
): string {
  const quote = text.charAt(0)
  const inner = text.slice(1, -1)
  if (inner.search(place) < 0) return operator + space + text
  const isPattern = operator.endsWith('~')
  const name = nameOf(new RegExp(`^(?:${place.source})$`).exec(inner))
  const several = name !== null && !(name in grafana) && valuesOf(name, subject).length > 1
  // A label that is to be one of several values is a pattern of them.
  if (several && (operator === '=' || operator === '!='))
    return `${operator === '=' ? '=~' : '!~'}${space}${quoted(quote, patternOf(valuesOf(name, subject)), language)}`
  const filled = inner.replace(place, (...match) => {
    const asked = nameOf(match as unknown as RegExpExecArray) ?? ''
    if (asked in grafana) return grafana[asked] ?? ''
    const values = valuesOf(asked, subject)
    if (values.length > 1 && !isPattern)
      throw new PermanentError(`the query wants ${asked} here, in which the alerts differ`)
    const value = isPattern ? patternOf(values) : (values[0] ?? '')
    return escaped(quote, value)
  })
  return operator + space + quote + filled + quote
}

/** Outside of quotes a value may only be a plain word or number: anything else could be another query. */
function filledBare(text: string, subject: Subject): string {
  return text.replace(place, (...match) => {
    const name = nameOf(match as unknown as RegExpExecArray) ?? ''
    if (name in grafana) return grafana[name] ?? ''
    const [value = '', ...others] = valuesOf(name, subject)
    if (others.length > 0) throw new PermanentError(`the query wants ${name}, in which the alerts differ`)
    if (!/^\w+$/.test(value))
      throw new PermanentError(`the query wants ${name} outside of quotes, and its value is no plain word`)
    return value
  })
}

function nameOf(match: ArrayLike<string | undefined> | null): string | null {
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? match[4] ?? null)
}

/** At least one. */
function valuesOf(name: string, { service, alerts }: Subject): string[] {
  if (name === 'service' && service !== 'unknown') return [service]
  const values = [...new Set(alerts.map(({ labels }) => labels[name]).filter((value) => value !== undefined))]
  if (values.length === 0) {
    if (name === 'service') return [knownService(service)]
    throw new PermanentError(`the query wants ${name}, and no alert has that label`)
  }
  if (values.length > mostValues)
    throw new PermanentError(`the query wants ${name}, of which the alerts have ${values.length} values`)
  return values
}

/** RE2, which reads all of the value as it stands. */
function patternOf(values: string[]): string {
  const quotedValues = values.map((value) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  return quotedValues.length === 1 ? (quotedValues[0] ?? '') : `(?:${quotedValues.join('|')})`
}

/** A raw text has no way to write a backtick: what has one is refused. */
function escaped(quote: string, value: string): string {
  if (quote === '`') {
    if (value.includes('`')) throw new PermanentError('a value has a backtick, and cannot stand in a raw text')
    return value
  }
  const plain = JSON.stringify(value).slice(1, -1)
  return quote === '"' ? plain : plain.replaceAll('\\"', '"').replaceAll("'", "\\'")
}

/** LogQL knows no single quotes. */
function quoted(quote: string, value: string, language: StepQuery['language']): string {
  const mark = quote === "'" && language === 'logql' ? '"' : quote
  return mark + escaped(mark, value) + mark
}
