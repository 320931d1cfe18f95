// A night that has not happened yet: what the engine would do, in order, as plain data. The command line, the chat and the
// console tell it from this one shape.
import type { Labels } from '../core/alert.ts'
import type { Severity } from '../core/severity.ts'
import type { Fact } from '../core/timeline.ts'

/** What is supposed to happen. `answers`: who acknowledges, milliseconds after the opening. */
export type Scenario = {
  severity: Severity
  /** What gave the severity: asked for, or the rules and the alert's labels. */
  classified: boolean
  service: string
  labels: Labels
  title: string
  at: Date
  /** IANA zone the night is told in. */
  zone: string
  answers: { person: string; after: number }[]
  /** Another policy than the configured one, tried out. */
  policy: string | null
}

/** One person called over one way. `dueAt` may be later than the row: a way that waits for the ones before it. */
export type ForeseenPage = {
  person: string
  channel: string
  dueAt: Date
  /** It waits for the end of quiet hours: no call of this row, but of a later one. */
  held: boolean
  /** Chat platforms that are configured, but not for this person: the page has only the console left. */
  without: string[]
}

export type Foreseen =
  /** `asked`: the schedules, groups or people a step that was skipped would have called. */
  | { kind: 'recorded'; at: Date; by: string | null; fact: Fact; pages: ForeseenPage[]; asked: string[] }
  /** Pages that no entry of the timeline announces. */
  | { kind: 'paged'; at: Date; pages: ForeseenPage[] }
  /** Pages that waited for it go out. */
  | { kind: 'quiet over'; at: Date; pages: ForeseenPage[] }
  /** An answer that changed nothing: somebody had it already, or it was over. */
  | { kind: 'too late'; at: Date; by: string }
  /** `backAt`: when those before have it again, should it not be confirmed, which a simulation supposes it is; null: nobody is asked. */
  | {
      kind: 'handed over'
      at: Date
      schedule: string
      from: string[]
      to: string[]
      override: boolean
      backAt: Date | null
    }
  /** Daylight saving: the wall clock of `zone` jumps by `minutes`. */
  | { kind: 'clocks changed'; at: Date; zone: string; minutes: number }

export type Ending =
  /** Somebody has it, and nothing else falls due for a while. */
  | { kind: 'answered'; by: string; at: Date }
  /** It goes on like this every so many milliseconds. */
  | { kind: 'last resort'; every: number; times: number }
  /** The policy has begun again after the answer. */
  | { kind: 'open again' }
  /** Nothing falls due: this severity pages nobody. */
  | { kind: 'silent' }
  /** More than fits into a simulation. */
  | { kind: 'cut'; next: Date }

export type Night = {
  scenario: Scenario
  policy: { name: string; steps: number; rounds: number }
  /** Response clocks as they begin. */
  clocks: { name: string; dueAt: Date }[]
  foreseen: Foreseen[]
  /** Chat platforms that people have accounts on, but that are not set up where the night was simulated. */
  elsewhere: string[]
  ending: Ending
}
