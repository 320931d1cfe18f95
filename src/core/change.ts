// What a stage decided about one incident, to be written in one transaction: the state, its record, its effects.
import type { Labels } from './alert.ts'
import type { ResponseClock } from './clocks.ts'
import type { Incident } from './incident.ts'
import type { Job } from './job.ts'
import type { Page } from './page.ts'
import type { NewEntry } from './timeline.ts'

/** An alert as it belongs to an incident; one row for every (incident, source, fingerprint). */
export type IncidentAlert = {
  source: string
  fingerprint: string
  status: 'firing' | 'resolved'
  labels: Labels
  annotations: Labels
  startsAt: Date
  endsAt: Date | null
  generatorUrl: string | null
}

export type Change = {
  incident: Incident
  isNew: boolean
  alerts: IncidentAlert[]
  clocks: ResponseClock[]
  entries: NewEntry[]
  pages: Page[]
  jobs: Job[]
  /** Pages not yet begun are cancelled: somebody has it, or it is over. */
  cancelPages: boolean
}
