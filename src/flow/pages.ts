// The stage that wakes people: each page of the ledger is sent once, or given up with a reason and handed to the next way of
// reaching the person.
import { type Bot, nameOf } from '../bot.ts'
import type { Posted } from '../chat/platform.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import { type Entry, type Fact, sentence } from '../core/timeline.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { pageMessage, pageSays } from '../messages/page.ts'
import { pageLateness, pages } from '../metrics.ts'
import type { Pager } from '../pagers/pager.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import {
  type ClaimedPage,
  failPage,
  isBeingSent,
  lockStranded,
  type PageEnd,
  refusalsOf,
  strandedPages,
  strikePage,
  takeUpPage,
  type WayOn,
  waysOn,
} from '../store/pages.ts'
import { noteEntry } from '../store/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import { nextWayFrom } from './asleep.ts'
import { type Fate, fateOf } from './fate.ts'
import { whosePage } from './hand-on.ts'
import { isUnsent } from './ledger.ts'
import { record } from './record.ts'
import { nextWay, takeWay } from './reroute.ts'
import { attemptsWithin, delayAfter, isPassing, longestOfPages } from './retry.ts'
import { freeSince, heldUntil, isOutdone, isWanted } from './wanted.ts'
import { wakes } from './ways.ts'

/** Milliseconds between two looks whether an alert has come back that a page waits for. */
const heldAgain = 2_000

/**
 * What came of an attempt: an end to be written down, or a page that this way will never deliver. `isAsked`: the other side is
 * there, and wants it later. `refused`: why this way refuses it for now. `isCleared`: it was doubted, and need not be looked for again.
 */
export type Outcome =
  | (PageEnd & { isAsked?: boolean; refused?: string; isCleared?: boolean })
  | { status: 'failed'; reason: string; unsent: boolean }
  /** Others have the pager by now: see `handOnPage`. */
  | (Pick<Extract<PageEnd, { status: 'cancelled' }>, 'told'> & { status: 'handed on' })
  /** Quiet hours have begun since it was due: see `postponePage`. */
  | { status: 'postponed' }

/** Milliseconds for which a refusal may be a moment's: until then the next step waits for whoever it was about. */
const moment = 3_500

/** Milliseconds between the attempts of that moment. */
const soon = 2_000

/**
 * Sends a claimed page: looked for first when an earlier attempt may have gone out, left alone when nobody needs it any
 * more. Never throws. `view` null: there is no such incident any more.
 */
export async function sendPage(
  bot: Bot,
  pager: Pager,
  claimed: ClaimedPage,
  view: IncidentView | null,
): Promise<Outcome> {
  const { page, posted, resumed, isDoubted = false } = claimed
  if (view === null) return { ...aboutOf(claimed), status: 'cancelled', unsent: !resumed }
  const doubt = { mayBeThere: resumed || isDoubted }
  try {
    if (posted) return { ...aboutOf(claimed), ...sentNow(bot, view, page, { ...posted, isAdopted: true }) }
    const isHeld = heldUntil(view.incident, page) !== null
    const asked = isHeld ? null : whosePage(bot, view, page, isOutdone(page, view.pages, bot.clock.now()))
    // A P1 or P2 waits for nothing here before it goes out.
    const fate = fateOf(bot, view, page, asked === null ? null : await asked, bot.clock.now())
    if (fate !== null) return await leave(bot, pager, claimed, view, fate)
    return await sendOut(bot, pager, claimed, view, doubt)
  } catch (error) {
    return failed(bot, claimed, view, error, isUnsent(error, {}, doubt.mayBeThere))
  }
}

/** What is written down of a page that is not to go out now. One that went out all the same is told as sent. */
async function leave(bot: Bot, pager: Pager, claimed: ClaimedPage, view: IncidentView, fate: Fate): Promise<Outcome> {
  const { page, resumed } = claimed
  const about = aboutOf(claimed)
  if (fate === 'held') {
    const tryAt = new Date(bot.clock.now().getTime() + heldAgain)
    return { ...about, status: 'due', tryAt, unsent: !resumed, isAsked: true }
  }
  const address = pager.addressOf(page.person)
  const found = resumed && address !== null ? await pager.find?.(address, { page, view }) : null
  if (found) return { ...about, ...sentNow(bot, view, page, { ...found, isAdopted: true }) }
  if (fate === 'postponed') return { status: 'postponed' }
  const told = resumed && pager.find === null ? { told: uncertain(bot, page) } : {}
  if (fate === 'handed on') return { status: 'handed on', ...told }
  return { ...about, status: 'cancelled', unsent: !resumed, ...told }
}

