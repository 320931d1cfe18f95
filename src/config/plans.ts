// Policies as the engine takes them: plain steps in a row. What is shorter to write, another policy in a step's place or
// people one by one, is written out here, once, when the configuration is built.
import type { PlannedStep, PolicyPlan } from '../core/pace.ts'
import type { Condition, Target } from '../core/policy.ts'
import type { Written } from './schema/document.ts'
import { isPolicy } from './schema/policies.ts'
import type { Path } from './tree.ts'

type WrittenPolicies = Written['policies']

/** The plan of one policy. Circles and unknown names were refused while reading. */
export function planOf(all: WrittenPolicies, name: string): PolicyPlan {
  const written = all[name]
  if (written === undefined) throw new Error(`the schema let a policy pass that does not exist: ${name}`)
  const { people, every } = written.last_resort
  return {
    name,
    steps: writtenOut(all, name, []).map(({ step }) => step),
    rounds: written.rounds,
    lastResort: { people, every },
  }
}

/** Where each step of a plan stands in the file: `['policies', 'default', 'steps', 1]`, several times where it was written out. */
export function stepPlaces(all: WrittenPolicies, name: string): Path[] {
  return writtenOut(all, name, []).map(({ place }) => place)
}

/** The policies that stand in the steps of one, and in theirs. */
export function partsOf(all: WrittenPolicies, name: string): string[] {
  const inner = (all[name]?.steps ?? []).flatMap(({ page }) => page.filter(isPolicy).map(({ policy }) => policy))
  return [...new Set(inner.flatMap((one) => [one, ...partsOf(all, one)]))]
}

/** Steps that are to call one by one, and name only one: nobody waits for anybody there. `group`: whose people they may have meant. */
export function loneTurns(all: WrittenPolicies): { place: Path; group: string | null }[] {
  return Object.entries(all).flatMap(([name, { steps = [] }]) =>
    steps.flatMap(({ page: [only, ...others], turn }, index) => {
      if (turn !== 'one by one' || only === undefined || others.length > 0) return []
      return [{ place: ['policies', name, 'steps', index], group: 'group' in only ? only.group : null }]
    }),
  )
}

function writtenOut(all: WrittenPolicies, name: string, outer: Condition[]): { step: PlannedStep; place: Path }[] {
  return (all[name]?.steps ?? []).flatMap(({ page, turn, wait, when: own = [] }, index) => {
    const when = [...outer, ...own]
    const [inner] = page.filter(isPolicy)
    if (inner) return writtenOut(all, inner.policy, when)
    const targets = page.filter((whom): whom is Target => !isPolicy(whom))
    const rest = { wait: wait ?? null, ...(when.length > 0 && { when }) }
    const steps = turn === 'one by one' ? targets.map((one) => ({ targets: [one], ...rest })) : [{ targets, ...rest }]
    return steps.map((step) => ({ step, place: ['policies', name, 'steps', index] }))
  })
}
