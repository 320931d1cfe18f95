// What was understood of a document besides its procedures: every fact with the line it stands on.
import type { Severity } from '../core/severity.ts'

export type ClockFact = {
  severity: Severity
  name: 'respond' | 'investigate' | 'resolve' | 'postmortem'
  /** Milliseconds. */
  within: number | 'next business day'
  line: number
}

/** Which severity an alert has, by whatever the document says. */
type AlertFact = { alert: string; severity: Severity; line: number }

/** A place in the rotation: `primary`, and who that is in the document's words. `handle`: without the `@`. */
export type RotationFact = { name: string; who: string; handle: string | null; line: number }

/** "Level 2 (15–30 min): secondary": from when on, in milliseconds, others are called. */
type LevelFact = { level: number; from: number; who: string; line: number }

/** How often the pager changes hands, and when. */
type CadenceFact = { every: 'day' | 'week' | '2 weeks' | 'month'; handover: string | null; line: number }

type ContactFact = { name: string; how: string; line: number }

export type ObjectiveFact = {
  name: string
  kind: 'availability' | 'ratio' | 'latency' | 'errors' | 'value'
  /** Percent of good events; null for a value. */
  objective: number | null
  /** The threshold that makes an event good, as written: `< 2 s`. */
  condition: string | null
  /** Days; null: not said. */
  window: number | null
  line: number
}

export type BaselineFact = { name: string; target: string; acceptable: string; critical: string; line: number }

export type RuleFact = {
  alert: string
  expr: string | null
  for: string | null
  /** The word that stands in the rule, and where: at its top level Prometheus does not send it. */
  severity: { word: string; isLabel: boolean } | null
  summary: string | null
  line: number
}

export type Checklist = {
  name: string
  every: 'day' | 'week' | 'month'
  items: { text: string; line: number }[]
  line: number
}

type CodeFact = { language: string; isGuess: boolean; line: number; lines: number }

type NameFact = { name: string; line: number }

/** What a person has to answer, because it was found and is not clear. */
export type Question = { line: number; text: string }

export type Facts = {
  clocks: ClockFact[]
  alerts: AlertFact[]
  rotations: RotationFact[]
  cadences: CadenceFact[]
  levels: LevelFact[]
  contacts: ContactFact[]
  objectives: ObjectiveFact[]
  baselines: BaselineFact[]
  rules: RuleFact[]
  checklists: Checklist[]
  /** Chat channels, without `#`, and services, as labels name them. */
  channels: NameFact[]
  services: NameFact[]
  code: CodeFact[]
  /** Said a second time, and the same. */
  repeats: { line: number }[]
  questions: Question[]
}

export function noFacts(): Facts {
  return {
    ...{
      clocks: [],
      alerts: [],
      rotations: [],
      cadences: [],
      levels: [],
      contacts: [],
      objectives: [],
      baselines: [],
      rules: [],
    },
    ...{ checklists: [], channels: [], services: [], code: [], repeats: [], questions: [] },
  }
}
