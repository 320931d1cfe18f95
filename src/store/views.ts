// An incident with everything that is shown about it, read in one go.
import type { IncidentAlert } from '../core/change.ts'
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident } from '../core/incident.ts'
import type { Page } from '../core/page.ts'
import type { Entry } from '../core/timeline.ts'

export type RoomRow = { platform: string; channel: string; name: string; url: string | null }
export type ChartRow = { id: number; moment: string; title: string; summary: string; drawnAt: Date }
export type RunbookStep = {
  step: number
  title: string
  body: string
  status: 'open' | 'done' | 'skipped'
  by: string | null
  at: Date | null
}
export type PostmortemRow = { markdown: string; draftedAt: Date; publishedAt: Date | null; publishedBy: string | null }

export type IncidentView = {
  incident: Incident
  /** The latest of each name, in the order they fall due. */
  clocks: ResponseClock[]
  alerts: IncidentAlert[]
  pages: Page[]
  rooms: RoomRow[]
  charts: ChartRow[]
  runbook: RunbookStep[]
  timeline: Entry[]
  postmortem: { draftedAt: Date; publishedAt: Date | null } | null
}
