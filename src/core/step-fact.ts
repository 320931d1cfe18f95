// What the timeline keeps of the steps of a runbook: who did what to which, and what a step's queries said.

type OfStep = { step: number; title: string }

/**
 * `step`: its number in the runbook of that time. Lengths are milliseconds, instants ISO 8601. A query is named by when it was
 * asked for and its `place` among those of its step.
 */
export type StepFact =
  | ({ kind: 'runbook_step_done' } & OfStep)
  /** `reason` absent: nobody said. */
  | ({ kind: 'runbook_step_skipped'; reason?: string } & OfStep)
  | ({ kind: 'runbook_step_reopened' } & OfStep)
  /** `person` null: nobody any more. */
  | ({ kind: 'runbook_step_assigned'; person: string | null } & OfStep)
  | ({ kind: 'runbook_step_noted'; note: string } & OfStep)
  | ({ kind: 'runbook_step_helped' } & OfStep)
  | ({ kind: 'runbook_timer_started'; length: number; until: string } & OfStep)
  | ({ kind: 'runbook_timer_stopped' } & OfStep)
  | ({ kind: 'runbook_timer_ended'; length: number; people: string[] } & OfStep)
  /** `chart`: id of its picture; null: it has none. `lines`: what was found, as it is; empty: nothing to show. */
  | ({ kind: 'runbook_query_ran'; summary: string; chart: number | null; lines: string } & OfStep & Asked)
  | ({ kind: 'runbook_query_failed'; reason: string } & OfStep & Asked)

export type Asked = { asked: string; place: number; language: 'promql' | 'logql'; query: string }

export function isStepFact(fact: { kind: string }): fact is StepFact {
  return /^runbook_(step|timer|query)_/.test(fact.kind)
}

/** The sentence of each. */
export function stepSentence(fact: StepFact, who: string, nameOf: (person: string) => string): string {
  const named = `runbook step ${fact.step}: ${fact.title}`
  switch (fact.kind) {
    case 'runbook_step_done':
      return `${who} did ${named}`
    case 'runbook_step_skipped':
      return `${who} skipped ${named}${fact.reason ? ` (${fact.reason})` : ''}`
    case 'runbook_step_reopened':
      return `${who} reopened ${named}`
    case 'runbook_step_assigned':
      return fact.person === null
        ? `${who} took ${named} from whoever had it`
        : `${who} gave ${nameOf(fact.person)} ${named}`
    case 'runbook_step_noted':
      return `${who} on runbook step ${fact.step}: ${fact.note}`
    case 'runbook_step_helped':
      return `${who} said that it helped: ${named}`
    case 'runbook_timer_started':
      return `${who} waits ${lengthText(fact.length)} at ${named}`
    case 'runbook_timer_stopped':
      return `${who} waits no longer at ${named}`
    case 'runbook_timer_ended':
      return `The wait of ${lengthText(fact.length)} is over at ${named}`
    case 'runbook_query_ran':
      return `${who} ran a query of ${named}: ${fact.summary}`
    case 'runbook_query_failed':
      return `A query of ${named} could not be run: ${fact.reason}`
    default:
      return fact satisfies never
  }
}

/** `10 min`, `30 s`. */
export function lengthText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds % 60 !== 0) return `${seconds} s`
  return seconds % 3_600 === 0 && seconds >= 7_200 ? `${seconds / 3_600} h` : `${seconds / 60} min`
}
