// Consecutive steps that call the same people: the second wakes nobody new, and only costs its wait.
import type { Finding, Rule, Subject } from '../finding.ts'
import {
  asksCalendar,
  calledBy,
  moments,
  names,
  stepName,
  stepPath,
  type UsedPolicy,
  usedPolicies,
} from '../policies.ts'

export const repeatedPeople: Rule = {
  name: 'same-people-again',
  look(subject) {
    return usedPolicies(subject.config).flatMap((used) => {
      if (asksCalendar(subject.config, used.policy)) return []
      return used.policy.steps.slice(1).flatMap((_, i) => again(subject, used, i + 1) ?? [])
    })
  },
}

function again(subject: Subject, used: UsedPolicy, index: number): Finding | null {
  const [before, step] = [used.policy.steps[index - 1], used.policy.steps[index]]
  if (before === undefined || step === undefined) return null
  // A condition may be what tells the two apart.
  if ([before, step].some((one) => (one.when?.length ?? 0) > 0)) return null
  const times = moments(subject, used.policy)
  const same = times.filter((at) => {
    const first = calledBy(subject, before, at)
    const second = calledBy(subject, step, at)
    return second.length > 0 && second.every((person) => first.includes(person))
  })
  const [at] = same
  if (at === undefined) return null
  const who = names(subject.config, calledBy(subject, step, at))
  const always = same.length === times.length
  const inTurns = [before, step].every(({ targets }) => targets.every((target) => 'schedule' in target))
  return {
    weight: 'warning',
    path: stepPath(used, index),
    message: always
      ? `${stepName(used, index)} wakes nobody new: ${who} was called by the step before`
      : `${stepName(used, index)} wakes nobody new in ${same.length} of the next ${times.length} shifts: ${inTurns ? `${who} has both at once` : `the step before calls ${who} then`}`,
    fix: always
      ? 'name somebody else there, or take the step out'
      : inTurns
        ? 'let one of the schedules be a turn ahead of the other'
        : 'name somebody else there as well',
  }
}
