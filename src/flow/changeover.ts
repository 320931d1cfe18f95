// A pager changes hands: what ends by it, what begins, and who has to confirm that. Decided once across all replicas.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { usable } from '../core/duty.ts'
import { type Handover, isSettled } from '../core/handover.ts'
import { isKeptInVain, turnAt } from '../core/kept-pager.ts'
import { type Change, changesAfterGap, changesOf, isDeliberate, isGivenTo, samePeople } from '../core/pager.ts'
import { type Override, type Schedule, type Shift, shiftAt, shiftsBetween } from '../core/schedule.ts'
import type { Queryable } from '../store/db.ts'
import {
  addHandover,
  endHandovers,
  latestHandover,
  lockPager,
  rememberPager,
  type SeenPager,
} from '../store/handovers.ts'
import { addNotices } from '../store/notices.ts'
import { endOverride, overridesAt, overridesBetween } from '../store/overrides.ts'
import { farewells, noticesOf, tellIncidents } from './handover-news.ts'

/** Milliseconds by which the clock of another replica may be ahead: more is a clock that was set back. */
const apartAtMost = 60_000

/** Milliseconds before a gap for which it is looked who had the pager last. */
const longestGap = 31 * 86_400_000

/** The pager of a schedule as it was seen last, and as it is now. */
type Sight = {
  schedule: Schedule
  known: SeenPager
  now: Date
  people: string[]
  /** Whose turn it is, whoever keeps the pager meanwhile; null: nobody's. */
  turn: Shift | null
  /** That turn began before the last look: it was interrupted until now, by an override that is over. */
  isBack: boolean
  /** Since when `people` have it. */
  since: Date
  /** A file that was edited says who has it now; two replicas with different files must tell it once, not for ever. */
  isEdited: boolean
  /**
   * An edit that is made, or taken back, later than that is another one, of which nobody has heard; so is a change that comes twice
   * because the clock was set back over it.
   */
  isAnother: boolean
}

/** Cheap when nothing changed. */
export function isChanged(known: SeenPager, schedule: Schedule, overrides: readonly Override[], now: Date): boolean {
  const people = shiftAt(schedule, overrides, now)?.people ?? []
  return (
    definitionOf(schedule) !== known.definition ||
    !samePeople(people, known.people) ||
    isKeptInVain(schedule, overrides, now)
  )
}

/** Decided again under the lock: another replica may have seen the change in the same moment. */
export async function changeHands(bot: Bot, schedule: Schedule): Promise<void> {
  await bot.db.tx(async (q) => {
    const now = bot.clock.now()
    const known = await lockPager(q, schedule.name)
    if (known === null || isYetToCome(known, now)) return
    const overrides = usable(bot.config, await overridesAt(q, now))
    if (!isChanged(known, schedule, overrides, now)) return
    const sight = sightOf(known, schedule, overrides, now)
    const { people } = sight
    const isSame = samePeople(people, known.people)
    const since = isSame ? known.since : sight.since
    await rememberPager(q, { schedule: schedule.name, people, since, definition: definitionOf(schedule) })
    if (!isSame) await tellIncidents(bot, q, { schedule: schedule.name, from: known.people, to: people })
    const ended = await endFormer(q, sight)
    const begun = await beginNext(bot, q, sight)
    const notices = [...ended, ...begun].flatMap((one) => noticesOf(bot, one, people))
    const isNews = begun.length > 0 || !sight.isEdited || sight.isAnother
    const passing = { schedule: schedule.name, begun, ended, before: known.people, after: people }
    await addNotices(q, [...notices, ...(isNews ? await farewells(bot, q, passing) : [])], now)
  })
}

/** Another replica has seen what comes here in a moment: by this clock the pager would go back, and be confirmed by nobody. */
function isYetToCome(known: SeenPager, now: Date): boolean {
  const ahead = known.since.getTime() - now.getTime()
  return ahead > 0 && ahead < apartAtMost
}

function sightOf(known: SeenPager, schedule: Schedule, overrides: readonly Override[], now: Date): Sight {
  const people = shiftAt(schedule, overrides, now)?.people ?? []
  const turn = turnAt(schedule, overrides, now)
  const isBack = turn !== null && turn.from <= known.since
  const since = turn === null || isBack ? now : turn.from
  const isEdited = definitionOf(schedule) !== known.definition
  const isAnother = now.getTime() - known.since.getTime() >= apartAtMost
  return { schedule, known, now, people, turn, isBack, since, isEdited, isAnother }
}

