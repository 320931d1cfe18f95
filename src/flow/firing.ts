// When each alert of an incident fired: it may have come and gone several times, of which its row knows the last.
import type { Alert } from '../core/alert.ts'
import type { Entry } from '../core/timeline.ts'
import type { Period } from '../store/alerts.ts'

/** By fingerprint, in order of time: what the timeline tells, and for the last time what the sender of the alert does. */
export function firedPeriods(
  alerts: Pick<Alert, 'fingerprint' | 'startsAt' | 'endsAt'>[],
  timeline: Pick<Entry, 'at' | 'fact'>[],
): Map<string, Period[]> {
  const periods = new Map<string, Period[]>()
  for (const { at, fact } of timeline) {
    if (fact.kind !== 'alert_fired' && fact.kind !== 'alert_cleared') continue
    const known = periods.get(fact.fingerprint) ?? []
    periods.set(fact.fingerprint, known)
    if (fact.kind === 'alert_fired') known.push({ from: at, until: null })
    else {
      const open = known.findLast(({ until }) => until === null)
      if (open) open.until = at
    }
  }
  for (const { fingerprint, startsAt, endsAt } of alerts) {
    const known = periods.get(fingerprint) ?? []
    periods.set(fingerprint, [
      ...known.slice(0, -1),
      exact(known.at(-2), known.at(-1), { from: startsAt, until: endsAt }),
    ])
  }
  return periods
}

/** The sender knows better than we do when it began and ended, unless it speaks of another time. */
function exact(before: Period | undefined, heard: Period | undefined, told: Period): Period {
  if (heard === undefined) return told
  const earlier = told.from < heard.from && (before?.until == null || told.from >= before.until)
  const ended = told.until !== null && told.until >= heard.from
  return { from: earlier ? told.from : heard.from, until: ended || told.until === null ? told.until : heard.until }
}
