// How bad it is, and which words of the outside world mean which severity.

/** P1 critical, P2 warning, P3 next business day, P4 only recorded. */
export const severities = ['P1', 'P2', 'P3', 'P4'] as const
export type Severity = (typeof severities)[number]

/** The more, the sooner: a P1 does not wait behind a thousand P3. */
export const urgency: Record<Severity, number> = { P1: 3, P2: 2, P3: 1, P4: 0 }

/** Of a room that is to call everybody: it waits behind none that only has news. */
export const urgencyOfCall = 4

/** Reads a severity the way a person types it: `p1`, `P1`, `1`, `critical`. */
export function parseSeverity(text: string): Severity | null {
  return byWord.get(text.trim().toLowerCase()) ?? null
}

/** Reads one as monitoring systems write it, too: `SEV1`, `P0`, `severity-2`. */
export function severityOfLabel(text: string): Severity | null {
  const known = parseSeverity(text)
  if (known !== null) return known
  const numbered = /^(?:p|sev|severity|prio|priority)[ _-]?([0-5])$/.exec(text.trim().toLowerCase())?.[1]
  return numbered === undefined ? null : (byNumber[Number(numbered)] ?? null)
}

/** Some count from 0, and some to 5. */
const byNumber: readonly Severity[] = ['P1', 'P1', 'P2', 'P3', 'P4', 'P4']

/** The labels that alert rules in the wild put under `severity`. */
const words: Record<string, Severity> = {
  critical: 'P1',
  crit: 'P1',
  page: 'P1',
  emergency: 'P1',
  fatal: 'P1',
  high: 'P1',
  disaster: 'P1',
  error: 'P2',
  err: 'P2',
  major: 'P2',
  warning: 'P2',
  warn: 'P2',
  medium: 'P2',
  average: 'P2',
  minor: 'P3',
  info: 'P3',
  information: 'P3',
  informational: 'P3',
  notice: 'P3',
  low: 'P3',
  none: 'P4',
  debug: 'P4',
}

/** Not the object itself: an alert may say `constructor`. */
const byWord = new Map([
  ...Object.entries(words),
  ...severities.flatMap((one) => [[one.toLowerCase(), one] as const, [one.slice(1), one] as const]),
])