/** What was kept is kept no longer: after whoever has it now, the schedule counts again. */
async function endFormer(q: Queryable, { schedule, known, people, turn, now }: Sight): Promise<Handover[]> {
  const staying = people.filter((person) => known.people.includes(person))
  const ended = await endHandovers(q, schedule.name, { staying, people, due: turn?.people ?? [], now })
  for (const { override } of ended) if (override !== null) await endOverride(q, override, now)
  return ended
}

async function beginNext(bot: Bot, q: Queryable, sight: Sight): Promise<Handover[]> {
  const { schedule, known, people, turn, now, since, isEdited, isAnother } = sight
  const within = bot.config.handover.acceptWithin
  const changes = changesOf(known.people, people)
  const begun: Handover[] = []
  for (const change of changes.length > 0 ? changes : await informedOnly(bot, q, sight)) {
    const isAsked = changes.includes(change) && (await mustConfirm(q, sight, change.incoming))
    const answerBy = isAsked && within !== null ? new Date(now.getTime() + within) : null
    const status = answerBy === null ? 'informed' : 'asked'
    const until = turn?.until ?? now
    const add = (at: Date) => addHandover(q, { schedule: schedule.name, at, ...change, until, status, answerBy })
    const added = (await add(isEdited ? (turn?.from ?? now) : since)) ?? (isAnother ? await add(now) : null)
    if (added !== null) begun.push(added)
  }
  return begun
}

async function mustConfirm(q: Queryable, sight: Sight, incoming: string): Promise<boolean> {
  const { schedule, turn, isBack, isEdited } = sight
  if (turn === null || isGivenTo(incoming, turn) || isEdited || !turn.people.includes(incoming)) return false
  if (!isBack) return true
  // An override ends when somebody said it would: whoever confirmed the shift before it is not asked once more.
  const before = await latestHandover(q, schedule.name, incoming)
  return before === null || !isSettled(before, turn.from)
}

/** Whoever takes it from nobody has to know all the same; there is nothing to confirm. */
async function informedOnly(bot: Bot, q: Queryable, sight: Sight): Promise<Change[]> {
  const { known, people, turn } = sight
  if (known.people.length === 0 && turn !== null) return afterGap(bot, q, { ...sight, turn })
  const [outgoing] = people.filter((person) => known.people.includes(person))
  if (outgoing === undefined) return []
  return people.filter((person) => !known.people.includes(person)).map((incoming) => ({ outgoing, incoming }))
}

/** Whoever comes on where nobody had it, and whoever had it last. */
async function afterGap(bot: Bot, q: Queryable, sight: Sight & { turn: Shift }): Promise<Change[]> {
  const { schedule, turn, known } = sight
  const again = await theirsAgain(q, sight)
  if (turn.from < known.since) return again
  const from = new Date(turn.from.getTime() - longestGap)
  const overrides = usable(bot.config, await overridesBetween(q, from, turn.from))
  const last = shiftsBetween(schedule, overrides, from, turn.from).findLast(({ until }) => until <= turn.from)
  // Whoever had it by an override was told its end, and what comes after it is another thing.
  const isGiven = [turn, ...(last === undefined ? [] : [last])].some(isDeliberate)
  const changes = changesAfterGap(last?.people ?? [], turn.people, isGiven)
  return [...changes, ...again.filter(({ incoming }) => changes.every((one) => one.incoming !== incoming))]
}

/** Whoever heard that it was nobody's, before its time: they go on, and believe that they do not. */
async function theirsAgain(q: Queryable, { schedule, turn, known }: Sight & { turn: Shift }): Promise<Change[]> {
  const again: Change[] = []
  for (const person of turn.people) {
    const last = await latestHandover(q, schedule.name, person)
    if (last !== null && last.until > known.since) again.push({ outgoing: person, incoming: person })
  }
  return again
}

/** Changes when the file says something else about the schedule. */
export function definitionOf(schedule: Schedule): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('base64url').slice(0, 22)
}
