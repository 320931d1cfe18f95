// A runbook: one procedure out of a team's Markdown, and the alerts it answers.
import type { Labels } from '../core/alert.ts'
import type { Severity } from '../core/severity.ts'

/** `body`: Markdown as it stands in the file, code blocks byte for byte. `part`: e.g. "Investigation"; null without one. */
export type Step = { title: string; body: string; part: string | null }

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
  /** Line of the heading, from 1. */
  line: number
  /** What links call its heading: with and without emoji and severity. */
  anchors: string[]
}
