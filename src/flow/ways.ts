// Over which channels a page goes to somebody, and when: what is configured, the person's own rules, their quiet hours.
import type { Rules } from '../bot.ts'
import type { Draft } from '../core/change.ts'
import { localTime } from '../core/local-time.ts'
import { kindOfPage, type Page, pageKey } from '../core/page.ts'
import { nextWay, planWays, quietUntil, respectsQuiet, type Way } from '../core/reach.ts'
import { recipientOf, webhookChannel } from '../core/recipient.ts'
import { type Severity, severities } from '../core/severity.ts'
import { entry, type Fact } from '../core/timeline.ts'

type Reachable = Pick<Rules, 'config' | 'platforms'>

/** Where everybody is, and nobody is woken: it comes after every other way. */
const lastWay = 'console'

/** The channels that reach a recipient, in the order in which they are tried; none for who is no longer configured. */
export function waysTo({ config, platforms }: Reachable, recipient: string, severity: Severity): string[] {
  const to = recipientOf(recipient)
  const chats = platforms.map(({ name }) => name)
  switch (to.kind) {
    case 'webhook':
      return Object.keys(config.webhooks)
        .map(webhookChannel)
        .filter((name) => name === to.channel)
    case 'channel':
      return chats.filter((name) => name === (to.platform ?? chats[0]))
    case 'person': {
      const person = config.people[to.person]
      if (person === undefined) return []
      const known = chats.filter((name) => name in person.accounts)
      const named = (person.reach?.[severity] ?? []).map(({ channel }) => channel)
      return [
        ...known.filter((name) => name !== lastWay),
        ...(config.email !== null && person.email !== null ? ['email'] : []),
        ...Object.keys(config.webhooks)
          .map(webhookChannel)
          .filter((name) => named.includes(name)),
        ...known.filter((name) => name === lastWay),
      ]
    }
    default:
      return to satisfies never
  }
}

/** Also those that a person's own rules keep for other severities. */
export function everyWayTo(rules: Reachable, recipient: string): string[] {
  return [...new Set(severities.flatMap((severity) => waysTo(rules, recipient, severity)))]
}

/** What a page of this severity takes: the person's own ways, else the first chat; with none but the console, mail besides. */
export function plannedWays(rules: Reachable, recipient: string, severity: Severity): Way[] {
  const have = waysTo(rules, recipient, severity)
  const first = have[0] ?? lastWay
  const usual = first === 'email' && have.includes(lastWay) ? [first, lastWay] : [first]
  return planWays(ruleOf(rules, recipient, severity), have, usual)
}

/** Whether a page over this channel can be heard: one in the console only by whoever is paged there from the first. */
export function wakes(rules: Reachable, way: { person: string; channel: string }, severity: Severity): boolean {
  return way.channel !== lastWay || plannedWays(rules, way.person, severity).some(({ channel }) => channel === lastWay)
}

/** The next way after those that were tried; null when there is none left. */
export function wayAfter(rules: Reachable, recipient: string, severity: Severity, tried: string[]): string | null {
  return nextWay(ruleOf(rules, recipient, severity), waysTo(rules, recipient, severity), tried)
}

type About = { number: number; severity: Severity; terms: { zone: string } }
type Place = Parameters<typeof pageKey>[1]

/** Pages to be written to the ledger, and what the timeline says about them. */
export type Call = { pages: Page[]; facts: Fact[] }

/**
 * Calls somebody: a page for each way, those with a delay due later. `urgent`: a person asked for it, so that quiet hours do
 * not count. `ways`: others than those planned.
 */
export function callOn(
  rules: Reachable,
  about: About,
  place: Place,
  recipient: string,
  at: { now: Date; urgent?: boolean },
  ways: Way[] = plannedWays(rules, recipient, about.severity),
): Call {
  const endAt = (time: Date) => (at.urgent ? null : quietEnd(rules, recipient, about.severity, time))
  const until = endAt(at.now)
  const facts = until === null ? [] : [postponed(recipient, until, about.terms.zone)]
  const pages = ways.map(({ channel, after }) => {
    // Quiet hours may begin while a way waits for an answer to those before it: then it waits as long once they are over.
    const end = until ?? endAt(later(at.now, after))
    const dueAt = later(end ?? at.now, after)
    if (end !== until) facts.push(postponed(recipient, dueAt, about.terms.zone, channel))
    return pageOver(about.number, place, recipient, channel, dueAt)
  })
  return { pages, facts }
}

function later(time: Date, by: number): Date {
  return new Date(time.getTime() + by)
}

/** Over every way at once: where people are usually called nobody answered. */
export function callEverywhere(
  rules: Reachable,
  about: About,
  place: Place,
  recipient: string,
  at: { now: Date; urgent?: boolean },
): Call {
  const have = everyWayTo(rules, recipient)
  const ways = (have.length > 0 ? have : [lastWay]).map((channel) => ({ channel, after: 0 }))
  return callOn(rules, about, place, recipient, at, ways)
}

/** Puts a call on the draft. */
export function put(draft: Pick<Draft, 'pages' | 'entries'>, { pages, facts }: Call, now: Date): void {
  draft.pages.push(...pages)
  draft.entries.push(...facts.map((fact) => entry(fact, now)))
}

/** One page over one channel. */
export function pageOver(incident: number, place: Place, person: string, channel: string, dueAt: Date): Page {
  const key = pageKey(incident, place, person, channel)
  return { key, incident, person, channel, step: place.step, round: place.round, status: 'due', dueAt, sentAt: null }
}

/** The place in the policy that a page was written at. */
export function placeOfPage({ key, round, step }: Page): Place {
  return { kind: kindOfPage(key), round, step }
}

/** When the quiet hours of a recipient end, where they hold back a page of this severity; null: they do not. */
export function quietEnd(
  { config }: Pick<Reachable, 'config'>,
  recipient: string,
  severity: Severity,
  now: Date,
): Date | null {
  const quiet = config.people[recipient]?.quiet ?? null
  return quiet !== null && respectsQuiet(severity) ? quietUntil(quiet, now) : null
}

/** As the team's clock on the wall shows it: `Tue 3 Mar 07:00`. */
export function dayAndTime(at: Date, zone: string): string {
  const { shortDay, minute } = localTime(at, zone)
  return `${shortDay} ${minute}`
}

/** `channel`: this way alone waits. */
export function postponed(person: string, until: Date, zone: string, channel?: string): Fact {
  const way = channel === undefined ? {} : { channel }
  return { kind: 'page_postponed', person, ...way, until: until.toISOString(), time: dayAndTime(until, zone) }
}

function ruleOf({ config }: Reachable, recipient: string, severity: Severity): Way[] | null {
  return config.people[recipient]?.reach?.[severity] ?? null
}
