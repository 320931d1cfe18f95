// The other direction of classify.ts: what an alert has to say of itself so that it gets the severity that is wanted.
import { classify, type SeverityRules } from './classify.ts'
import type { Severity } from './severity.ts'

/** The usual word first; the plain name is understood by every configuration that has no rule against it. */
const words: Record<Severity, string[]> = {
  P1: ['critical', 'page', 'emergency', 'P1'],
  P2: ['warning', 'error', 'major', 'P2'],
  P3: ['info', 'notice', 'minor', 'P3'],
  P4: ['none', 'debug', 'P4'],
}

/**
 * The value of the label `severity` that makes an alert with these labels a `wanted`; null: whatever it says, rules make
 * something else of it.
 */
export function severityLabel(rules: SeverityRules, wanted: Severity, labels: Record<string, string>): string | null {
  return words[wanted].find((severity) => classify(rules, { ...labels, severity }) === wanted) ?? null
}

/** What it says where rules decide otherwise. */
export function usualSeverityLabel(wanted: Severity): string {
  return words[wanted][0] ?? wanted
}
