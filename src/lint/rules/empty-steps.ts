// Steps that never call anybody: whoever wrote them believes that somebody is behind them.
import { nextClosing, nextOpening } from '../../core/hours.ts'
import { endOf, horizon, type Rule, type Subject } from '../finding.ts'
import { asksCalendar, calledBy, moments, stepName, stepPath, type UsedPolicy, usedPolicies } from '../policies.ts'

const always = { when: '', fix: 'name a person, or fill the schedule' }
const only = (hours: string) => ({
  when: ` ${hours}, and it is taken at no other time`,
  fix: 'name a person, or a schedule that has somebody then',
})

export const emptySteps: Rule = {
  name: 'empty-steps',
  look(subject) {
    return usedPolicies(subject.config).flatMap((used) => {
      if (asksCalendar(subject.config, used.policy)) return []
      const times = moments(subject, used.policy)
      return used.policy.steps.flatMap((step, i) => {
        if (reachesMore(step)) return []
        const calls = (at: Date) => at < endOf(subject) && calledBy(subject, step, at).length > 0
        const isEmpty = !times.some(calls)
        const hours = hoursOf(subject, used, i)
        if (!isEmpty && (hours === null || times.map((at) => within(subject, hours, at)).some(calls))) return []
        const { when, fix } = isEmpty || hours === null ? always : only(`${hours} business hours`)
        const message = `${stepName(used, i)} never calls anybody${when}: nobody is behind it in the next ${horizon} days`
        return [{ weight: isEmpty ? ('error' as const) : ('warning' as const), path: stepPath(used, i), message, fix }]
      })
    })
  },
}

/** Channels and webhooks are reached without a person. */
function reachesMore(step: { targets: object[] }): boolean {
  return step.targets.some((target) => 'channel' in target || 'webhook' in target)
}

/** The hours to which its conditions, or all severities that may take it, limit a step. Null: none. */
function hoursOf({ config }: Subject, { policy, severities }: UsedPolicy, index: number): 'in' | 'outside' | null {
  const conditions = policy.steps[index]?.when ?? []
  const hours = new Set(conditions.flatMap((one) => ('hours' in one ? [one.hours] : [])))
  // One that can never be taken is another finding.
  if (hours.size > 1) return null
  if (hours.has('outside')) return 'outside'
  const possible = severities.filter((one) =>
    conditions.every((when) => !('severity' in when) || when.severity.includes(one)),
  )
  const isLimited = possible.length > 0 && possible.every((one) => config.severities[one].paging === 'business hours')
  return hours.has('business') || isLimited ? 'in' : null
}

/** The first instant of such hours from one at which somebody else may be on call. */
function within({ config }: Subject, hours: 'in' | 'outside', at: Date): Date {
  return hours === 'in' ? nextOpening(config.hours, at) : nextClosing(config.hours, at)
}
