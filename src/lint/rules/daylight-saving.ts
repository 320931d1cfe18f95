// What the next change of the clocks does to shifts: hand-overs at a time that does not exist or comes twice, and nights
// that are an hour shorter or longer than whoever has them expects.
import { localTime } from '../../core/local-time.ts'
import { type Schedule, type Shift, shiftsBetween } from '../../core/schedule.ts'
import { jumps } from '../../foresight/around.ts'
import { endOf, type Finding, type Rule, type Subject } from '../finding.ts'

const hour = 3_600_000

/** A shift longer than this does not feel an hour. */
const longNight = 26 * hour

export const daylightSaving: Rule = {
  name: 'daylight-saving',
  look(subject) {
    return Object.values(subject.config.schedules)
      .filter((schedule) => !schedule.calendar)
      .flatMap((schedule) => scheduleFindings(subject, schedule))
  },
}

function scheduleFindings(subject: Subject, schedule: Schedule): Finding[] {
  const { now, config } = subject
  const shifts = shiftsBetween(schedule, [], now, endOf(subject))
  const zones = new Set(schedule.layers.map(({ zone }) => zone))
  return [...zones].flatMap((zone) =>
    jumps(zone, { from: now, until: endOf(subject) }).flatMap(({ at, minutes }) => [
      ...strangeHandovers(schedule, shifts, { zone, at, minutes }),
      ...oddNights(config, schedule, shifts, { zone, at, minutes }),
    ]),
  )
}

type Jump = { zone: string; at: Date; minutes: number }

/** The edges of shifts within the hour of the jump, and which of these have no such time on the wall on the other days. */
function edgesAt(shifts: Shift[], jump: Jump) {
  const reach = Math.abs(jump.minutes) * 60_000
  const edges = [...new Set(shifts.flatMap(({ from, until }) => [from.getTime(), until.getTime()]))]
  const near = (edge: number) => Math.abs(edge - jump.at.getTime()) <= reach
  const wall = (edge: number) => localTime(new Date(edge), jump.zone).minute
  const usual = new Set(edges.filter((edge) => !near(edge)).map(wall))
  const isMoved = (edge: number) => jump.minutes > 0 && near(edge) && !usual.has(wall(edge))
  return { reach, wall, isMoved, edges: edges.filter(near) }
}

/** An edge within the hour of the jump whose time on the wall is another than on the other days, or comes twice. */
function strangeHandovers({ name }: Schedule, shifts: Shift[], jump: Jump): Finding[] {
  const { reach, wall, isMoved, edges } = edgesAt(shifts, jump)
  const path = ['schedules', name]
  return edges.flatMap((edge): Finding[] => {
    const day = localTime(new Date(edge), jump.zone).shortDay
    if (isMoved(edge)) {
      const message = `${name} changes hands at ${wall(edge)} on ${day}: its usual time does not exist that night`
      return [{ weight: 'warning', path, message, fix: 'hand over at an hour no clock jumps over, such as 09:00' }]
    }
    // The same time on the wall, one jump away.
    const twin = edge + reach
    if (jump.minutes < 0 && wall(twin) === wall(edge)) {
      const message = `${name} changes hands at ${wall(edge)} on ${day}, which comes twice that night: the first counts`
      return [{ weight: 'warning', path, message, fix: 'hand over at an hour that comes once, such as 09:00' }]
    }
    return []
  })
}

/** The shift that the jump falls into; where it moved a hand-over, the one after that: the one before has its whole length. */
function oddNights(config: Subject['config'], { name }: Schedule, shifts: Shift[], jump: Jump): Finding[] {
  const { isMoved } = edgesAt(shifts, jump)
  return shifts.flatMap(({ people, from, until }): Finding[] => {
    const length = until.getTime() - from.getTime()
    const usual = length + jump.minutes * 60_000
    const isIn = from < jump.at ? until > jump.at && !isMoved(until.getTime()) : isMoved(from.getTime())
    if (length > longNight || !isIn) return []
    const who = people.map((person) => config.people[person]?.name ?? person).join(' and ')
    const [day, hours] = [localTime(from, jump.zone).shortDay, (ms: number) => `${Math.round((ms / hour) * 10) / 10} h`]
    const message = `${who}’s shift in ${name} on ${day} lasts ${hours(length)} instead of ${hours(usual)}: the clocks of ${jump.zone} change`
    return [{ weight: 'note', path: ['schedules', name], message, fix: null }]
  })
}
