// What many incidents say about a runbook: which steps help, which are always skipped, and whether anybody should look it over.

export type StepFigures = {
  /** Its place in the runbook, the last time. */
  step: number
  title: string
  done: number
  skipped: number
  untouched: number
  /** In how many incidents somebody said that it helped. */
  helped: number
}

/** Over incidents that are resolved. */
export type RunbookFigures = {
  path: string
  section: string
  incidents: number
  /** In how many of them somebody did or skipped a step. */
  worked: number
  /** When the last of them was resolved. */
  lastAt: Date
  steps: StepFigures[]
}

/** Why somebody should look it over. Days and incidents are counted from its last change, as far as that is known. */
export type StaleReason =
  | { kind: 'unchanged'; days: number; incidents: number }
  | { kind: 'steps skipped'; titles: string[] }
  | { kind: 'alerts silent'; days: number; alerts: string[] }

/** As often as this skipped, and never done, a step is in the way. */
const oftenSkipped = 3
export const staleDays = 180
const staleIncidents = 20
const day = 86_400_000

/** Those that somebody skipped each time anybody came to them. */
export function alwaysSkipped(steps: StepFigures[]): StepFigures[] {
  return steps.filter(({ done, skipped }) => done === 0 && skipped >= oftenSkipped)
}

export type RunbookLife = {
  /** Since when it says what it says; null: nobody knows. */
  since: Date | null
  /** Incidents that had it since then. */
  incidents: number
  /** Figures since then, of the steps that it still has. */
  steps: StepFigures[]
  alerts: string[]
  /** When the last of its alerts arrived; null: none did since then. */
  lastAlertAt: Date | null
}

/** Nothing: there is no reason. */
export function staleReasons({ since, incidents, steps, alerts, lastAlertAt }: RunbookLife, now: Date): StaleReason[] {
  const age = since === null ? 0 : Math.floor((now.getTime() - since.getTime()) / day)
  const isSilent = alerts.length > 0 && age >= staleDays && !isWithin(lastAlertAt, now)
  const skipped = alwaysSkipped(steps)
  return [
    ...(isSilent ? [{ kind: 'alerts silent', days: daysSilent(lastAlertAt, age, now), alerts } as const] : []),
    ...(skipped.length > 0 ? [{ kind: 'steps skipped', titles: skipped.map(({ title }) => title) } as const] : []),
    ...(!isSilent && (age >= staleDays || incidents >= staleIncidents)
      ? [{ kind: 'unchanged', days: age, incidents } as const]
      : []),
  ]
}

function isWithin(at: Date | null, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() < staleDays * day
}

function daysSilent(last: Date | null, age: number, now: Date): number {
  return last === null ? age : Math.floor((now.getTime() - last.getTime()) / day)
}

/** Plain text: `not changed in 200 days and 7 incidents`. */
export function staleText(reason: StaleReason): string {
  switch (reason.kind) {
    case 'unchanged':
      return `not changed in ${plural(reason.days, 'day')} and ${plural(reason.incidents, 'incident')}`
    case 'steps skipped':
      return `always skipped: ${reason.titles.join(', ')}`
    case 'alerts silent':
      return `${reason.alerts.join(', ')}: nothing arrived in ${plural(reason.days, 'day')}`
    default:
      return reason satisfies never
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
