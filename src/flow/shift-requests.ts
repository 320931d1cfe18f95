// Swaps and offers of shifts: asked for in chat, answered by a button, carried out by overrides in the same transaction.
import type { Bot } from '../bot.ts'
import { usable } from '../core/duty.ts'
import type { Notice } from '../core/notice.ts'
import { hasThroughout, type Period, peopleOf } from '../core/pager.ts'
import { type Schedule, type Shift, shiftsBetween } from '../core/schedule.ts'
import { type Answer, answerRequest, expiryOf, type RequestRefusal, type ShiftRequest } from '../core/shift-request.ts'
import type { Queryable } from '../store/db.ts'
import { awaitPager } from '../store/handovers.ts'
import { addNotices } from '../store/notices.ts'
import { addOverride, overridesAt, overridesBetween } from '../store/overrides.ts'
import { addRequest, expireRequests, finishRequest, openRequests, requestById } from '../store/shift-requests.ts'
import { toChannels, toPerson } from './notices.ts'

/** How far ahead shifts can be asked for. */
const ahead = 180 * 86_400_000
/** An offer for a day takes a whole shift up to this long, and of a longer one the day. */
const dayShift = 36 * 3_600_000

/** A person's shifts that are not over, in order, half a year ahead. */
export async function shiftsOf(bot: Bot, schedule: Schedule, person: string): Promise<Shift[]> {
  const now = bot.clock.now()
  const shifts = await shiftsUntil(bot, bot.db, schedule, new Date(now.getTime() + ahead))
  return shifts.filter(({ people }) => people.includes(person))
}

async function shiftsUntil(bot: Bot, q: Queryable, schedule: Schedule, until: Date): Promise<Shift[]> {
  const now = bot.clock.now()
  const overrides = usable(bot.config, await overridesBetween(q, now, until))
  return shiftsBetween(schedule, overrides, now, until)
}

/** The shift that begins on a day, else the one that is on then. */
export function shiftOn(shifts: Shift[], day: Period): Shift | null {
  const on = shifts.filter(({ from, until }) => from < day.until && until > day.from)
  return on.find(({ from }) => from >= day.from) ?? on[0] ?? null
}

/** What is offered when somebody offers a day: the shift that begins on it, or the day's part of a longer one. */
export function offerOn(shifts: Shift[], day: Period, now: Date): Period | null {
  const shift = shiftOn(shifts, day)
  if (shift === null) return null
  const whole = shift.from >= day.from && shift.until.getTime() - shift.from.getTime() <= dayShift
  const { from, until } = whole ? shift : { from: later(shift.from, day.from), until: earlier(shift.until, day.until) }
  return { from: later(from, now), until }
}

/** Null: the asker asks about this shift already. */
export async function makeRequest(
  bot: Bot,
  request: Pick<ShiftRequest, 'schedule' | 'asker' | 'asked' | 'gives' | 'takes'>,
): Promise<ShiftRequest | null> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const expiresAt = expiryOf(request.gives, request.takes)
    const made = await addRequest(q, { ...request, madeAt: now, expiresAt })
    if (made !== null) await addNotices(q, noticesOf(bot, made), now)
    return made
  })
}

export type Outcome = {
  request: ShiftRequest
  /** Why nothing was done; `changed meanwhile` ended the request. Null: done. */
  refused: RequestRefusal | 'changed meanwhile' | null
}

/** Null: there is no such request. */
export async function answer(bot: Bot, id: number, given: Answer, by: string): Promise<Outcome | null> {
  const found = await requestById(bot.db, id)
  if (found === null) return null
  return bot.db.tx(async (q) => {
    // One change of a schedule at a time: a swap and an offer of the same shift are not both accepted.
    await awaitPager(q, found.schedule)
    const now = bot.clock.now()
    const request = await requestById(q, id, true)
    if (request === null) return null
    const schedule = bot.config.schedules[request.schedule]
    const members = schedule === undefined ? [] : peopleOf(schedule, await overridesAt(q, now))
    const status = answerRequest(request, given, by, { members, now })
    if (typeof status === 'object') return { request, refused: status.refused }
    const gives = left(request.gives, now)
    const still = await isStillTheirs(bot, q, request)
    const isOff = status === 'accepted' && !still
    const end = isOff ? ('expired' as const) : (status as Exclude<typeof status, 'open'>)
    if (status === 'accepted' && still) {
      const made = { schedule: request.schedule, madeBy: by, madeAt: now }
      const { asker, takes } = request
      await addOverride(q, { ...made, ...gives, person: by, replaces: asker })
      if (takes !== null) await addOverride(q, { ...made, ...takes, person: asker, replaces: by })
    }
    await finishRequest(q, id, { status: end, by: isOff ? null : by, at: now })
    const done = { ...request, status: end, answeredBy: isOff ? null : by, answeredAt: now }
    await addNotices(q, noticesOf(bot, done), now)
    return { request: done, refused: isOff ? 'changed meanwhile' : null }
  })
}

/** Whether the shifts that a request is about, as far as they are to come, belong to those who would give them. */
async function isStillTheirs(bot: Bot, q: Queryable, request: ShiftRequest): Promise<boolean> {
  const { asker, asked, gives, takes } = request
  const schedule = bot.config.schedules[request.schedule]
  if (schedule === undefined) return false
  const shifts = await shiftsUntil(bot, q, schedule, horizon(request))
  if (!hasThroughout(shifts, asker, left(gives, bot.clock.now()))) return false
  return takes === null || (asked !== null && hasThroughout(shifts, asked, takes))
}

function left({ from, until }: Period, now: Date): Period {
  return { from: later(from, now), until }
}

/** Ends the requests that nobody answered in time, or whose shifts others have by now, and tells both. */
export async function endRequests(bot: Bot): Promise<void> {
  const open = await openRequests(bot.db)
  if (open.length === 0) return
  await endLate(bot)
  for (const request of open) if (!(await isStillTheirs(bot, bot.db, request))) await endChanged(bot, request)
}

async function endChanged(bot: Bot, { id, schedule }: ShiftRequest): Promise<void> {
  await bot.db.tx(async (q) => {
    await awaitPager(q, schedule)
    const request = await requestById(q, id, true)
    if (request?.status !== 'open' || (await isStillTheirs(bot, q, request))) return
    const end = { status: 'expired', by: null, at: bot.clock.now() } as const
    await finishRequest(q, id, end)
    await addNotices(q, noticesOf(bot, { ...request, status: end.status, answeredAt: end.at }), end.at)
  })
}

async function endLate(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  await bot.db.tx(async (q) => {
    const ended = await expireRequests(q, now)
    await addNotices(
      q,
      ended.flatMap((request) => noticesOf(bot, request)),
      now,
    )
  })
}

/** Whoever was asked, and once it is answered whoever asked; an offer is in the channel. */
function noticesOf(bot: Bot, { id, asked, asker, status, answeredBy }: ShiftRequest): Notice[] {
  const about = (to: 'asked' | 'asker' | 'channel') => ({ kind: 'request', request: id, to }) as const
  const key = `request-${id}`
  const first =
    asked === null
      ? toChannels(bot, `${key}/offer`, about('channel'))
      : [toPerson(bot, `${key}/asked`, asked, about('asked'))]
  // Whoever took their own request back knows.
  if (status === 'open' || answeredBy === asker || bot.config.people[asker] === undefined) return first
  return [...first, toPerson(bot, `${key}/asker`, asker, about('asker'))]
}

function horizon({ gives, takes }: ShiftRequest): Date {
  return takes === null ? gives.until : later(gives.until, takes.until)
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
