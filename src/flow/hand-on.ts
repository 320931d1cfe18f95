// A page that quiet hours held back goes to whoever is on call when it goes out: the pager may be somebody else's by then.
import type { Bot } from '../bot.ts'
import { isCallOf, isHandedOn, kindOfPage, type Page } from '../core/page.ts'
import { respectsQuiet } from '../core/reach.ts'
import type { Override } from '../core/schedule.ts'
import { type CalledBecause, type Entry, entry, type Fact } from '../core/timeline.ts'
import { lockIncident } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import { type ClaimedPage, dropWaiting, endPages, forgetEnded, isBeingSent, type PageEnd } from '../store/pages.ts'
import { type IncidentView, tellingView } from '../store/views.ts'
import { whysOf } from './called.ts'
import { onCall } from './paging.ts'
import { record } from './record.ts'
import { isWanted } from './wanted.ts'
import { callOn, placeOfPage, put } from './ways.ts'

/** Who has the pager of `schedule` now, which whoever a page waited for had when the step of `call` was taken. */
type Heirs = { schedule: string; people: string[]; whys: Record<string, CalledBecause>; call: Call }

type Call = Entry & { fact: Extract<Fact, { kind: 'people_paged' }> }

/**
 * Null: the page is still for whoever it is written to. So is one that names a person, one that waited for nothing but its turn, and one
 * of a pager that is nobody's now: better them than nobody.
 */
function heirsOf(bot: Bot, overrides: Override[], view: IncidentView, page: Page): Heirs | null {
  const call = heldCall(view, page)
  if (call === null) return null
  const why = call.fact.whys?.[page.person]
  if (why?.by !== 'schedule') return null
  const { schedule } = why
  const { terms, severity } = view.incident
  const now = bot.clock.now()
  const targets = terms.severities[severity].policy.steps[page.step]?.targets ?? []
  if (targets.some((target) => onCall(bot.config, overrides, target, now).includes(page.person))) return null
  const people = onCall(bot.config, overrides, { schedule }, now)
  if (people.length === 0) return null
  return { schedule, people, whys: whysOf(bot.config, overrides, [{ schedule }], people, { at: now, severity }), call }
}

/**
 * Whether a page is for others by now, and which pages of its incident the one it is for will have: what goes to others does not take the
 * place of one that is theirs. `isOutdone`: by what there is. Null: it did not wait, and nothing has to be read.
 */
export function whosePage(
  bot: Bot,
  view: IncidentView,
  page: Page,
  isOutdone: boolean,
): Promise<{ isTheirs: boolean; pages: Page[] }> | null {
  if (!respectsQuiet(view.incident.severity) || (heldCall(view, page) === null && !isOutdone)) return null
  return overridesAt(bot.db, bot.clock.now()).then((overrides) => {
    if (heirsOf(bot, overrides, view, page) !== null) return { isTheirs: false, pages: view.pages }
    const isGiven = (one: Page) =>
      one.person === page.person &&
      ['due', 'sending'].includes(one.status) &&
      heirsOf(bot, overrides, view, one) !== null
    return { isTheirs: true, pages: view.pages.filter((one) => !isGiven(one)) }
  })
}

/** The entry that called a page's person, where quiet hours held the page back since; null: they did not. */
function heldCall({ incident, timeline }: IncidentView, page: Page): Call | null {
  if (!respectsQuiet(incident.severity) || kindOfPage(page.key) !== 's') return null
  const call = timeline.findLast((one): one is Call => one.fact.kind === 'people_paged' && isCallOf(one, page))
  if (call === undefined) return null
  const since = timeline.filter(({ id }) => id > call.id)
  const isHeld = since.some(
    ({ fact }) =>
      fact.kind === 'page_postponed' &&
      fact.person === page.person &&
      (fact.channel ?? page.channel) === page.channel &&
      new Date(fact.until) <= page.dueAt,
  )
  // Another severity has another policy, of which this is no step.
  return isHeld && !since.some(({ fact }) => fact.kind === 'severity_changed') ? call : null
}

/** In place of this page, its heirs are called as by any step, over their own ways and after their own quiet hours. */
export async function handOnPage(
  bot: Bot,
  holder: string,
  { page, attempt, urgency, resumed }: ClaimedPage,
  told: Extract<PageEnd, { status: 'cancelled' }>['told'],
): Promise<void> {
  await bot.db.tx(async (q) => {
    const { key, incident: number, channel } = page
    const now = bot.clock.now()
    // The incident first, like everybody who changes both.
    await lockIncident(q, number)
    if (!(await isBeingSent(q, { key, attempt, holder }))) return
    const about = { key, attempt, channel, urgency, unsent: !resumed }
    const view = await tellingView(q, number)
    const isDropped = view === null || !isWanted(view.incident, page)
    const heirs = isDropped ? null : heirsOf(bot, await overridesAt(q, now), view, page)
    // Taken back in this very moment, it is looked at again.
    const end =
      isDropped || heirs !== null
        ? ({ status: 'cancelled', ...(told && { told }) } as const)
        : ({ status: 'due', tryAt: now } as const)
    await endPages(q, holder, [{ ...about, ...end }], { platforms: [], tellAt: now })
    // Another of the ways on which the same call was to go has seen to it.
    if (isDropped || heirs === null || view.timeline.some((one) => isHandedOn(one, page))) return
    const called = heirs.people.filter((person) => !isCalledSince(view, person, heirs.call))
    const calls = called.map((person) => callOn(bot, view.incident, placeOfPage(page), person, { now }))
    await dropWaiting(q, page)
    await forgetEnded(
      q,
      calls.flatMap(({ pages }) => pages.map((one) => one.key)),
    )
    await record(bot, q, number, [], null, (draft) => {
      draft.entries.push(entry(factOf(page, heirs, called), now))
      for (const call of calls) put(draft, call, now)
    })
  })
}

/** The policy has called them over again meanwhile, or with the same step: one call is enough. */
function isCalledSince({ pages }: IncidentView, person: string, { at }: Call): boolean {
  return pages.some(
    ({ key, status, dueAt, person: one }) =>
      one === person &&
      ['s', 'l', 'r'].includes(kindOfPage(key)) &&
      ['due', 'sending', 'sent'].includes(status) &&
      dueAt >= at,
  )
}

function factOf({ person, round, step }: Page, { schedule, people, whys, call }: Heirs, called: string[]): Fact {
  if (called.length === 0) return { kind: 'page_left_out', person, schedule, people, round, step }
  return { ...call.fact, people: called, whys, instead: person }
}
