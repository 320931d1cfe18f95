// Weeks and months are read a few incidents at a time: however much happened in them, no statement keeps the database from what is
// urgent for long.
import type { Queryable } from './db.ts'

/** Incidents of which one statement reads all alerts or entries. */
const atOnce = 100

/** `services` null or absent: all. */
export type Stretch = { from: Date; until: Date; services?: string[] | null }

/** What is answered about each slice of them, one after the other, in one list. */
export async function inSlices<T>(
  numbers: number[],
  ask: (slice: number[]) => Promise<T[]>,
  size = atOnce,
): Promise<T[]> {
  const found: T[] = []
  for (let i = 0; i < numbers.length; i += size)
    for (const one of await ask(numbers.slice(i, i + size))) found.push(one)
  return found
}

/**
 * Numbers of the incidents that were not over before `[from, until)`, nor opened after it; in order. P4 is left out, which was only
 * ever recorded, unless it is wanted `withP4`.
 */
export async function ongoingIn(
  q: Queryable,
  { from, until, services = null }: Stretch,
  withP4 = false,
): Promise<number[]> {
  const { rows } = await q.query<{ number: number }>(
    `select number from incidents where opened_at < $2 and (resolved_at is null or resolved_at >= $1)
        and ($3::text[] is null or service = any ($3)) and ($4 or severity <> 'P4') order by number`,
    [from, until, services, withP4],
  )
  return rows.map(({ number }) => number)
}

/** Numbers that one statement answers, where there may be years of them. */
const listedAtOnce = 10_000

/** Numbers of the incidents that were resolved within `[from, until)`, in order. */
export async function resolvedIn(q: Queryable, { from, until, services = null }: Stretch): Promise<number[]> {
  const numbers: number[] = []
  // As text: a Date has no microseconds.
  let last: { number: number; at: string } | undefined = { number: 0, at: from.toISOString() }
  while (last !== undefined) {
    const { rows }: { rows: { number: number; at: string }[] } = await q.query(
      `select number, resolved_at::text as at from incidents
        where resolved_at >= $1 and resolved_at < $2 and (resolved_at, number) > ($1, $3)
          and ($4::text[] is null or service = any ($4)) order by resolved_at, number limit $5`,
      [last.at, until, last.number, services, listedAtOnce],
    )
    for (const { number } of rows) numbers.push(number)
    last = rows.length < listedAtOnce ? undefined : rows.at(-1)
  }
  return numbers.sort((a, b) => a - b)
}

/** The name of its rule, as an alert's labels tell it; null without any. */
export const nameIn = (labels: string) =>
  `coalesce(nullif(${labels} ->> 'alertname', ''), nullif(${labels} ->> 'alert_name', ''), nullif(${labels} ->> 'name', ''))`
