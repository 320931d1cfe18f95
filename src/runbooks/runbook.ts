// A runbook: one procedure out of a team's Markdown, and the alerts it answers.
import type { Labels } from '../core/alert.ts'
import type { Severity } from '../core/severity.ts'
import type { Checklist } from '../documents/facts.ts'
import type { Escalation } from './escalations.ts'

/** `body`: Markdown as it stands in the file, code blocks byte for byte. `part`: e.g. "Investigation"; null without one. */
export type Step = {
  title: string
  body: string
  part: string | null
  /** Where it stands in the file, from 1. */
  line: number
}

/** Work that comes back, as a document lists it. `path` and `line`: where it stands. */
export type RecurringChecklist = Checklist & { path: string }

export type Runbook = {
  /** The file it was read from, as it was named. */
  path: string
  /** Names the procedure within its file: the title as lower-case words with hyphens. */
  section: string
  title: string
  /** Alert names it answers. */
  alerts: string[]
  /** Labels an alert must carry; empty: any. */
  labels: Labels
  /** Only alerts of this service; null: of any. */
  service: string | null
  severity: Severity | null
  steps: Step[]
  /** What its symptoms say: Markdown as it stands in the file. */
  symptoms: string
  /** When it says to call more people; the earliest first. */
  escalations: Escalation[]
  /** What it is compared by: each of its words with how much it counts, from 0 to 1. */
  words: ReadonlyMap<string, number>
  /** Line of the heading, from 1. */
  line: number
  /** What links call its heading: with and without emoji and severity. */
  anchors: string[]
  /** And the headings within it, as code forges number them in the whole file. */
  below: string[]
}