/** `doubt`: whether it may be there already; it ends where nobody may look. */
async function sendOut(
  bot: Bot,
  pager: Pager,
  claimed: ClaimedPage,
  view: IncidentView,
  doubt: { mayBeThere: boolean },
): Promise<Outcome> {
  const { page, resumed } = claimed
  const { key, person: recipient } = page
  const address = pager.addressOf(recipient)
  if (address === null) throw new PermanentError(`there is no address of ${recipient} for it in tocsin.yaml`)
  const message = pageMessage(bot, view, page, bot.clock.now())
  const sending = { recipient, address, key, message, about: { page, view } }
  const taken = await pager.send({ ...sending, resumed: doubt.mayBeThere }).catch((error: unknown) => {
    if (resumed || !doubt.mayBeThere || !(error instanceof PermanentError)) throw error
    // Where nobody may look for one that is only doubted, it goes out all the same.
    doubt.mayBeThere = false
    return pager.send({ ...sending, resumed: false })
  })
  if (taken.unheard !== undefined) await noteUnheard(bot, view, page, taken.unheard)
  return { ...aboutOf(claimed), ...sentNow(bot, view, page, taken) }
}

/** Given up, or tried again later. `unsent`: it certainly did not go out. */
function failed(bot: Bot, claimed: ClaimedPage, view: IncidentView, error: unknown, unsent: boolean): Outcome {
  const { page, attempt } = claimed
  const context = { incident: page.incident, trace: view.incident.trace, page: page.key, reason: reasonOf(error) }
  if (error instanceof PermanentError) {
    bot.log.error(context, 'a page could not be delivered')
    return { status: 'failed', reason: error.message, unsent }
  }
  const now = bot.clock.now()
  const refused = error instanceof TransientError && error.isRefusal ? error.message : undefined
  const isFresh = refused !== undefined && !isLasting(page, refused, view.timeline, now)
  const free = now.getTime() - freeSince(page, view.timeline).getTime()
  // Those that only saw that it is held back for now are no failures.
  const failures = Math.min(attempt, attemptsWithin(free))
  const delay = isFresh ? soon : delayAfter(error, failures, longestOfPages)
  if (isPassing(error)) bot.log.warn({ ...context, attempt, delay }, 'a page will be tried again')
  else bot.log.error({ ...context, attempt, delay, err: error }, 'a page failed for a reason nobody foresaw')
  const isAsked = error instanceof TransientError && error.retryAfter !== null
  const isCleared = unsent && claimed.isDoubted === true
  const said = refused === undefined ? {} : { refused }
  const tryAt = new Date(now.getTime() + delay)
  return { ...aboutOf(claimed), status: 'due', tryAt, unsent, isAsked, isCleared, ...said }
}

function aboutOf({ page, attempt, urgency }: ClaimedPage) {
  return { key: page.key, attempt, channel: page.channel, urgency }
}

/** Pages of this incident have been refused over this way, for the same reason, since longer ago than a moment. */
function isLasting({ channel, key }: Page, reason: string, timeline: Entry[], now: Date): boolean {
  return timeline.some(
    ({ fact, at }) =>
      fact.kind === 'page_failed' &&
      fact.channel === channel &&
      (fact.reason === reason || fact.key === key) &&
      now.getTime() - at.getTime() >= momentOf(fact.reason === reason),
  )
}

/** What a server says may differ each time, by a number of its own: the same page is then refused for a moment more. */
function momentOf(isSameReason: boolean): number {
  return isSameReason ? moment : 2 * moment
}

/** What was adopted says how things were when it went out: it is edited when there is something else to say. */
function sentNow(bot: Bot, view: IncidentView, page: Page, { isAdopted, unheard: _, ...ref }: Posted) {
  const at = bot.clock.now()
  const { key, person, channel } = page
  const fact: Fact = { kind: 'page_sent', person, channel, key }
  const text = sentence(fact, null, (one) => nameOf(bot, one))
  return { status: 'sent', at, ref, content: isAdopted ? '' : pageSays(view, page), fact, text } as const
}

/** An earlier attempt was begun, and who was asked cannot say whether they took it. */
function uncertain(bot: Bot, { key, person, channel }: Page) {
  const fact: Fact = { kind: 'page_uncertain', person, channel, key }
  return { at: bot.clock.now(), fact, text: sentence(fact, null, (one) => nameOf(bot, one)) }
}

/** The message is there and called nobody: whoever reads the record must not believe that it did. Told once. Never throws. */
async function noteUnheard(bot: Bot, view: IncidentView, page: Page, reason: string): Promise<void> {
  const what = `call everybody in ${nameOf(bot, page.person)}`
  if (view.timeline.some(({ fact }) => fact.kind === 'room_degraded' && fact.what === what)) return
  const fact: Fact = { kind: 'room_degraded', platform: page.channel, what, reason }
  const text = sentence(fact, null, (one) => nameOf(bot, one))
  await noteEntry(bot.db, page.incident, { at: bot.clock.now(), fact, text }).catch((error: unknown) =>
    bot.log.error({ err: error, page: page.key, reason }, 'a page called nobody, and that could not be written down'),
  )
}

/** For the metrics and the log, once it is written down. */
export function countSent(bot: Bot, { page }: ClaimedPage, view: IncidentView | null, at: Date): void {
  pages.inc({ channel: page.channel, status: 'sent' })
  pageLateness.observe({ channel: page.channel }, Math.max(0, at.getTime() - page.dueAt.getTime()) / 1000)
  bot.log.info({ incident: page.incident, trace: view?.incident.trace, page: page.key }, 'page sent')
}

