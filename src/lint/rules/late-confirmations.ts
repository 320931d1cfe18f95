// Shifts that are over before whoever has them had to confirm them: nobody ever keeps the pager for somebody who does not.
import { changesOf } from '../../core/pager.ts'
import { type Schedule, shiftsBetween } from '../../core/schedule.ts'
import { spanText } from '../../templates/times.ts'
import { endOf, type Finding, type Rule, type Subject } from '../finding.ts'

export const lateConfirmations: Rule = {
  name: 'confirmation-after-the-shift',
  look(subject) {
    const { acceptWithin } = subject.config.handover
    if (acceptWithin === null) return []
    return Object.values(subject.config.schedules).flatMap((schedule): Finding[] => {
      const shortest = Math.min(...askedShifts(subject, schedule))
      if (shortest > acceptWithin) return []
      const [length, wait] = [spanText(shortest), spanText(acceptWithin)]
      const message = `${schedule.name} has shifts of ${length}, which are over before the ${wait} in which they can be confirmed: nobody keeps the pager for whoever does not, and nobody is told`
      const fix = `let accept_within be shorter than ${length}, or never, which asks nobody`
      return [{ weight: 'warning', path: ['handover', 'accept_within'], message, fix }]
    })
  },
}

/** Milliseconds of each shift that somebody is asked to confirm. */
function askedShifts(subject: Subject, schedule: Schedule): number[] {
  const shifts = shiftsBetween(schedule, [], subject.now, endOf(subject))
  return shifts.flatMap(({ people, from, until }, index) => {
    const before = shifts[index - 1]
    const isAsked = before?.until.getTime() === from.getTime() && changesOf(before.people, people).length > 0
    return isAsked ? [until.getTime() - from.getTime()] : []
  })
}
