// Looks a configuration over for what is allowed but will hurt some night, rule by rule, and gives each finding its line.
import type { Path } from '../config/tree.ts'
import { reasonOf } from '../errors.ts'
import type { Finding, Subject } from './finding.ts'
import { rules } from './rules/index.ts'

/** Answers the place of a key in tocsin.yaml; null when it does not stand there. */
export type PlaceOf = (path: Path) => { file: string; line: number } | null

export type Placed = Omit<Finding, 'place'> & { rule: string; file: string | null; line: number | null }

const weights = ['error', 'warning', 'note'] as const

export function lint(subject: Subject, placeOf: PlaceOf): Placed[] {
  const found = rules.flatMap((rule) => {
    try {
      return rule.look(subject).map((finding) => placed(rule.name, finding, placeOf))
    } catch (error) {
      throw new Error(`the rule ${rule.name} could not look the configuration over: ${reasonOf(error)}`, {
        cause: error,
      })
    }
  })
  return inOrder(found)
}

/** Worst first, then in the order of the file. */
export function inOrder(found: Placed[]): Placed[] {
  return found.toSorted(
    (a, b) =>
      weights.indexOf(a.weight) - weights.indexOf(b.weight) ||
      (a.file ?? '').localeCompare(b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0),
  )
}

export function placed(rule: string, { place, ...finding }: Finding, placeOf: PlaceOf): Placed {
  const { file, line } = place ?? (finding.path.length > 0 ? placeOf(finding.path) : null) ?? { file: null, line: null }
  return { rule, ...finding, file, line }
}
