// Steps that come too late to be steps: the wait before them is longer than anybody sleeps.
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
        ...(urgent && i + 1 < used.policy.steps.length && step.wait >= day ? [lateStep(used, i)] : []),
      ])
    })
  },
}

function lateStep(used: UsedPolicy, index: number): Finding {
  const wait = used.policy.steps[index]?.wait ?? 0
  const message = `${stepName(used, index + 1)} is reached only after ${spanText(wait)} of waiting for the step before`
  return { weight: 'warning', path: stepPath(used, index), message, fix: 'write a wait in minutes, e.g. wait: 10m' }
}
