// Steps that are never taken, or hardly ever: their conditions exclude each other or the policy's severities, or the wait before
// them is longer than anybody sleeps.
import { spanText } from '../../templates/times.ts'
import type { Finding, Rule } from '../finding.ts'
import { stepName, stepPath, type UsedPolicy, usedPolicies } from '../policies.ts'

const day = 86_400_000

export const unreachableSteps: Rule = {
  name: 'unreachable-steps',
  look({ config }) {
    return usedPolicies(config).flatMap((used) => {
      const urgent = used.severities.some((severity) => config.severities[severity].paging === 'always')
      return used.policy.steps.flatMap((step, i) => [
        ...impossible(used, i, config),
        ...(urgent && i + 1 < used.policy.steps.length && step.wait >= day ? [lateStep(used, i)] : []),
      ])
    })
  },
}

function impossible(used: UsedPolicy, index: number, config: Parameters<typeof usedPolicies>[0]): Finding[] {
  const conditions = used.policy.steps[index]?.when ?? []
  const hours = new Set(conditions.flatMap((one) => ('hours' in one ? [one.hours] : [])))
  const wanted = conditions.flatMap((one) => ('severity' in one ? [one.severity] : []))
  const possible = used.severities.filter((severity) => wanted.every((list) => list.includes(severity)))
  const path = stepPath(used, index)
  const never = `${stepName(used, index)} is never taken`
  if (hours.size > 1)
    return [
      {
        weight: 'error',
        path,
        message: `${never}: it wants business hours and the time outside them`,
        fix: 'take one of them out',
      },
    ]
  if (possible.length === 0) {
    const message = `${never}: only ${used.severities.join(', ')} ${used.severities.length === 1 ? 'uses' : 'use'} the policy`
    return [{ weight: 'error', path, message, fix: 'name one of these severities under when, or take the step out' }]
  }
  const inHours = possible.every((severity) => config.severities[severity].paging === 'business hours')
  if (hours.has('outside') && inHours)
    return [
      {
        weight: 'note',
        path,
        message: `${stepName(used, index)} is taken only when somebody escalates: ${possible.join(', ')} pages in business hours only`,
        fix: 'take the condition out, if it is not meant for that',
      },
    ]
  return []
}

function lateStep(used: UsedPolicy, index: number): Finding {
  const wait = used.policy.steps[index]?.wait ?? 0
  const message = `${stepName(used, index + 1)} is reached only after ${spanText(wait)} of waiting for the step before`
  return { weight: 'warning', path: stepPath(used, index), message, fix: 'write a wait in minutes, e.g. wait: 10m' }
}
