// Times in which a schedule has nobody: each page of it then goes to the next step at once, or to nobody.
import { findGaps, type ScheduleGap } from '../../core/gaps.ts'
import { localTime } from '../../core/local-time.ts'
import { endOf, type Finding, horizon, type Rule } from '../finding.ts'

/** More of them are one sentence. */
const told = 3

export const gaps: Rule = {
  name: 'schedule-gaps',
  look({ config, now }) {
    // What a calendar says is known to the running bot only.
    const schedules = Object.values(config.schedules).filter((schedule) => !schedule.calendar)
    const rota = { ...config, schedules: Object.fromEntries(schedules.map((one) => [one.name, one])) }
    const found = findGaps(rota, [], now, horizon)
    return schedules.flatMap((schedule) => {
      const mine = found.filter((gap) => gap.schedule === schedule.name)
      return mine.length === 0 ? [] : [gapFinding(schedule, mine, endOf({ now }))]
    })
  },
}

function gapFinding({ name, zone }: { name: string; zone: string }, mine: ScheduleGap[], end: Date): Finding {
  const path = ['schedules', name]
  const [first] = mine
  if (first?.cause === 'empty' && mine.length === 1) {
    const message = `nobody is on call in ${name} in the next ${horizon} days`
    return { weight: 'warning', path, message, fix: 'put people into it, or take it out of the policies' }
  }
  const spans = mine
    .slice(0, told)
    .map((gap) => `${shown(gap.from, zone)} to ${shown(gap.until, zone)}${whyOf(gap, gap.until < end)}`)
  const more = mine.length > told ? `, and ${mine.length - told} times more` : ''
  return {
    ...{ weight: 'warning', path },
    message: `nobody is on call in ${name} from ${spans.join(', from ')}${more} (next ${horizon} days)`,
    fix: 'add a layer of people below it, or make sure that every policy has another step; /oncall gaps shows them all',
  }
}

function whyOf({ cause, people }: ScheduleGap, ends: boolean): string {
  if (cause === 'not begun') return ends ? ' (its first shift begins then)' : ' (its first shift begins later still)'
  return cause === 'unknown person' ? ` (${people.join(', ')} is not in people)` : ''
}

function shown(at: Date, zone: string): string {
  const { shortDay, minute } = localTime(at, zone)
  return `${shortDay} ${minute}`
}
