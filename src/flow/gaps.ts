// Gaps in the schedules as they are now, with everything that is laid over them; new ones are told before they come.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { eachInTurn } from '../clock.ts'
import { findGaps, foreseen, type GapPattern, gapKey, gapPatterns, type ScheduleGap } from '../core/gaps.ts'
import type { ToldGap } from '../core/notice.ts'
import type { Schedule } from '../core/schedule.ts'
import { instantOf, wallAt } from '../core/wall.ts'
import { calendarStates } from '../store/calendars.ts'
import { knownGaps, learnGaps } from '../store/gaps.ts'
import { addNotices } from '../store/notices.ts'
import { overridesBetween } from '../store/overrides.ts'
import { toChannels } from './notices.ts'

const day = 86_400_000

/** Days before a gap in which it is told. */
const told = 7
/** Days around now from which it shows that a gap comes every week. */
const weeks = { back: 7, ahead: 28 }

type Place = Pick<Bot, 'config' | 'db' | 'clock'>

/** Of some of the schedules, within `days` days from now. */
export function gapsAhead(
  bot: Place,
  schedules: Schedule[] = Object.values(bot.config.schedules),
  days = foreseen,
): Promise<ScheduleGap[]> {
  return gapsFrom(bot, schedules, bot.clock.now(), days)
}

/** Without the schedules whose calendar was never read: of those it is told that they could not be read. */
export async function readSchedules(bot: Place): Promise<Schedule[]> {
  const schedules = Object.values(bot.config.schedules)
  if (schedules.every(({ calendar }) => calendar === null)) return schedules
  const read = new Set((await calendarStates(bot.db)).flatMap((one) => (one.readAt === null ? [] : [one.schedule])))
  return schedules.filter(({ name, calendar }) => calendar === null || read.has(name))
}

async function gapsFrom(bot: Place, schedules: Schedule[], from: Date, days: number): Promise<ScheduleGap[]> {
  const overrides = await overridesBetween(bot.db, from, new Date(from.getTime() + (days + 1) * day))
  const { people } = bot.config
  return eachInTurn(schedules, (one) => findGaps({ people, schedules: { [one.name]: one } }, overrides, from, days))
}

/** Tells the incidents channel of gaps within a week that it does not know of, each once; those of every week once for all. */
export async function tellGaps(bot: Bot): Promise<void> {
  const schedules = await readSchedules(bot)
  // From a week ago, so that a gap that is under way is found with its true beginning.
  const from = new Date(bot.clock.now().getTime() - weeks.back * day)
  const gaps = await gapsFrom(bot, schedules, from, weeks.back + weeks.ahead)
  for (const schedule of schedules) {
    const own = gaps.filter((gap) => gap.schedule === schedule.name)
    if (own.length > 0) await tellNew(bot, schedule, gapPatterns(own, schedule.zone), from)
  }
}

async function tellNew(bot: Bot, { name, zone }: Schedule, patterns: GapPattern[], from: Date): Promise<void> {
  const now = bot.clock.now()
  const soon = new Date(now.getTime() + told * day)
  const near = patterns
    .filter((gap) => gap.times > 1 || (gap.until > now && gap.from < soon))
    .map((gap) => ({ gap, weekly: `weekly ${gapKey(gap, zone)}`, once: onceKey(gap, from) }))
  const known = await knownGaps(
    bot.db,
    name,
    near.flatMap(({ weekly, once }) => [weekly, once]),
  )
  const unknown = near
    .filter(({ weekly, once }) => !known.has(weekly) && !known.has(once))
    .map(({ gap, weekly, once }) => ({ gap, key: gap.times > 1 ? weekly : once }))
  if (unknown.length === 0) return
  await bot.db.tx(async (q) => {
    const learnt = await learnGaps(q, name, unknown.map(({ key }) => key).sort(), now)
    const mine = unknown.filter(({ key }) => learnt.includes(key)).map(({ gap }) => gap)
    if (mine.length === 0) return
    const key = `gaps/${name}/${createHash('sha256').update(learnt.join('\n')).digest('base64url').slice(0, 16)}`
    await addNotices(q, toChannels(bot, key, { kind: 'gaps', schedule: name, gaps: inOrder(mine, zone, now) }), now)
  })
}

/** One that began before we looked has no beginning that stays the same. */
function onceKey(gap: GapPattern, from: Date): string {
  if (gap.cause === 'empty' || gap.cause === 'not begun') return gap.cause
  return gap.from <= from ? `until ${gap.until.toISOString()}` : `from ${gap.from.toISOString()} ${gap.cause}`
}

function inOrder(gaps: GapPattern[], zone: string, now: Date): ToldGap[] {
  return gaps.map((gap) => plain(gap, zone, now)).sort((a, b) => (a.from < b.from ? -1 : 1))
}

/** As it is kept until it is told: of those that come every week, the next. */
function plain({ from, until, cause, people, times }: GapPattern, zone: string, now: Date): ToldGap {
  const weeks = Math.max(0, Math.ceil((now.getTime() - until.getTime()) / (7 * day)))
  const later = (at: Date) =>
    new Date(instantOf(zone, wallAt(zone, at.getTime()) + weeks * 7 * day, 'first')).toISOString()
  return { from: later(from), until: later(until), cause, people, times }
}
