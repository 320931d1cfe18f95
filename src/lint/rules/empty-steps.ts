// Steps that never call anybody: whoever wrote them believes that somebody is behind them.
import type { Rule } from '../finding.ts'
import { asksCalendar, calledBy, moments, stepName, stepPath, usedPolicies } from '../policies.ts'

export const emptySteps: Rule = {
  name: 'empty-steps',
  look(subject) {
    return usedPolicies(subject.config).flatMap((used) => {
      if (asksCalendar(subject.config, used.policy)) return []
      const times = moments(subject, used.policy)
      return used.policy.steps.flatMap((step, i) => {
        if (reachesMore(step) || times.some((at) => calledBy(subject, step, at).length > 0)) return []
        const message = `${stepName(used, i)} never calls anybody: nobody is behind it in the next 90 days`
        return [
          { weight: 'error' as const, path: stepPath(used, i), message, fix: 'name a person, or fill the schedule' },
        ]
      })
    })
  },
}

/** Channels and webhooks are reached without a person. */
function reachesMore(step: { targets: object[] }): boolean {
  return step.targets.some((target) => 'channel' in target || 'webhook' in target)
}
