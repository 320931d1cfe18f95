// What a team wants its figures to be, and whether they are.

/** Null: no goal. `mttr`, `mtbf`: milliseconds; `precision`, `changeFailures`: per cent. */
export type Goals = {
  mttr: number | null
  mtbf: number | null
  precision: number | null
  changeFailures: number | null
}

/**
 * Mean time between failures, in milliseconds: the time looked at, over the failures in it. Without failures it is at least
 * the time looked at. Null when there was no time to look at.
 */
export function timeBetweenFailures(
  failures: number,
  from: Date,
  until: Date,
): { mean: number; atLeast: boolean } | null {
  const time = until.getTime() - from.getTime()
  if (time <= 0) return null
  return failures === 0 ? { mean: time, atLeast: true } : { mean: time / failures, atLeast: false }
}

/** Per cent, to one digit; null of nothing. Cut, so that 100 means all. */
export function shareOf(part: number, all: number): number | null {
  return all === 0 ? null : Math.floor((part * 1000) / all) / 10
}

/** Pages that came at night, by person: an hour from `from` on and before `until`, over midnight when that is earlier. */
export type NightHours = { zone: string; from: string; until: string }

/** @param time of day, `HH:MM`, on the wall of that zone. */
export function isNight({ from, until }: Pick<NightHours, 'from' | 'until'>, time: string): boolean {
  return from < until ? time >= from && time < until : time >= from || time < until
}
