// When nobody would answer: the answer to /oncall gaps, and the warning at the start.
import { foreseen, type GapPattern, gapPatterns, type ScheduleGap } from '../core/gaps.ts'
import type { Message } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import type { Schedule } from '../core/schedule.ts'
import { timeText } from '../templates/times.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** Lines of a message; it says how many it leaves out. */
const shown = 20

/** `gaps` of all the schedules asked about. */
export function gapsMessage(words: Words, schedules: Schedule[], gaps: ScheduleGap[], now: Date): Message {
  const all = patternsOf(schedules, gaps)
  const facts = {
    ...setting(words, words.config.zone, now),
    days: foreseen,
    schedules: schedules.map((schedule) => schedule.name),
    gaps: all.slice(0, shown).map(({ gap, zone }) => gapFacts(gap, zone)),
    more: Math.max(0, all.length - shown),
  }
  return { ...said(words, 'messages/gaps', facts), tone: all.length === 0 ? 'good' : 'warning' }
}

/** What the incidents channel is told of gaps it does not know yet. */
export function toldGapsMessage(
  words: Words,
  about: Extract<About, { kind: 'gaps' }>,
  zone: string,
  now: Date,
): Message {
  const { schedule } = about
  const gaps = about.gaps.map(({ from, until, ...gap }) => ({
    ...{ ...gap, schedule, zone, from: new Date(from), until: new Date(until) },
    // Every week, as far as anybody can tell.
    last: null,
  }))
  const more = Math.max(0, gaps.length - shown)
  const facts = { ...setting(words, words.config.zone, now), schedule, gaps: gaps.slice(0, shown), more }
  return { ...said(words, 'messages/pager/gaps', facts), tone: 'warning' }
}

/** What a template says about one of them. */
function gapFacts({ schedule, from, until, cause, people, times, last }: GapPattern, zone: string) {
  return { schedule, zone, from, until, cause, people, times, last }
}

function patternsOf(schedules: Schedule[], gaps: ScheduleGap[]): { gap: GapPattern; zone: string }[] {
  return schedules.flatMap(({ name, zone }) =>
    gapPatterns(
      gaps.filter((gap) => gap.schedule === name),
      zone,
    ).map((gap) => ({ gap, zone })),
  )
}

const causes = {
  nobody: 'nobody is on call',
  'not begun': 'nobody is on call before its first shift',
  empty: 'nobody is on call at all',
  'unknown person': 'whoever is on call is not in people:',
} satisfies Record<ScheduleGap['cause'], string>

/** One sentence for each schedule that has gaps, for the start of the bot. */
export function gapWarnings(schedules: Schedule[], gaps: ScheduleGap[], now: Date): string[] {
  return schedules.flatMap((schedule) => {
    const [first, ...others] = patternsOf([schedule], gaps)
    if (first === undefined) return []
    const { gap, zone } = first
    const when =
      gap.cause === 'empty'
        ? ''
        : ` from ${timeText(gap.from, zone, null)} until ${timeText(gap.until, zone, null)} ${zone}`
    const often = gap.times > 1 ? `, ${gap.times} weeks in a row` : ''
    const more = others.length > 0 ? `, and at ${others.length} other ${others.length === 1 ? 'time' : 'times'}` : ''
    const about = others.length > 0 || now < gap.from ? ` (/oncall gaps ${schedule.name} has them all)` : ''
    return [`Schedule ${schedule.name}: ${causes[gap.cause]}${when}${often}${more}${about}.`]
  })
}
