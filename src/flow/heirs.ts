// Whose a page is that quiet hours held back: the pager may be somebody else's by the time it goes out.
import type { Rules } from '../bot.ts'
import { isCallOf, kindOfPage, type Page } from '../core/page.ts'
import { respectsQuiet } from '../core/reach.ts'
import type { Override } from '../core/schedule.ts'
import { type CalledBecause, type Entry, entry, type Fact, type NewEntry } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import { whysOf } from './called.ts'
import { onCall } from './paging.ts'
import { type Call, callOn, placeOfPage, quietEnd } from './ways.ts'

/** What is looked at. */
export type Told = Pick<IncidentView, 'incident' | 'timeline' | 'pages'>

/** Who has the pager of `schedule` now, which whoever a page waited for had when the step of `call` was taken. */
export type Heirs = { schedule: string; people: string[]; whys: Record<string, CalledBecause>; call: CallEntry }

type CallEntry = Entry & { fact: Extract<Fact, { kind: 'people_paged' }> }

/**
 * Null: the page is still for whoever it is written to. So is one that names a person, one that waited for nothing but its turn, one
 * of a pager that is nobody's now, and one that would go back to who gave it away and sleeps again, round and round where everybody
 * sleeps through their own shifts: better them than nobody.
 */
export function heirsOf(rules: Rules, overrides: Override[], view: Told, page: Page, now: Date): Heirs | null {
  const { config } = rules
  const call = heldCall(view, page)
  if (call === null) return null
  const why = call.fact.whys?.[page.person]
  if (why?.by !== 'schedule') return null
  const { schedule } = why
  const { terms, severity } = view.incident
  const targets = terms.severities[severity].policy.steps[page.step]?.targets ?? []
  if (targets.some((target) => onCall(config, overrides, target, now).includes(page.person))) return null
  const people = onCall(config, overrides, { schedule }, now)
  const isAsleepAgain = (person: string) =>
    hasGivenAway(view, person, page) && quietEnd(rules, person, severity, now) !== null
  if (people.every(isAsleepAgain)) return null
  return { schedule, people, whys: whysOf(config, overrides, [{ schedule }], people, { at: now, severity }), call }
}

/**
 * `pages`: of its incident, those that may take its place. Of one person's, what goes to others takes not the place of what is theirs,
 * nor that of what goes to others, nor either that of what goes to yet others.
 */
export type Whose = { isTheirs: boolean; pages: Page[] }

/** Whether it may be for others by now, so that it has to be looked at whose it is. `isOutdone`: by what there is. */
export function mayBeOthers(view: Told, page: Page, isOutdone: boolean): boolean {
  return respectsQuiet(view.incident.severity) && (heldCall(view, page) !== null || isOutdone)
}

export function whoseOf(rules: Rules, overrides: Override[], view: Told, page: Page, now: Date): Whose {
  const scheduleOf = (one: Page) => heirsOf(rules, overrides, view, one, now)?.schedule ?? null
  const schedule = scheduleOf(page)
  const isApart = (one: Page) =>
    one.person === page.person &&
    ['due', 'sending', 'sent'].includes(one.status) &&
    (one.status === 'sent' ? null : scheduleOf(one)) !== schedule
  return { isTheirs: schedule === null, pages: view.pages.filter((one) => !isApart(one)) }
}

/** In place of a page, its heirs are called as by any step, over their own ways and after their own quiet hours. */
export function callHeirs(
  rules: Rules,
  overrides: Override[],
  view: Told,
  page: Page,
  heirs: Heirs,
  now: Date,
): { entry: NewEntry; calls: Call[] } {
  const called = heirs.people.filter((person) => !isCalledSince(rules, overrides, view, person, heirs, now))
  const calls = called.map((person) => callOn(rules, view.incident, placeOfPage(page), person, { now }))
  return { entry: entry(factOf(page, heirs, called), now), calls }
}

/** The entry that called a page's person, where quiet hours held the page back since; null: they did not. */
function heldCall({ incident, timeline }: Told, page: Page): CallEntry | null {
  if (!respectsQuiet(incident.severity) || kindOfPage(page.key) !== 's') return null
  const call = timeline.findLast(isCallFor(page))
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

function isCallFor(page: Page) {
  return (one: Entry): one is CallEntry => one.fact.kind === 'people_paged' && isCallOf(one, page)
}

function hasGivenAway({ timeline }: Told, person: string, { round, step }: Page): boolean {
  return timeline.some(
    ({ fact }) => fact.kind === 'people_paged' && fact.instead === person && fact.round === round && fact.step === step,
  )
}

/**
 * The policy has called them over again meanwhile, or with the same step: one call is enough. One that goes to others now is none, nor
 * one that waits for anything but this pager: who has that when it goes out may be somebody else.
 */
function isCalledSince(
  rules: Rules,
  overrides: Override[],
  view: Told,
  person: string,
  { schedule, call }: Heirs,
  now: Date,
): boolean {
  const { pages, timeline } = view
  const isForAnother = (page: Page) => {
    if (!['due', 'sending'].includes(page.status)) return false
    if (page.dueAt <= now) return heirsOf(rules, overrides, view, page, now) !== null
    const why = timeline.findLast(isCallFor(page))?.fact.whys?.[person]
    return why?.by !== 'schedule' || why.schedule !== schedule
  }
  return pages.some(
    (page) =>
      page.person === person &&
      ['s', 'l', 'r'].includes(kindOfPage(page.key)) &&
      ['due', 'sending', 'sent'].includes(page.status) &&
      page.dueAt >= call.at &&
      !isForAnother(page),
  )
}

function factOf({ person, round, step }: Page, { schedule, people, whys, call }: Heirs, called: string[]): Fact {
  if (called.length === 0) return { kind: 'page_left_out', person, schedule, people, round, step }
  return { ...call.fact, people: called, whys, instead: person }
}
