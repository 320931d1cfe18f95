// Policies and schedules that nothing uses: written with care, and without any effect.
import type { Rule } from '../finding.ts'
import { schedulesOf, usedPolicies } from '../policies.ts'

export const unused: Rule = {
  name: 'unused',
  look({ config }) {
    const used = usedPolicies(config)
    const asked = new Set(used.flatMap(({ policy }) => schedulesOf(policy)))
    const policies = Object.values(config.policies).flatMap(({ name }) => {
      // One that others are made of is used by them.
      const isIn = (other: string) => other === name || config.policyParts[other]?.includes(name)
      if (used.some(({ policy }) => isIn(policy.name))) return []
      const message = `no severity and no service uses the policy ${name}`
      return [
        {
          weight: 'warning' as const,
          path: ['policies', name],
          message,
          fix: `name it under severities or services, or take it out`,
        },
      ]
    })
    const schedules = Object.values(config.schedules).flatMap(({ name }) => {
      if (asked.has(name)) return []
      const message = `no policy that pages anybody asks the schedule ${name}`
      return [
        {
          weight: 'warning' as const,
          path: ['schedules', name],
          message,
          fix: `add schedule:${name} to a step, or take it out`,
        },
      ]
    })
    const called = new Set(
      used
        .flatMap(({ policy }) => policy.steps)
        .flatMap(({ targets }) => targets.flatMap((t) => ('group' in t ? t.group : []))),
    )
    const groups = Object.keys(config.groups).flatMap((name) => {
      if (called.has(name)) return []
      // It may still be called by hand.
      const message = `no policy that pages anybody calls the group ${name}`
      const fix = `add group:${name} to a step, or keep it for /incident page`
      return [{ weight: 'note' as const, path: ['groups', name], message, fix }]
    })
    return [...policies, ...schedules, ...groups, ...silentServices(config)]
  },
}

/** A service with a policy of its own whose alerts all get a severity that pages nobody. */
function silentServices({ services, severities }: Parameters<typeof usedPolicies>[0]) {
  return Object.values(services).flatMap((service) => {
    const all = service.severityRules.find((rule) => Object.keys(rule.match).length === 0)
    if (service.policy === null || all === undefined || service.severityRules[0] !== all) return []
    if (severities[all.severity].paging !== 'never') return []
    const message = `service ${service.name} has a policy, but all its alerts are ${all.severity}, which pages nobody`
    const path = ['services', service.name, 'policy']
    return [
      { weight: 'warning' as const, path, message, fix: 'give its alerts another severity, or take the policy out' },
    ]
  })
}
