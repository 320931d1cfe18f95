// What people do to an incident: acknowledge, escalate, resolve, reopen, change its severity, lead it, note, page somebody.
import type { Bot } from '../bot.ts'
import { renewedBy } from '../core/acknowledgement.ts'
import { Draft } from '../core/change.ts'
import { type Event, type Incident, type Refusal, type Step, transition } from '../core/incident.ts'
import { entry } from '../core/timeline.ts'
import { UserError } from '../errors.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { activeOf } from '../store/incidents.ts'
import { isCalledToHelp, pagedByHandSince } from '../store/pages.ts'
import { isCollision } from '../store/problems.ts'
import { withEffects } from './effects.ts'
import { lockNamed } from './named.ts'
import { writing } from './opening.ts'
import { secondsSince } from './paging.ts'
import { callOn, put } from './ways.ts'

/** `stillFiring` is counted here, under the lock. */
export type Act =
  | Exclude<Event, { kind: 'reopen' | 'resolve' | 'update' }>
  | Extract<Event, { kind: 'reopen'; by: string }>
  | { kind: 'resolve'; by: string }

/**
 * Does it, or answers why not: a refusal is a value, because two people pressing Acknowledge is a normal evening.
 * Throws UserError when there is no such incident, or when one that is to be reopened has an heir.
 */
export async function respond(bot: Bot, number: number, act: Act): Promise<Step | Refusal> {
  try {
    return await respondOnce(bot, number, act)
  } catch (error) {
    // An alert opened the heir meanwhile: now it can be seen.
    if (act.kind === 'reopen' && isCollision(error)) return respondOnce(bot, number, act)
    throw error
  }
}

async function respondOnce(bot: Bot, number: number, act: Act): Promise<Step | Refusal> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const { draft, firing } = await take(q, number)
    if (act.kind === 'reopen') await mustHaveNoHeir(q, draft.incident)
    const event: Event = act.kind === 'resolve' ? { ...act, stillFiring: firing } : act
    const step = transition(draft, event, now)
    if ('refused' in step) return answerCall(bot, q, { draft, act, refusal: step }, now)
    await write(bot, q, draft.apply(step))
    return step
  })
}

/** Two incidents of one key would each be told half of what its alerts do. */
async function mustHaveNoHeir(q: Queryable, { number, status, groupingKey }: Incident): Promise<void> {
  const heir = status === 'resolved' && groupingKey !== null ? await activeOf(q, groupingKey) : null
  if (heir !== null)
    throw new UserError(
      `Incident ${number} is over: its alerts belong to incident ${heir} now, which is not. Go on there.`,
    )
}

/** Whoever was called to help and presses Acknowledge has heard it, though somebody else has the incident: what still waits to call them is dropped. */
async function answerCall(
  bot: Bot,
  q: Queryable,
  { draft, act, refusal }: { draft: Draft; act: Act; refusal: Refusal },
  now: Date,
): Promise<Refusal> {
  const { incident } = draft
  if (act.kind !== 'acknowledge' || incident.status !== 'acknowledged' || incident.acknowledgedBy === act.by)
    return refusal
  if (!(await isCalledToHelp(q, incident.number, act.by))) return refusal
  const entries = [entry({ kind: 'page_answered' }, now, act.by)]
  await write(bot, q, draft.apply({ incident, clocks: [], entries }))
  return { ...refusal, answered: true }
}

/** Milliseconds in which asking for the same person again is a second click, not a second wish. */
const doubleClick = 10_000

/**
 * Pages people at once, whatever the policy is doing. Asking twice pages twice; only those asked for a moment ago are left
 * out. Answers who is paged.
 */
export async function pagePeople(bot: Bot, number: number, people: string[], by: string): Promise<string[]> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const { draft } = await take(q, number)
    if (draft.incident.status === 'resolved')
      throw new UserError(`Incident ${number} is resolved; nobody is paged for it any more.`)
    const already = await pagedByHandSince(q, number, new Date(now.getTime() - doubleClick))
    const wanted = people.filter((person) => !already.includes(person))
    if (wanted.length === 0) return []
    const round = draft.incident.position?.round ?? 0
    draft.apply({
      incident: renewedBy(draft.incident, by, now),
      clocks: [],
      entries: [entry({ kind: 'people_paged', people: wanted, step: 0, round, because: 'person' }, now, by)],
    })
    // The instant tells one request from the next.
    const place = { kind: 'm', round, step: secondsSince(draft.incident, now) } as const
    for (const person of wanted) put(draft, callOn(bot, draft.incident, place, person, { now, urgent: true }), now)
    await write(bot, q, draft)
    return wanted
  })
}

async function take(q: Queryable, number: number): Promise<{ draft: Draft; firing: number }> {
  const locked = await lockNamed(q, number)
  return { draft: new Draft(locked), firing: locked.firing }
}

async function write(bot: Bot, q: Queryable, draft: Draft): Promise<void> {
  const change = withEffects(bot, draft)
  if (change !== null) await writeChanges(q, [change], writing(bot))
}
