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

/** Where one shift ends or the next begins. `layer`: the one whose clock says so, of two the later. */
type Edge = { at: number; layer: number; isChange: boolean }

function edgesOf(shifts: Shift[]): Edge[] {
  const layerOf = (shift: Shift | undefined) => (shift?.because.kind === 'layer' ? shift.because.layer : -1)
  const times = new Set(shifts.flatMap(({ from, until }) => [from.getTime(), until.getTime()]))
  const ending = new Map(shifts.map((shift) => [shift.until.getTime(), shift]))
  const beginning = new Map(shifts.map((shift) => [shift.from.getTime(), shift]))
  return [...times].map((at) => {
    const [before, after] = [ending.get(at), beginning.get(at)]
    const isChange = before?.people.toSorted().join() !== after?.people.toSorted().join()
    return { at, layer: Math.max(layerOf(before), layerOf(after)), isChange }
  })
}

/** The edges within the hour of the jump, by the clock that jumps, and which of these have no such time on its wall on the other days. */
function edgesAt({ layers }: Schedule, shifts: Shift[], jump: Jump) {
  const reach = Math.abs(jump.minutes) * 60_000
  const own = edgesOf(shifts).filter(({ layer }) => layers[layer]?.zone === jump.zone)
  const isNear = ({ at }: Edge) => Math.abs(at - jump.at.getTime()) <= reach
  const wall = (at: number) => localTime(new Date(at), jump.zone).minute
  const usual = new Set(own.filter((edge) => !isNear(edge)).map(({ layer, at }) => `${layer} ${wall(at)}`))
  const near = own.filter(isNear)
  const moved = near.filter(({ layer, at }) => jump.minutes > 0 && !usual.has(`${layer} ${wall(at)}`))
  const isOwn = (at: Date) => own.some((edge) => edge.at === at.getTime())
  return { reach, wall, near, isOwn, isMoved: (at: number) => moved.some((edge) => edge.at === at) }
}

/** An edge within the hour of the jump whose time on the wall is another than on the other days, or comes twice. */
function strangeHandovers(schedule: Schedule, shifts: Shift[], jump: Jump): Finding[] {
  const { reach, wall, isMoved, near } = edgesAt(schedule, shifts, jump)
  const path = ['schedules', schedule.name]
  return near.flatMap(({ at, isChange }): Finding[] => {
    if (!isChange) return []
    const when = `${schedule.name} changes hands at ${wall(at)} on ${localTime(new Date(at), jump.zone).shortDay}`
    if (isMoved(at)) {
      const message = `${when}: its usual time does not exist that night`
      return [{ weight: 'warning', path, message, fix: 'hand over at an hour no clock jumps over, such as 09:00' }]
    }
    if (jump.minutes > 0) return []
    // The same time on the wall, one jump away: hours end at the last of the two, all else is at the first.
    const counts = wall(at + reach) === wall(at) ? 'first' : wall(at - reach) === wall(at) ? 'last' : null
    if (counts === null) return []
    const message = `${when}, which comes twice that night: the ${counts} counts`
    return [{ weight: 'warning', path, message, fix: 'hand over at an hour that comes once, such as 09:00' }]
  })
}

/** The shift that the jump falls into; where it moved a hand-over, the one after that: the one before has its whole length. */
function oddNights(config: Subject['config'], schedule: Schedule, shifts: Shift[], jump: Jump): Finding[] {
  const { name } = schedule
  const { isMoved, isOwn } = edgesAt(schedule, shifts, jump)
  return shifts.flatMap(({ people, from, until }): Finding[] => {
    const length = until.getTime() - from.getTime()
    const usual = length + jump.minutes * 60_000
    const isIn = from < jump.at ? until >= jump.at && !isMoved(until.getTime()) : isMoved(from.getTime())
    // One that begins or ends by another clock is as long as that says.
    if (length > longNight || !isIn || !isOwn(from) || !isOwn(until)) return []
    const who = people.map((person) => config.people[person]?.name ?? person).join(' and ')
    const [day, hours] = [localTime(from, jump.zone).shortDay, (ms: number) => `${Math.round((ms / hour) * 10) / 10} h`]
    const message = `${who}’s shift in ${name} on ${day} lasts ${hours(length)} instead of ${hours(usual)}: the clocks of ${jump.zone} change`
    return [{ weight: 'note', path: ['schedules', name], message, fix: null }]
  })
}
