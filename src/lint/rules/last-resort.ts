// A last resort without a name in it: at the end only the channel is called, and at night nobody reads it.
import type { Rule } from '../finding.ts'
import { usedPolicies } from '../policies.ts'

export const lastResort: Rule = {
  name: 'last-resort-without-people',
  look({ config }) {
    if (Object.keys(config.people).length === 0) return []
    return usedPolicies(config).flatMap(({ policy, path, written }) => {
      if (policy.lastResort.people.length > 0) return []
      const message = `nobody is paged by the last resort of policy ${policy.name}: it only calls the channel`
      const fix = 'add last_resort: { people: [<duty manager>] }'
      return [{ weight: 'warning' as const, path: written ? path : [], message, fix }]
    })
  },
}
