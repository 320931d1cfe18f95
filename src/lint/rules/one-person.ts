// Rotations of one: that person is on call at every hour that the schedule has, and nobody is when they are ill.
import { gapsBetween, shiftsBetween } from '../../core/schedule.ts'
import { endOf, type Rule } from '../finding.ts'
import { schedulesOf, usedPolicies } from '../policies.ts'

export const onePerson: Rule = {
  name: 'one-person-rotations',
  look(subject) {
    const { config, now } = subject
    const first = new Set(
      usedPolicies(config)
        .filter(({ severities }) => severities.some((one) => config.severities[one].paging === 'always'))
        .flatMap(({ policy }) => schedulesOf({ ...policy, steps: policy.steps.slice(0, 1) })),
    )
    return Object.values(config.schedules).flatMap((schedule) => {
      const shifts = shiftsBetween(schedule, [], now, endOf(subject))
      const people = new Set(shifts.flatMap((shift) => shift.people))
      const [only] = people
      if (people.size !== 1 || only === undefined) return []
      const name = config.people[only]?.name ?? only
      const woken = first.has(schedule.name)
      const rests = gapsBetween(schedule, [], now, endOf(subject)).length > 0
      const alone = rests ? 'nobody else ever has it' : 'on call without a break'
      return [
        {
          weight: woken ? ('warning' as const) : ('note' as const),
          path: ['schedules', schedule.name],
          message: `${name} is alone in ${schedule.name}: ${alone}${woken ? ', and the first to be woken' : ''}`,
          fix: 'let somebody take turns',
        },
      ]
    })
  },
}
