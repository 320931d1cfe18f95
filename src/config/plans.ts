// Policies as the engine takes them: plain steps in a row. What is shorter to write, another policy in a step's place or
// people one by one, is written out here, once, when the configuration is built.

import type { PlannedStep, PolicyPlan } from '../core/pace.ts'
import type { Condition, Target } from '../core/policy.ts'
import type { Written } from './schema/document.ts'
import { isPolicy } from './schema/policies.ts'

type WrittenPolicies = Written['policies']

/** The plan of one policy. Circles and unknown names were refused while reading. */
export function planOf(all: WrittenPolicies, name: string): PolicyPlan {
  const written = all[name]
  if (written === undefined) throw new Error(`the schema let a policy pass that does not exist: ${name}`)
  const { people, every } = written.last_resort
  return { name, steps: stepsOf(all, name, []), rounds: written.rounds, lastResort: { people, every } }
}

function stepsOf(all: WrittenPolicies, name: string, outer: Condition[]): PlannedStep[] {
  return (all[name]?.steps ?? []).flatMap(({ page, turn, wait, when: own = [] }): PlannedStep[] => {
    const when = [...outer, ...own]
    const [inner] = page.filter(isPolicy)
    if (inner) return stepsOf(all, inner.policy, when)
    const targets = page.filter((whom): whom is Target => !isPolicy(whom))
    const rest = { wait: wait ?? null, ...(when.length > 0 && { when }) }
    return turn === 'one by one' ? targets.map((one) => ({ targets: [one], ...rest })) : [{ targets, ...rest }]
  })
}
