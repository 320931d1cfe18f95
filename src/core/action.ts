// Action items: what is to be done so that it does not happen again, by whom and by when. Kept after the incident is over.
import { Temporal } from 'temporal-polyfill'
import { daySpan } from './day.ts'
import { type Hours, nextOpening } from './hours.ts'

export type ActionStatus = 'open' | 'done' | 'dropped'

/** `item` counts from 1 in each incident. `owner` is a key of `people`; `due` a local date, `YYYY-MM-DD`. */
export type ActionItem = {
  incident: number
  item: number
  text: string
  owner: string | null
  due: string | null
  status: ActionStatus
  madeBy: string
  madeAt: Date
  closedBy: string | null
  closedAt: Date | null
}

/** What is asked to be different about one; what is absent stays. */
export type ActionChange = { text?: string; owner?: string | null; due?: string | null; status?: ActionStatus }

/** What is on the timeline about them: as it was after that. */
export type ActionFact = {
  kind: 'action_added' | 'action_changed' | 'action_done' | 'action_dropped' | 'action_reopened'
  item: number
  action: string
  owner: string | null
  due: string | null
}

export function isActionFact(fact: { kind: string }): fact is ActionFact {
  return fact.kind.startsWith('action_')
}

/** Plain text, for the timeline. */
export function actionSentence(fact: ActionFact, who: string, nameOf: (person: string) => string): string {
  const { kind, item, action, owner, due } = fact
  const terms = [...(owner === null ? [] : [nameOf(owner)]), ...(due === null ? [] : [`by ${due}`])].join(', ')
  const whole = `action item ${item}: ${action}${terms === '' ? '' : ` (${terms})`}`
  switch (kind) {
    case 'action_added':
      return `${who} added ${whole}`
    case 'action_changed':
      return `${who} changed ${whole}`
    case 'action_done':
      return `${who} did action item ${item}: ${action}`
    case 'action_dropped':
      return `${who} dropped action item ${item}: ${action}`
    case 'action_reopened':
      return `${who} reopened ${whole}`
    default:
      return kind satisfies never
  }
}

/** The item after the change, and what it is on the timeline; null when it is so already. */
export function changed(
  item: ActionItem,
  change: ActionChange,
  by: string,
  now: Date,
): [ActionItem, ActionFact] | null {
  const { text = item.text, owner = item.owner, due = item.due, status = item.status } = change
  const isSame = text === item.text && owner === item.owner && due === item.due
  if (isSame && status === item.status) return null
  const closed = status === 'open' ? { closedBy: null, closedAt: null } : { closedBy: by, closedAt: now }
  const next = { ...item, text, owner, due, status, ...(status === item.status ? {} : closed) }
  const kind = status === item.status ? 'action_changed' : kinds[status]
  return [next, { kind, item: item.item, action: text, owner, due }]
}

const kinds = { open: 'action_reopened', done: 'action_done', dropped: 'action_dropped' } as const

/** What somebody typed: the action, and at its end `@owner`, `by <day>`, or both in either order. */
export type Typed = { text: string; owner: string | null; due: string | null; strangers: string[] }

/** `personOf`: the key of a person by name or mention; null when nobody is called that. */
export function readAction(
  typed: string,
  { zone, now, personOf }: { zone: string; now: Date; personOf: (text: string) => string | null },
): Typed {
  let text = typed.trim()
  let owner: string | null = null
  let due: string | null = null
  const strangers: string[] = []
  for (let taken = true; taken; ) {
    taken = false
    const mention = /^(.*\S)?\s*(?<=^|\s)(<@[^>\s]+>|@[^\s@]+)$/s.exec(text)
    if (owner === null && mention?.[2] !== undefined) {
      const person = personOf(mention[2])
      if (person === null) strangers.push(mention[2])
      owner = person ?? ''
      text = mention[1] ?? ''
      taken = true
    }
    const dated = /^(.*\S)?\s*(?<=^|\s)by\s+(\S+|in \d+ \S+)$/is.exec(text)
    const day: string | null = due === null && dated?.[2] !== undefined ? dueDay(dated[2], zone, now) : null
    if (day !== null) {
      due = day
      text = dated?.[1] ?? ''
      taken = true
    }
  }
  return { text: text.trim(), owner: owner === '' ? null : owner, due, strangers }
}

/** `2026-03-09`, `tomorrow`, `friday`, `3d`, `2w` or `in 2 weeks`, as a local date; null when it is none of these. */
export function dueDay(text: string, zone: string, now: Date): string | null {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const ahead = /^(?:in )?(\d{1,3}) ?(d|days?|w|weeks?|months?)$/i.exec(text.trim())
  if (ahead?.[1] !== undefined && ahead[2] !== undefined) {
    const count = Number(ahead[1])
    const unit = ahead[2].toLowerCase()
    const length = unit.startsWith('d') ? { days: count } : unit.startsWith('w') ? { weeks: count } : { months: count }
    return today.add(length).toString()
  }
  const span = daySpan(text, zone, now)
  if (span === null) return null
  return Temporal.Instant.fromEpochMilliseconds(span.from.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()
}

/** When its owner is told that it is due: at the first opening of that day, or after it; null: never. */
export function remindAt({ due, status }: Pick<ActionItem, 'due' | 'status'>, hours: Hours, now: Date): Date | null {
  if (due === null || status !== 'open') return null
  const first = nextOpening(hours, startOf(due, hours.zone, 0))
  // Somebody who says “by today” at noon has just thought of it.
  return first > now ? first : openingAfter(hours, now, 1)
}

/** The first opening so many days later, or after them. */
export function openingAfter(hours: Hours, now: Date, days: number): Date {
  return nextOpening(hours, startOf(localDate(now, hours.zone), hours.zone, days))
}

/** The date that people in a zone have at an instant. */
export function localDate(at: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()
}

function startOf(date: string, zone: string, daysLater: number): Date {
  const day = Temporal.PlainDate.from(date).add({ days: daysLater })
  return new Date(day.toZonedDateTime(zone).startOfDay().epochMilliseconds)
}
