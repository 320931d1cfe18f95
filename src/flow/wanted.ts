// Whether anybody still needs a page: asked again right before it goes out.
import type { Incident } from '../core/incident.ts'
import { isCallOf, kindOfPage, type Page } from '../core/page.ts'
import type { Entry } from '../core/timeline.ts'

/**
 * A page of the policy is for whoever has it, which nobody does while it is open; one asked for, by a person or a clock, is
 * for the person, until that person has said something; and who is asked whether they still have it may have said so
 * meanwhile. What waited as the policy began anew is of no use. `timeline` absent: not looked at.
 */
export function isWanted(incident: Incident, page: Page, timeline: Entry[] = []): boolean {
  const kind = kindOfPage(page.key)
  if (isOfFormerPolicy(page, timeline)) return false
  switch (kind) {
    case 'm':
      return incident.status !== 'resolved' && !hasShownUp(page, timeline, 'person')
    case 'h':
      return incident.status !== 'resolved' && !hasShownUp(page, timeline, 'clock')
    case 'a':
      return isHeldBy(incident, page.person) && incident.lease?.askAt === null
    case 's':
    case 'l':
    case 'r':
      return incident.status === 'open'
    default:
      return kind satisfies never
  }
}

/**
 * It was tried, quiet hours held it back until it was due, and within them the policy began anew at another severity. Of what was not
 * tried that is cancelled when it happens.
 */
function isOfFormerPolicy(page: Page, timeline: Entry[]): boolean {
  const { person, channel, dueAt } = page
  const call = timeline.findLastIndex((one) => isCallOf(one, page))
  if (call < 0) return false
  const since = timeline.slice(call)
  const wait = since.findIndex(
    ({ fact }) =>
      fact.kind === 'page_postponed' &&
      fact.person === person &&
      fact.channel === channel &&
      Date.parse(fact.until) === dueAt.getTime(),
  )
  return wait >= 0 && since.slice(wait).some(({ fact, at }) => fact.kind === 'severity_changed' && at < dueAt)
}

/**
 * While all alerts are clear nobody more is woken: what the policy has for somebody only then, because quiet hours end or another way was
 * to wait for so long, waits as a step would. Answers until when, at the latest; null: it does not wait.
 */
export function heldUntil({ quietUntil, terms }: Incident, page: Page): Date | null {
  if (quietUntil === null || !isOfPolicy(page)) return null
  const clearSince = quietUntil.getTime() - terms.quietFor
  return page.dueAt.getTime() > clearSince ? quietUntil : null
}

/** Since when it may go out: it was due, and no longer held because all alerts were clear. */
export function freeSince({ dueAt }: Page, timeline: Entry[]): Date {
  const release = timeline.findLast(
    ({ fact }) => fact.kind === 'alerts_fire_again' || fact.kind === 'incident_escalated',
  )
  return release !== undefined && release.at > dueAt ? release.at : dueAt
}

function isHeldBy(incident: Incident, person: string): incident is Extract<Incident, { status: 'acknowledged' }> {
  return incident.status === 'acknowledged' && incident.acknowledgedBy === person
}

/** The person did something about the incident since they were asked for. */
function hasShownUp({ person }: Page, timeline: Entry[], because: 'person' | 'clock'): boolean {
  const asked = timeline.findLastIndex(
    ({ fact }) => fact.kind === 'people_paged' && fact.because === because && fact.people.includes(person),
  )
  return asked >= 0 && timeline.slice(asked + 1).some(({ by }) => by === person)
}

/**
 * The policy has called the same person over the same way again since: after an hour without Slack, or at the end of a quiet
 * night, one of these calls is enough. The latest is never left out.
 */
export function isOutdone(page: Page, pages: Page[], now: Date): boolean {
  if (!isOfPolicy(page)) return false
  return pages.some(
    (other) =>
      other.person === page.person &&
      other.channel === page.channel &&
      isOfPolicy(other) &&
      ['due', 'sending', 'sent'].includes(other.status) &&
      other.dueAt <= now &&
      isAfter(other, page, pages),
  )
}

function isOfPolicy({ key }: Page): boolean {
  return ['s', 'l', 'r'].includes(kindOfPage(key))
}

/** Of two different pages exactly one is after the other: the one of the later call, though its way may have waited less. */
function isAfter(a: Page, b: Page, pages: Page[]): boolean {
  const apart = calledAt(a, pages) - calledAt(b, pages) || a.round - b.round || a.step - b.step
  return apart > 0 || (apart === 0 && a.key > b.key)
}

/** When the first way of the call was due: it never waits for another. */
function calledAt(page: Page, pages: Page[]): number {
  const kind = kindOfPage(page.key)
  const isOfTheCall = (one: Page) =>
    one.round === page.round && one.step === page.step && one.person === page.person && kindOfPage(one.key) === kind
  return Math.min(...[page, ...pages.filter(isOfTheCall)].map((one) => one.dueAt.getTime()))
}
