// The stage that reads calendars: what they say is kept as rows, and a calendar that is away or broken changes nobody's shift.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import type { Known } from '../calendars/people.ts'
import { fetchCalendar, readCalendar } from '../calendars/reader.ts'
import type { About } from '../core/notice.ts'
import type { Schedule } from '../core/schedule.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { type Gate, gate } from '../evidence/gate.ts'
import { type CalendarState, claimCalendars, keepCalendar, keepFailure, type Reading } from '../store/calendars.ts'
import { postedMessage } from '../store/messages.ts'
import { addNotices } from '../store/notices.ts'
import { toChannels } from './notices.ts'

const minute = 60_000
const day = 86_400_000

/** Milliseconds after which another process may read a calendar whose reader said nothing more. */
const lease = 2 * minute
/** The longest until a calendar that failed is tried again. */
const retry = 5 * minute
/** How long a calendar with a good copy may fail before everybody hears of it. */
const patience = 60 * minute
const back = 35 * day
const ahead = 400 * day

type Imported = Schedule & { calendar: NonNullable<Schedule['calendar']> }

/** What this process last wanted each calendar read as, by schedule. */
const wantedBefore = new WeakMap<Bot, Map<string, string>>()

/** So many are waited for side by side: one that hangs keeps no other from being read. */
const atOnce = 8

/** Reads the calendars that are due. */
export async function readCalendars(bot: Bot): Promise<void> {
  const schedules = Object.values(bot.config.schedules).filter((one): one is Imported => one.calendar !== null)
  if (schedules.length === 0) return
  const now = bot.clock.now()
  const people = peopleOf(bot)
  const before = wantedBefore.get(bot)
  const wanted = schedules.map(({ name, zone, calendar }) => {
    // Whoever is called otherwise, or is new, is found in the same calendar by reading it again.
    const source = hash(JSON.stringify([calendar.address, zone, people]))
    // Once: a replica that knows other people, or is of another version, would read it otherwise again, in turns for ever.
    return { schedule: name, source, atOnce: before?.get(name) !== source }
  })
  const claimed = await claimCalendars(bot.db, wanted, now, new Date(now.getTime() + lease))
  wantedBefore.set(bot, new Map(wanted.map(({ schedule, source }) => [schedule, source])))
  // What came is read one after the other: each takes a thread, and its memory.
  const [fetching, reading] = [gate(atOnce), gate(1)]
  const work = claimed.map(async (state) => {
    const schedule = schedules.find((one) => one.name === state.schedule)
    if (schedule !== undefined) await fetching(() => readOne(bot, schedule, state, reading))
  })
  await Promise.all(work)
}

function peopleOf({ config }: Bot): Known[] {
  return Object.values(config.people).map(({ key, name, email }) => ({ key, name, email }))
}

async function readOne(bot: Bot, schedule: Imported, before: CalendarState, reading: Gate): Promise<void> {
  const { calendar, name, zone } = schedule
  const start = bot.clock.now().getTime()
  try {
    const text = await fetchCalendar(calendar.address)
    const span = { from: new Date(start - back), until: new Date(start + ahead) }
    const order = { text, schedule: name, zone, people: peopleOf(bot), ...span }
    await keep(bot, schedule, before, await reading(() => readCalendar(order)))
  } catch (error) {
    const isKnown = error instanceof TransientError || error instanceof PermanentError
    if (!isKnown) bot.log.error({ err: error, schedule: name }, 'a calendar failed for a reason nobody foresaw')
    // Nor may it keep those after it from being read.
    await fail(bot, schedule, before, isKnown ? reasonOf(error) : 'something nobody foresaw; the log says what')
  }
}

async function keep(bot: Bot, { name, calendar }: Imported, before: CalendarState, reading: Reading): Promise<void> {
  const now = bot.clock.now()
  const told = before.failingSince === null ? [] : await toldOf(bot, failureKey(name, before.failingSince))
  const { unknown } = reading
  const isNew = unknown.some((one) => !before.unknown.includes(one))
  await bot.db.tx(async (q) => {
    await keepCalendar(q, name, reading, { now, dueAt: new Date(now.getTime() + calendar.refresh) })
    if (before.failingSince !== null) {
      const about: About = {
        kind: 'calendar',
        schedule: name,
        problem: null,
        since: before.failingSince.toISOString(),
        readAt: null,
      }
      const notices = toChannels(bot, failureKey(name, before.failingSince), about)
      await addNotices(
        q,
        notices.filter(({ platform }) => told.includes(platform)),
        now,
      )
    }
    if (isNew) {
      const about: About = { kind: 'strangers', schedule: name, names: unknown }
      await addNotices(
        q,
        toChannels(bot, `calendar/${name}/strangers/${hash(unknown.join('\n')).slice(0, 16)}`, about),
        now,
      )
    }
  })
  if (isNew) bot.log.warn({ schedule: name, unknown }, 'a calendar names people that are not in people:')
}

async function fail(bot: Bot, { name, calendar }: Imported, before: CalendarState, problem: string): Promise<void> {
  const now = bot.clock.now()
  const dueAt = new Date(now.getTime() + Math.min(calendar.refresh, retry))
  bot.log.warn(
    { schedule: name, problem, readAt: before.readAt },
    before.readAt === null
      ? 'a calendar could not be read, and there is no copy of it'
      : 'a calendar could not be read; the copy before goes on counting',
  )
  await bot.db.tx(async (q) => {
    const since = await keepFailure(q, name, problem, { now, dueAt })
    // With a good copy a short absence is nobody's business.
    if (before.readAt !== null && now.getTime() - since.getTime() < patience) return
    const readAt = before.readAt?.toISOString() ?? null
    const about: About = { kind: 'calendar', schedule: name, problem, since: since.toISOString(), readAt }
    await addNotices(q, toChannels(bot, failureKey(name, since), about), now)
  })
}

function failureKey(schedule: string, since: Date): string {
  return `calendar/${schedule}/failing/${since.toISOString()}`
}

/** The platforms that heard of it: they are to hear that it is over. */
async function toldOf(bot: Bot, key: string): Promise<string[]> {
  const posted = await Promise.all(
    bot.platforms.map(async ({ name }) => ((await postedMessage(bot.db, name, key)) === null ? [] : [name])),
  )
  return posted.flat()
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
