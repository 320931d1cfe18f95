// Severity rules that can never decide anything: an earlier one takes every alert they would, or no alert looks like that. And one
// that decides everything.
import { nearest } from '../../config/suggest.ts'
import type { Path } from '../../config/tree.ts'
import type { SeverityRule } from '../../core/classify.ts'
import type { Finding, Rule } from '../finding.ts'

export const severityRules: Rule = {
  name: 'rules-that-never-fire',
  look({ config }) {
    const services = Object.values(config.services)
    const own = services.flatMap(({ name, severityRules: rules }) =>
      rules.flatMap((rule, i) => {
        const called = `rule ${i + 1} of service ${name}`
        return ofAnother(rule, name, called) ?? shadowed(rules, i, ['services', name], called) ?? []
      }),
    )
    const general = config.severityRules.flatMap((rule, i) => {
      const path = ['severity_rules', i]
      const name = `rule ${i + 1} of severity_rules (${matchText(rule)})`
      const service = services.find((one) => one.name === rule.match.service)
      const before = [...(service?.severityRules ?? []), ...config.severityRules.slice(0, i), rule]
      const found = shadowed(before, before.length - 1, path, name)
      if (found === null && Object.keys(rule.match).length === 0) return [forAll(rule, i)]
      return found
        ? [found]
        : impossible(
            rule,
            path,
            name,
            services.map((one) => one.name),
          )
    })
    return [...own, ...general]
  },
}

/** Often labels that were taken out, or meant to come. */
function forAll({ severity }: SeverityRule, i: number): Finding {
  const message = `rule ${i + 1} of severity_rules names no label: it makes every alert that gets there a ${severity}, whatever that says itself`
  const fix = `name labels under match, or take it out and write default_severity: ${severity} for alerts that say nothing`
  return { weight: 'warning', path: ['severity_rules', i], message, fix }
}

/** Rules of a service are asked about its own alerts only. */
function ofAnother({ match }: SeverityRule, service: string, name: string): Finding | null {
  if (match.service === undefined || match.service === service) return null
  const message = `${name} can never fire: it is about the service ${match.service}`
  const fix = `write it under services.${match.service}, or under severity_rules`
  return { weight: 'warning', path: ['services', service], message, fix }
}

function shadowed(rules: SeverityRule[], index: number, path: Path, name: string): Finding | null {
  const rule = rules[index]
  const earlier = rules.slice(0, index).find((one) => takesAll(one, rule))
  if (rule === undefined || earlier === undefined) return null
  const message = `${name} can never fire: ${matchText(earlier)} stands before it and takes all it would (as ${earlier.severity})`
  return { weight: 'warning', path, message, fix: 'put it above that one, or take it out' }
}

/** Whether every alert that the later rule matches is matched by the earlier one. */
function takesAll(earlier: SeverityRule, later: SeverityRule | undefined): boolean {
  return later !== undefined && Object.entries(earlier.match).every(([label, value]) => later.match[label] === value)
}

function impossible({ match }: SeverityRule, path: Path, name: string, services: string[]): Finding[] {
  return Object.entries(match).flatMap(([label, value]): Finding[] => {
    const here = [...path, 'match', label]
    if (/\.\*|\.\+|\|.|^\^|\$$/.test(value)) {
      const message = `${name} compares ${label} with “${value}” letter by letter: it is no pattern here`
      return [{ weight: 'warning', path: here, message, fix: 'write one rule for each value' }]
    }
    const meant = label === 'service' && !services.includes(value) ? nearest(value, services) : null
    if (meant === null) return []
    const message = `${name} is about a service “${value}”, which services does not have`
    // A service needs no entry there to have alerts.
    return [{ weight: 'note', path: here, message, fix: `is ${meant} meant?` }]
  })
}

function matchText({ match }: SeverityRule): string {
  const pairs = Object.entries(match).map(([label, value]) => `${label}=${value}`)
  return pairs.length === 0 ? 'a rule for every alert' : pairs.join(', ')
}
