// A page: one person called about one incident, once, over one channel. The ledger keeps each from being lost or doubled.
import type { Entry } from './timeline.ts'

/**
 * - `due`: written, not yet tried.
 * - `sending`: a send was begun; after a crash it may or may not have gone out, so it is looked up before it is sent.
 * - `sent`: the platform has it.
 * - `failed`: could not be delivered; the timeline says why and the policy moves on.
 * - `cancelled`: nobody needed it any more before it was known to have gone out.
 */
export type PageStatus = 'due' | 'sending' | 'sent' | 'failed' | 'cancelled'

export type Page = {
  /** Unique for ever, and carried in the message itself. */
  key: string
  incident: number
  person: string
  /** The chat platform (or mail, webhook) it goes over. */
  channel: string
  step: number
  round: number
  status: PageStatus
  dueAt: Date
  sentAt: Date | null
}

/**
 * `s`: a step of the policy; `l`: the last resort; `m`: somebody asked for it by hand; `h`: to help, for a clock ran out;
 * `a`: asks whoever has the incident whether that is still so; `r`: pages them again, for they did not say.
 */
const pageKinds = ['s', 'l', 'm', 'h', 'a', 'r'] as const
export type PageKind = (typeof pageKinds)[number]

/** Unique for ever: no key of `people` holds a slash. `step`: of the policy, or seconds since the incident opened. */
export function pageKey(
  incident: number,
  place: { kind: PageKind; round: number; step: number },
  person: string,
  channel: string,
): string {
  return `inc-${incident}/r${place.round}${place.kind}${place.step}/${person}/${channel}`
}

/** Keys of pages that somebody asked for by hand, as a regular expression for the database. */
export const pageByHand = '^inc-[0-9]+/r[0-9]+m'

/** Keys of the pages that call somebody to help: by hand, or because a clock ran out. */
export const pageToHelp = '^inc-[0-9]+/r[0-9]+[mh]'

/** Keys of the pages that the policy's steps and its last resort sent. */
export const pageOfPolicy = '^inc-[0-9]+/r[0-9]+[sl]'

/** A key that says no kind is one of a step. */
export function kindOfPage(key: string): PageKind {
  const kind = /^inc-\d+\/r\d+([a-z])/.exec(key)?.[1]
  return pageKinds.find((one) => one === kind) ?? 's'
}

/** The entry with which the policy called the page's person; never of what was called for in another way. */
export function isCallOf({ fact }: Entry, { key, person, round, step }: Page): boolean {
  if (fact.kind === 'last_resort_reached') return kindOfPage(key) === 'l' && fact.times === step
  if (fact.kind !== 'people_paged' || fact.because !== 'policy' || kindOfPage(key) !== 's') return false
  return fact.round === round && fact.step === step && fact.people.includes(person)
}

/** Quiet hours had held the page back, and others had the pager by then: it went to them, or was left out because they had been called. */
export function isHandedOn({ fact, at }: Entry, { person, round, step, dueAt }: Page): boolean {
  if (fact.kind !== 'people_paged' && fact.kind !== 'page_left_out') return false
  const whose = fact.kind === 'people_paged' ? fact.instead : fact.person
  return whose === person && fact.round === round && fact.step === step && at >= dueAt
}
