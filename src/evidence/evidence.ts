// What evidence about an incident is asked for with, and what is found: one shape for every system that has some.
import type { Bot } from '../bot.ts'
import type { Chart, Stretch } from '../charts/chart.ts'
import type { Config } from '../config/config.ts'
import type { Labels } from '../core/alert.ts'
import type { Severity } from '../core/severity.ts'
import type { ChartSpec, ServiceNames } from '../core/terms.ts'
import type { BaselineChoice } from './baseline.ts'

/** What is known about the incident when its evidence is looked for. */
export type EvidenceRequest = {
  title: string
  service: string
  /** Whose deployments are marked; absent: its own. */
  services?: string[]
  /** IANA zone people read times in. */
  zone: string
  from: Date
  until: Date
  startedAt: Date
  alerts: {
    labels: Labels
    generatorUrl: string | null
    annotations: Labels
    /** When it fired; absent: not known. */
    fired?: Stretch[]
  }[]
  /** Charts the service asks for by itself. */
  charts: ChartSpec[]
  marks: Chart['marks']
  /** Set when the picture is of the whole of it, with what came before and after. */
  incident?: Chart['incident']
  /** Absent: `none`. */
  baseline?: BaselineChoice
}

/** Something to show, or why it cannot be shown, in words for the room. `offers`: presets that may do instead. */
export type Finding =
  | { ok: true; title: string; chart: Chart }
  /** `later`: who was asked is away or slow, and may answer the same question in a while. */
  | { ok: false; title: string; reason: string; offers?: string[]; later?: boolean }

/** What every provider is asked with: the facts of the incident and the span that counts. */
export type Inquiry = {
  incident: number
  title: string
  service: string
  /** Whose changes may have begun it: its own service first, then what that depends on. */
  services: string[]
  severity: Severity
  /** IANA zone people read times in. */
  zone: string
  alerts: { labels: Labels; annotations: Labels; generatorUrl?: string | null }[]
  /** When its first alert began, or it was opened. */
  startedAt: Date
  /** One that fired for long before does not count as the beginning, and yet `startedAt` is not when it all began. */
  hasOlderAlert?: boolean
  /** The span around the start that is looked at, … */
  from: Date
  until: Date
  /** … and the time before it, to know what is usual. */
  before: { from: Date; until: Date }
  /** What the service is called elsewhere, frozen when the incident opened. */
  names: ServiceNames
}

/**
 * One thing to show. Plain text, never Markdown: the template escapes it. `code`: shown as it is, in a fixed-width font.
 */
export type Item = { text: string; code: string | null; url: string | null }

/** What one provider found. All text is plain; `summary` is one line for the timeline and the post-mortem. */
export type Section = { summary: string; items: Item[]; links: { title: string; url: string }[] }

/** A provider: one file, one line in index.ts. */
export type Provider = {
  /** Unique; stored. */
  name: string
  /** What people read: `Logs (Loki)`. */
  title: string
  /** It is only heard of when it found something: that it did not is no news, unless a person asked. */
  isQuiet?: boolean
  /** False: it is never mentioned. */
  isConfigured(config: Config): boolean
  /**
   * Null: there is nothing to be found. Whatever it throws is told as the reason, in one line. `signal` ends the time it has;
   * nobody waits for it after that.
   */
  ask(bot: Pick<Bot, 'config' | 'db'>, inquiry: Inquiry, signal: AbortSignal): Promise<Section | null>
}

/** How it is with one provider of one incident, as it is stored and shown. `place`: where among the others. */
export type Evidence = { provider: string; place: number; title: string; at: Date } & (
  | { status: 'asking' }
  | { status: 'found'; section: Section }
  | { status: 'nothing' }
  | { status: 'failed'; reason: string }
)
