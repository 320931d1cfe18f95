// Whether quiet hours hold back a page that they did not hold back when it was written: they may have begun since.
import type { Bot, Rules } from '../bot.ts'
import { isCallOf, kindOfPage, type Page } from '../core/page.ts'
import type { Severity } from '../core/severity.ts'
import { rerouteAt } from '../core/terms.ts'
import type { Entry } from '../core/timeline.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import { type ClaimedPage, endPages, putOffPage } from '../store/pages.ts'
import { type IncidentView, tellingView } from '../store/views.ts'
import { record } from './record.ts'
import { isWanted } from './wanted.ts'
import { postponed, quietEnd } from './ways.ts'

/** When the quiet hours end that a page is to wait for now; null: it need not. */
export function asleepUntil(
  bot: Rules,
  { incident, timeline }: Pick<IncidentView, 'incident' | 'timeline'>,
  page: Page,
  now: Date,
): Date | null {
  const { person, dueAt } = page
  const until = quietEnd(bot, person, incident.severity, now)
  // Due within them, it was asked for.
  const isExempt = until === null || quietEnd(bot, person, incident.severity, dueAt) !== null
  return isExempt || !mayWait(page, timeline) ? null : until
}

/** The same, of the next way to a page's person. Most are not asleep, and nothing has to be read. */
export async function nextWayFrom(bot: Bot, q: Queryable, page: Page, severity: Severity): Promise<Date | null> {
  const now = bot.clock.now()
  if (quietEnd(bot, page.person, severity, now) === null) return null
  const view = await tellingView(q, page.incident)
  return view && asleepUntil(bot, view, page, now)
}

/** A page that this process was about to send waits for the end of quiet hours, and the timeline says so. */
export async function postponePage(bot: Bot, holder: string, claimed: ClaimedPage): Promise<void> {
  const { page, attempt, urgency, resumed } = claimed
  const { incident: number, key, channel, person } = page
  await bot.db.tx(async (q) => {
    // The incident first, like everybody who changes both.
    await lockIncident(q, number)
    const view = await tellingView(q, number)
    const now = bot.clock.now()
    const until = view && asleepUntil(bot, view, page, now)
    if (view === null || until === null) {
      // It must not wait since this very moment, and is looked at again.
      const end = { key, attempt, channel, urgency, status: 'due', tryAt: now, unsent: !resumed } as const
      return endPages(q, holder, [end], { platforms: [], tellAt: now })
    }
    const { terms, severity } = view.incident
    const later = { until, rerouteAt: rerouteAt(terms.severities[severity], severity, until) }
    if (!(await putOffPage(q, { key, channel, attempt, holder, ...later, unsent: !resumed }))) return
    if (isWanted(view.incident, page)) await record(bot, q, number, [postponed(person, until, terms.zone, channel)])
  })
}

/** Whoever is asked whether they still have it cannot hear it later: then that question is over. */
function mayWait(page: Page, timeline: Entry[]): boolean {
  switch (kindOfPage(page.key)) {
    case 'm':
    case 'a':
      return false
    case 'h':
    case 'r':
      return true
    default:
      return !isAskedFor(page, timeline)
  }
}

/** Somebody escalated, and this is whom that called, or who was called as those could not be reached; or nothing says what did. */
function isAskedFor(page: Page, timeline: Entry[]): boolean {
  const calls = timeline.filter(
    ({ fact }) => fact.kind === 'last_resort_reached' || (fact.kind === 'people_paged' && fact.because === 'policy'),
  )
  const index = calls.findLastIndex((one) => one.at <= page.dueAt && isCallOf(one, page))
  for (let i = index; i >= 0; i--) {
    const [before, call] = [calls[i - 1]?.id ?? 0, calls[i]?.id ?? 0]
    const between = timeline.filter(({ id }) => id > before && id < call).map(({ fact }) => fact.kind)
    if (between.includes('incident_escalated')) return true
    if (!between.includes('page_failed')) return false
  }
  return true
}
