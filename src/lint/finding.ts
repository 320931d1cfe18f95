// What the linter of a configuration says: a finding with its place and its fix, and the shape of a rule that finds it.
import type { Config } from '../config/config.ts'
import type { Path } from '../config/tree.ts'
import type { Runbook } from '../runbooks/runbook.ts'

/** `error`: somebody will not be paged. `warning`: probably not what is meant. `note`: worth knowing. */
type Weight = 'error' | 'warning' | 'note'

export type Finding = {
  weight: Weight
  /** Where in tocsin.yaml; empty: nowhere in particular. */
  path: Path
  /** Where in another file, instead. */
  place?: { file: string; line: number }
  /** What is so: a sentence without its full stop that is understood without the path. */
  message: string
  /** What to do about it; null when that follows from the message. */
  fix: string | null
}

export type Subject = {
  config: Config
  runbooks: Runbook[]
  now: Date
}

/** One file in rules/ holds one. */
export type Rule = {
  /** As --json names it, e.g. `schedule-gaps`. */
  name: string
  look(subject: Subject): Finding[]
}

/** Days ahead that are looked at. */
export const horizon = 90

export function endOf({ now }: Pick<Subject, 'now'>): Date {
  return new Date(now.getTime() + horizon * 86_400_000)
}
