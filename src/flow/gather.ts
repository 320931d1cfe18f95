// What a decision about arriving alerts looks at: what is known of each of them, and every incident they may join or clear.
import type { Override } from '../core/schedule.ts'
import { type Known, knownAlerts } from '../store/alerts.ts'
import type { Queryable } from '../store/db.ts'
import { firingAlerts, incidentsNow, joinable, lockIncidents, type Versioned } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import type { Arrival } from './desk.ts'
import type { Recalled, Recollection } from './recollection.ts'

export type Gathered = {
  known: Map<string, Known>
  /** By grouping key: what a firing alert of the key joins or reopens. */
  joinable: Map<string, Recalled>
  /** All of them, by number; `firing` is counted when one of the alerts clears. */
  incidents: Map<number, Recalled>
  /** For the incidents to be opened: a number for each key of a firing alert that nothing can be joined by. */
  numbers: number[]
  /** For their first steps: what stands above the layers of schedules. */
  overrides: Override[]
}

export type Wanted = {
  arrivals: Arrival[]
  known: Map<string, Known>
  /** See `weighedLabels`. */
  weighed: readonly string[]
  now: Date
  /** Resolved incidents are reopened when they were resolved after this. */
  resolvedAfter: Date
  /** Lock them until the end of the transaction: then nobody else can be faster. */
  locking: boolean
}

/**
 * Gathers it, from memory where it can. What is known of the alerts is never older than the incidents: the other way
 * round, an alert that another replica has written in between would be taken for a new one.
 */
export async function gather(q: Queryable, recollection: Recollection, wanted: Wanted): Promise<Gathered> {
  const { arrivals, locking } = wanted
  const clears = arrivals.some(({ alert }) => alert.status === 'resolved')
  const recalled = locking ? nothing : recollection
  const got: Gathered = { known: wanted.known, joinable: new Map(), incidents: new Map(), numbers: [], overrides: [] }
  let isNewer = await gatherJoinable(q, recalled, wanted, got)
  for (const tried = new Set<number>(); ; ) {
    if (isNewer) {
      got.known = await knownAlerts(
        q,
        arrivals.map((a) => a.alert),
        wanted.weighed,
      )
    }
    const missing = new Set<number>()
    for (const { alert, key } of arrivals) {
      const known = got.known.get(key)
      // What clears, or is worse than it was, does so where it fires; anything else joins whatever its key leads to.
      const fires = known?.status === 'firing' && known.active
      const number = alert.status === 'resolved' || fires ? known?.incident : undefined
      if (number === undefined || got.incidents.has(number) || tried.has(number)) continue
      const one = recalled.byNumber(number)
      if (one) got.incidents.set(number, one)
      else missing.add(number)
    }
    if (missing.size === 0) break
    for (const number of missing) tried.add(number)
    for (const one of await (locking ? lockIncidents : incidentsNow)(q, [...missing]))
      got.incidents.set(one.incident.number, uncounted(one))
    isNewer = true
  }
  if (clears) await count(q, got)
  return got
}

const nothing: Pick<Recollection, 'byKey' | 'byNumber'> = { byKey: () => undefined, byNumber: () => undefined }

/** Answers whether it had to read any incident. */
async function gatherJoinable(
  q: Queryable,
  recalled: Pick<Recollection, 'byKey'>,
  { arrivals, now, resolvedAfter, locking }: Wanted,
  got: Gathered,
): Promise<boolean> {
  const put = (key: string | null, one: Recalled) => {
    if (key !== null) got.joinable.set(key, one)
    got.incidents.set(one.incident.number, one)
  }
  const unread = new Set<string>()
  for (const { alert, group } of arrivals) {
    if (alert.status !== 'firing' || got.joinable.has(group)) continue
    const one = recalled.byKey(group)
    if (one) put(group, one)
    else unread.add(group)
  }
  if (unread.size === 0) return false
  const asked = () => joinable(q, [...unread], resolvedAfter)
  const schedules = () => overridesAt(q, now)
  // Inside a transaction there is one connection, which is asked one thing after the other.
  const [{ found, fresh }, overrides] = locking
    ? [await asked(), await schedules()]
    : await Promise.all([asked(), schedules()])
  Object.assign(got, { numbers: fresh, overrides })
  const numbers = found.map((one) => one.incident.number)
  const read = locking ? await lockIncidents(q, numbers) : found
  for (const one of read) put(one.incident.groupingKey, uncounted(one))
  return read.length > 0
}

async function count(q: Queryable, { incidents }: Gathered): Promise<void> {
  const unknown = [...incidents.values()].filter((one) => one.firing === null)
  const firing = await firingAlerts(
    q,
    unknown.map((one) => one.incident.number),
  )
  for (const one of unknown) {
    const { number } = one.incident
    incidents.set(number, { ...one, firing: firing.get(number) ?? 0 })
  }
}

function uncounted(one: Versioned): Recalled {
  return { ...one, firing: null, place: { now: null } }
}
