// The clocks a runbook brings along: "not recovered in 15 minutes: escalate" is a promise like those of the severity.
import type { ClockTerm } from './clocks.ts'
import { severities } from './severity.ts'
import type { Terms } from './terms.ts'

/** `after`: milliseconds. `unless`: what makes it needless. */
export type RunbookEscalation = { after: number; unless: 'acknowledged' | 'resolved' }

const names = { acknowledged: 'answer', resolved: 'recover' } as const

/** The terms with the runbook's clocks for every severity that may page. One that the severity has already is not doubled. */
export function withRunbookClocks(terms: Terms, escalations: RunbookEscalation[]): Terms {
  if (escalations.length === 0) return terms
  const entries = severities.map((severity) => {
    const mine = terms.severities[severity]
    if (mine.paging === 'never') return [severity, mine] as const
    return [severity, { ...mine, clocks: [...mine.clocks, ...clocksOf(escalations, mine.clocks)] }] as const
  })
  return { ...terms, severities: Object.fromEntries(entries) as Terms['severities'] }
}

/** Those among `wanted` that `clocks` do not have. */
function clocksOf(escalations: RunbookEscalation[], clocks: ClockTerm[]): ClockTerm[] {
  const made: ClockTerm[] = []
  for (const { after, unless } of escalations) {
    const all = [...clocks, ...made]
    if (all.some(({ until, within }) => until === unless && within === after)) continue
    made.push({ name: freeName(names[unless], all), within: after, from: 'opened', until: unless, breach: 'escalate' })
  }
  return made
}

function freeName(name: string, clocks: ClockTerm[]): string {
  const taken = (one: string) => clocks.some((clock) => clock.name === one)
  if (!taken(name)) return name
  for (let number = 2; ; number++) if (!taken(`${name} ${number}`)) return `${name} ${number}`
}