/** This way will never deliver a page: written down, and the next way to the person, or else the policy, takes over. */
export async function giveUpPage(
  bot: Bot,
  holder: string,
  { page, attempt }: ClaimedPage,
  { reason, unsent }: { reason: string; unsent: boolean },
): Promise<void> {
  const isOurs = await bot.db.tx(async (q) => {
    // The incident first, like everybody who changes both.
    await lockIncident(q, page.incident)
    if (!(await failPage(q, { page, attempt, holder, reason, unsent }))) return false
    await fallBack(bot, q, page, reason)
    return true
  })
  if (isOurs) pages.inc({ channel: page.channel, status: 'failed' })
}

/**
 * This way refuses a page for now: it stays in the ledger and is tried again, and the next way to the person is taken at once. When it is
 * no moment's refusal, the policy goes on as if the page had failed.
 */
export async function passRefused(
  bot: Bot,
  holder: string,
  { page, attempt }: ClaimedPage,
  reason: string,
): Promise<void> {
  const now = bot.clock.now()
  await bot.db.tx(async (q) => {
    await lockIncident(q, page.incident)
    if (!(await isBeingSent(q, { key: page.key, attempt, holder }))) return
    const refusals = await refusalsOf(q, page)
    if (!refusals.some(({ key }) => key === page.key)) await takeNextWay(bot, q, page, reason)
    // Since another page was taken it is another illness, unless this one is refused all the while.
    const isLasting = refusals.some(
      (one) =>
        (one.key === page.key || (one.reason === reason && !one.isOver)) &&
        now.getTime() - one.at.getTime() >= momentOf(one.reason === reason),
    )
    if (isLasting) await hastenPolicy(bot, q, page)
  })
}

/** Milliseconds after which a page is not simply about to go out. */
const overdue = 60_000

/**
 * Pages that nobody is about to send: over a channel that is no longer configured they take the next way to the person, and
 * those that the version before forgot are handed to the senders.
 */
export async function rescuePages(bot: Bot, channels: string[]): Promise<number> {
  const now = bot.clock.now()
  const before = new Date(now.getTime() - overdue)
  let rescued = 0
  for (const page of await strandedPages(bot.db, channels, before)) {
    const { key, incident } = page
    try {
      if (!(await bot.db.tx((q) => rescue(bot, q, page, { channels, before, now })))) continue
      bot.log.error({ incident, page: key }, 'nobody was about to send a page; it was taken up again')
    } catch (error) {
      // One that cannot be taken up must not keep the others waiting.
      bot.log.error({ err: error, incident, page: key }, 'nobody is about to send a page, and it cannot be taken up')
    }
    rescued++
  }
  return rescued
}

type Rescue = { channels: string[]; before: Date; now: Date }

/** False: somebody else has seen to it. The incident first, like everybody who changes both. */
async function rescue(bot: Bot, q: Queryable, page: Page, { channels, before, now }: Rescue): Promise<boolean> {
  const { key, channel } = page
  await lockIncident(q, page.incident)
  if (!(await lockStranded(q, key, channels, before))) return false
  if (channels.includes(channel)) await takeUpPage(q, key, now)
  else {
    const reason = `${channel} is no longer configured`
    await strikePage(q, key, reason)
    await fallBack(bot, q, page, reason)
  }
  return true
}

/** The person is tried over the next way; when nobody of the step can be reached at all, the next step is due now. */
async function fallBack(bot: Bot, q: Queryable, page: Page, reason: string): Promise<void> {
  await takeNextWay(bot, q, page, reason)
  await hastenPolicy(bot, q, page)
}

async function takeNextWay(bot: Bot, q: Queryable, page: Page, reason: string): Promise<void> {
  const { key, person, channel } = page
  const locked = await lockIncident(q, page.incident)
  if (locked === null) return
  const { incident } = locked
  const { severity } = incident
  const next = isWanted(incident, page) ? await nextWay(bot, q, page, severity) : null
  const until = next && (await nextWayFrom(bot, q, page, severity))
  await takeWay(bot, q, page, { next, why: { kind: 'page_failed', person, channel, key, reason }, until })
}

async function hastenPolicy(bot: Bot, q: Queryable, page: Page): Promise<void> {
  const { key } = page
  const locked = await lockIncident(q, page.incident)
  if (locked === null) return
  const { severity } = locked.incident
  // The last resort repeats by itself, and what is asked for has nothing after it.
  if (!['s', 'r'].includes(kindOfPage(key))) return
  const isReached = ({ isSameCall, ...way }: WayOn) => !isSameCall || wakes(bot, way, severity)
  if ((await waysOn(q, page)).some(isReached)) return
  await record(bot, q, page.incident, [], null, (draft) => {
    const { incident } = draft
    const { position } = incident
    if (incident.status !== 'open' || position === null || position.at === 'rest') return
    // Somebody was called since.
    if (position.takenAt !== undefined && position.takenAt > page.dueAt) return
    const byHand = position.byHand || (kindOfPage(key) === 's' && position.takenByHand === true)
    draft.apply({
      incident: { ...incident, position: { ...position, dueAt: bot.clock.now(), byHand } },
      clocks: [],
      entries: [],
    })
  })
}
