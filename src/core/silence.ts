// What a silence of an incident's alerts covers, and how it reads: one set of matchers that hold for all of them.
import type { Labels } from './alert.ts'

/** As Alertmanager has it: all of a silence's must hold; a regular expression is anchored at both ends. */
export type Matcher = { name: string; value: string; isRegex: boolean; isEqual: boolean }

/** Longer values may have been cut on their way in, and would match nothing. */
const longestValue = 1_000

/**
 * The labels that all of these share, and the names of their rules: as narrow as one silence for all of them can be. Null
 * when one has no `alertname`: what is left might silence half the company.
 */
export function sharedMatchers(all: Labels[]): Matcher[] | null {
  const [first, ...others] = all
  const names = [...new Set(all.map((labels) => labels.alertname ?? ''))].sort()
  if (first === undefined || names.includes('')) return null
  const isShared = ([name, value]: [string, string]) =>
    name !== 'alertname' && isWhole(name, value) && others.every((labels) => labels[name] === value)
  const shared = Object.entries(first).filter(isShared).sort()
  return [
    names.length === 1 ? equal('alertname', names[0] ?? '') : oneOf('alertname', names),
    ...shared.map(([name, value]) => equal(name, value)),
  ]
}

/** `left_out` is what a source writes in place of labels that were too many. */
function isWhole(name: string, value: string): boolean {
  return name !== 'left_out' && value !== '' && value.length < longestValue
}

function equal(name: string, value: string): Matcher {
  return { name, value, isRegex: false, isEqual: true }
}

function oneOf(name: string, values: string[]): Matcher {
  const value = values.map((one) => one.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|')
  return { name, value, isRegex: true, isEqual: true }
}

/** `alertname="HighLatency"`, as Alertmanager reads and shows it; since 0.27 names may be any text, which then is quoted too. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='
  const label = /[\s{}!=~,\\"'`]/u.test(name) ? quoted(name) : name
  return `${label}${operator}${quoted(value)}`
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
