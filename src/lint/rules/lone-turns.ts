// `turn: one by one` where there is only one to take: whoever wrote it for a group means its people, who are called together.
import type { Rule } from '../finding.ts'
import { names } from '../policies.ts'

export const loneTurns: Rule = {
  name: 'one-by-one-of-one',
  look({ config }) {
    return config.loneTurns.map(({ place, group }) => {
      const people = group === null ? [] : (config.groups[group] ?? [])
      const whom = people.map((person) => `person:${person}`).join(', ')
      return {
        weight: 'warning' as const,
        path: place,
        message:
          group === null
            ? 'a step takes one by one what is only one: turn does nothing there'
            : `a step takes the group ${group} one by one, and that calls ${names(config, people)} at once: a group is one target`,
        fix: group === null ? 'leave turn out, or name others beside it' : `name its people: page: [${whom}]`,
      }
    })
  },
}
