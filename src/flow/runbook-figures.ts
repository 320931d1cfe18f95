// How runbooks fare: counted over the incidents that had them, for the command line, the API and the digest.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import {
  alwaysSkipped,
  type RunbookFigures,
  type StaleReason,
  staleDays,
  staleReasons,
} from '../core/runbook-habits.ts'
import type { Runbook } from '../runbooks/runbook.ts'
import { lastAlerts } from '../store/alert-names.ts'
import { noteTexts, runbookFigures, textsSince } from '../store/runbook-figures.ts'

const day = 86_400_000
/** Days that figures go back, where nobody says. */
export const usualDays = 90

type Counted = Pick<Bot, 'db' | 'runbooks' | 'clock'>

export type RunbookStanding = {
  path: string
  section: string
  title: string
  /** It is among the files now. */
  isThere: boolean
  figures: RunbookFigures | null
  /** Titles of its steps that are always skipped. */
  skipped: string[]
  stale: StaleReason[]
}

/** Every runbook that was used within so many days, and every one there is. `services` null: all. */
export async function runbookStandings(
  bot: Counted,
  days: number = usualDays,
  services: string[] | null = null,
): Promise<RunbookStanding[]> {
  const now = bot.clock.now()
  const figures = await runbookFigures(bot.db, { from: daysAgo(now, days), until: now, services })
  const stale = await staleRunbooks(bot)
  const known = new Map(bot.runbooks.map((runbook) => [placeOf(runbook), runbook]))
  const used = new Set(figures.map(placeOf))
  const all = [
    ...figures.map((one) => ({ path: one.path, section: one.section, figures: one })),
    ...bot.runbooks.filter((one) => !used.has(placeOf(one))).map((one) => ({ ...placed(one), figures: null })),
  ]
  return all.map(({ path, section, figures: found }) => {
    const runbook = known.get(placeOf({ path, section }))
    return {
      ...{ path, section, title: runbook?.title ?? section.replaceAll('-', ' '), isThere: runbook !== undefined },
      figures: found,
      skipped: alwaysSkipped(found?.steps ?? []).map(({ title }) => title),
      stale: stale.find((one) => placeOf(one) === placeOf({ path, section }))?.reasons ?? [],
    }
  })
}

export type StaleRunbook = { path: string; section: string; title: string; reasons: StaleReason[] }

/**
 * Runbooks that somebody should look over, and why: unchanged for half a year or 20 incidents, steps that are always skipped, or
 * alerts that no longer come. What counts is what happened since each was changed last.
 */
export async function staleRunbooks(bot: Counted): Promise<StaleRunbook[]> {
  const now = bot.clock.now()
  const since = new Map((await textsSince(bot.db)).map((one) => [placeOf(one), one.since]))
  // Alerts are read for this: only where it can matter.
  const isOld = (runbook: Runbook) => {
    const changed = since.get(placeOf(runbook))
    return changed !== undefined && now.getTime() - changed.getTime() >= staleDays * day
  }
  const names = [...new Set(bot.runbooks.filter(isOld).flatMap(({ alerts }) => alerts))]
  const arrived = await lastAlerts(bot.db, names, now)
  const stale: StaleRunbook[] = []
  const counted = bot.runbooks.flatMap((runbook) => {
    const changed = since.get(placeOf(runbook))
    return changed === undefined ? [] : [{ ...placed(runbook), since: changed }]
  })
  // One look for all of them: they were changed at as many times as there are, and years may have gone by.
  const from = counted.reduce((first, one) => (one.since < first ? one.since : first), now)
  const figures = new Map(
    (await runbookFigures(bot.db, { from, until: now }, counted)).map((one) => [placeOf(one), one]),
  )
  for (const runbook of bot.runbooks) {
    const changed = since.get(placeOf(runbook)) ?? null
    const mine = figures.get(placeOf(runbook))
    const titles = new Set(runbook.steps.map(({ title }) => title))
    const alerts = runbook.alerts.flatMap((name) => arrived.get(name)?.getTime() ?? [])
    const life = {
      since: changed,
      incidents: mine?.incidents ?? 0,
      steps: (mine?.steps ?? []).filter(({ title }) => titles.has(title)),
      alerts: runbook.alerts,
      lastAlertAt: alerts.length === 0 ? null : new Date(Math.max(...alerts)),
    }
    const reasons = staleReasons(life, now)
    if (reasons.length > 0) stale.push({ ...placed(runbook), title: runbook.title, reasons })
  }
  return stale
}

/** Lists that were noted already, in this process. */
const noted = new WeakSet<readonly Runbook[]>()

/** Notes what the files say now, once for each time they are read: since when, is what tells how old a runbook is. */
export async function noteRunbooks({ db, runbooks, clock }: Counted): Promise<void> {
  if (noted.has(runbooks)) return
  const texts = runbooks.map((runbook) => ({ ...placed(runbook), digest: digestOf(runbook) }))
  await noteTexts(db, texts, clock.now())
  noted.add(runbooks)
}

/** Of what people read of it: where it stands in its file is nothing to them. */
function digestOf({ title, steps, symptoms }: Runbook): string {
  const told = [title, symptoms, ...steps.flatMap((step) => [step.part, step.title, step.body])]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32)
}

function placed({ path, section }: { path: string; section: string }) {
  return { path, section }
}

function placeOf({ path, section }: { path: string; section: string }): string {
  return `${path}#${section}`
}

function daysAgo(now: Date, days: number): Date {
  return new Date(now.getTime() - days * day)
}
