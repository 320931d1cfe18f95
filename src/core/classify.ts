// How bad an alert is and which incident it belongs to: the two questions asked of every alert that comes in.
import { type Alert, alertName, type Labels, serviceName } from './alert.ts'
import { type Severity, severityOfLabel } from './severity.ts'

export type SeverityRule = {
  /** All of these labels must have these values; none at all: every alert. */
  match: Record<string, string>
  severity: Severity
}

/** What of a configuration decides a severity. */
export type SeverityRules = {
  services: Record<string, { severityRules: SeverityRule[] }>
  severityRules: SeverityRule[]
  defaultSeverity: Severity
}

/** What decided a severity, kept on record: the configuration may be another by the time somebody asks. */
export type SeverityReason =
  | { by: 'service rule'; service: string; match: Record<string, string> }
  /** `rule`: its place among the general rules, from 1. */
  | { by: 'rule'; rule: number; match: Record<string, string> }
  | { by: 'label'; name: string; value: string }
  | { by: 'default' }

/** Labels by which an alert says itself how bad it is; the first that can be read counts. */
const severityLabels = ['severity', 'priority', 'level'] as const

/** Labels that can make an alert better or worse: its own words for it, and all that a rule looks at. */
export function weighedLabels(rules: SeverityRules): readonly string[] {
  const known = weighed.get(rules)
  if (known !== undefined) return known
  const all = [...rules.severityRules, ...Object.values(rules.services).flatMap(({ severityRules }) => severityRules)]
  const names = [...new Set([...severityLabels, ...all.flatMap(({ match }) => Object.keys(match)).sort()])]
  weighed.set(rules, names)
  return names
}

/** Asked for each alert, and the same as long as the configuration is. */
const weighed = new WeakMap<SeverityRules, readonly string[]>()

/** How bad it says it is, by all of these labels, as it says it: as long as that stays the same, it need not be weighed again. */
export function saidSeverity(rules: SeverityRules, labels: Labels): string {
  return weighedLabels(rules)
    .map((name) => labelOf(labels, name))
    .join(between)
}

/** The same labels with other words for how bad it is: those of `said`. */
export function saying(rules: SeverityRules, labels: Labels, said: string): Labels {
  const names = weighedLabels(rules)
  const words = said.split(between)
  const others = Object.entries(labels).filter(([name]) => !names.includes(name))
  return Object.fromEntries([...others, ...names.flatMap((name, i) => (words[i] ? [[name, words[i]] as const] : []))])
}

/** Between two words: nobody writes it; known to the store, too. */
const between = '\u001f'

/** The service's rules first, then the general ones, then what the alert says itself, then the default. */
export function classify(rules: SeverityRules, labels: Labels): Severity {
  return classified(rules, labels).severity
}

/** The severity with what decided it. */
export function classified(rules: SeverityRules, labels: Labels): { severity: Severity; because: SeverityReason } {
  const service = serviceName(labels)
  const own = Object.hasOwn(rules.services, service) ? rules.services[service]?.severityRules : undefined
  const special = own?.find((rule) => matches(rule, labels))
  if (special) return { severity: special.severity, because: { by: 'service rule', service, match: special.match } }
  const index = rules.severityRules.findIndex((rule) => matches(rule, labels))
  const rule = rules.severityRules[index]
  if (rule) return { severity: rule.severity, because: { by: 'rule', rule: index + 1, match: rule.match } }
  for (const name of severityLabels) {
    const value = labelOf(labels, name)
    const said = severityOfLabel(value)
    if (said !== null) return { severity: said, because: { by: 'label', name, value } }
  }
  return { severity: rules.defaultSeverity, because: { by: 'default' } }
}

/** Tells the grouping key of an alert: those with the same share an incident. The same labels in `by`, in any order, give the same key. */
export function grouping(by: string[]): (alert: Pick<Alert, 'labels'>) => string {
  // As an object has them: a name that is a number comes first.
  const names = Object.keys(Object.fromEntries([...new Set(by)].sort().map((name) => [name, ''])))
  const named = names.map((name) => [name, `${JSON.stringify(name)}:`] as const)
  return ({ labels }) => {
    const values = named.map(([name, begun]) => begun + JSON.stringify(groupValue(name, labels)))
    return shortened(`{${values.join(',')}}`)
  }
}

function shortened(key: string): string {
  if (key.length <= longestKey) return key
  // Half a surrogate pair would come back from the database as something else.
  return `${key.slice(0, longestKey).replace(/[\ud800-\udbff]$/, '')}…${hash(key)}`
}

/** The key is indexed, and an index entry must stay below 2.7 kB: a long one is cut, and told apart by a hash. */
const longestKey = 400

function groupValue(name: string, labels: Labels): string {
  if (name === 'service') return serviceName(labels)
  if (name === 'alertname') return alertName(labels)
  return labelOf(labels, name)
}

function matches(rule: SeverityRule, labels: Labels): boolean {
  return Object.entries(rule.match).every(([name, value]) => labelOf(labels, name) === value)
}

function labelOf(labels: Labels, name: string): string {
  return (Object.hasOwn(labels, name) && labels[name]) || ''
}

/** cyrb53, 53 bits: not a secret, only a difference. https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js */
function hash(text: string): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
}
