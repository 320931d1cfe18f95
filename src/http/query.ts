// Reading what comes in an address: a value that makes no sense is named, with the values that would.
import { RejectedInput } from '../errors.ts'

export type Query = Record<string, string | string[] | undefined>

/** One of `allowed`, several with commas or by repeating it; empty when it is not there. */
export function choices<T extends string>(query: Query, name: string, allowed: readonly T[]): T[] {
  const given = [query[name] ?? []].flat().flatMap((value) => value.split(','))
  return given.filter((value) => value !== '').map((value) => choice(value, name, allowed))
}

function choice<T extends string>(value: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one.toLowerCase() === value.trim().toLowerCase())
  if (found === undefined) throw new RejectedInput(`${name}: must be one of ${allowed.join(', ')}`)
  return found
}

/** Undefined: left out, or empty. Throws RejectedInput. */
export function text(query: Query, name: string): string | undefined {
  const value = query[name]
  if (Array.isArray(value)) throw new RejectedInput(`${name}: may be given once`)
  if (value?.includes('\0')) throw new RejectedInput(`${name}: must not hold NUL`)
  return value === '' ? undefined : value
}

/** An instant as ISO 8601, with its offset or `Z`. */
export function instant(query: Query, name: string): Date | undefined {
  const value = text(query, name)
  if (value === undefined) return undefined
  const at = new Date(value)
  if (/^(?!0000)\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(at.getTime())) return at
  throw new RejectedInput(`${name}: must be an instant, e.g. 2027-03-28T01:30:00Z`)
}

/** A whole number between `from` and `until`. */
export function wholeNumber(query: Query, name: string, from: number, until: number): number | undefined {
  const value = text(query, name)
  if (value === undefined) return undefined
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= from && number <= until) return number
  throw new RejectedInput(`${name}: must be a whole number from ${from} to ${until}`)
}

/** Refuses names that mean nothing here: a misspelt filter must not look like one that found everything. */
export function onlyKnown(query: Query, known: readonly string[]): void {
  const stranger = Object.keys(query).find((name) => !known.includes(name))
  // The name itself is not repeated: it is from outside.
  if (stranger !== undefined) throw new RejectedInput(`an unknown parameter; known are ${known.join(', ')}`)
}

/** The number of an incident in a path. */
export function incidentNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new RejectedInput('the number of an incident is a whole number, e.g. /incidents/12', 400)
}
