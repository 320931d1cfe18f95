// The record of an incident: what happened, in the past tense, and the one sentence that says it.
import { type ActionFact, actionSentence, isActionFact } from './action.ts'
import { type CallFact, callSentence } from './call-fact.ts'
import type { SeverityReason } from './classify.ts'
import { type EvidenceFact, evidenceSentence } from './evidence-fact.ts'
import { type KeptFact, keptSentence } from './keeping.ts'
import { type ResponseFact, responseSentence } from './response.ts'
import type { RunbookEscalation } from './runbook-clocks.ts'
import type { Severity } from './severity.ts'
import { isStepFact, type StepFact, stepSentence } from './step-fact.ts'
import type { AlertVerdict } from './verdict.ts'

export type { CalledBecause } from './call-fact.ts'

/** What a clock that ran out led to; absent: nothing but the telling. `opening`: the next page waits for business hours. */
export type BreachEffect = 'next step' | 'help' | 'opening'

/**
 * Every kind of entry with its facts. `people` and `by` are keys of `people` in the configuration, or the name a
 * stranger to it gave.
 */
export type Fact =
  | {
      kind: 'incident_opened'
      severity: Severity
      title: string
      service: string
      /** What decided the severity, and whose policy was frozen. Absent on old entries; `because` also when a person opened it. */
      because?: SeverityReason
      policy?: { name: string; of: 'service' | 'severity' }
    }
  /** `alert`: the one that fires again; null when a person took the end back. */
  | { kind: 'incident_reopened'; alert: string | null }
  | { kind: 'incident_acknowledged' }
  | { kind: 'incident_escalated'; wasAcknowledgedBy: string | null }
  | { kind: 'incident_resolved'; because: 'person' | 'quiet'; stillFiring: number }
  | { kind: 'severity_changed'; from: Severity; to: Severity; because: string; reason?: SeverityReason }
  | { kind: 'lead_taken'; lead: string }
  | { kind: 'note_added'; note: string }
  | ResponseFact
  | KeptFact
  | { kind: 'alert_fired'; alert: string; fingerprint: string }
  | { kind: 'alert_cleared'; alert: string; fingerprint: string }
  | { kind: 'alerts_all_clear'; quietMinutes: number }
  | { kind: 'alerts_fire_again'; alert: string; quietMinutes: number }
  /**
   * `silence`: its id in Alertmanager. `matchers`: as Alertmanager shows them. `until`, `time`: as with `page_postponed`.
   * `alerts`: how many firing alerts it covers, `others` of them not of this incident; `left`: how many of this incident it
   * does not cover, because another source sent them. `replaces`: the silence before, which it ended.
   */
  | {
      kind: 'alerts_silenced'
      silence: string
      matchers: string[]
      because: string
      until: string
      time: string
      alerts: number
      others: number
      left: number
      replaces?: string
    }
  /** `elsewhere`: found ended before its time. `still`: of its alerts, how many fire and are silenced by others; if known. */
  | { kind: 'silence_ended'; silence: string; elsewhere: boolean; still?: number }
  | { kind: 'clock_warned'; clock: string; share: 50 | 80; dueAt: string }
  | { kind: 'clock_breached'; clock: string; dueAt: string; effect?: BreachEffect }
  | { kind: 'room_opened'; platform: string; room: string }
  | { kind: 'room_degraded'; platform: string; what: string; reason: string }
  | { kind: 'chart_drawn'; chart: number; title: string; summary: string }
  /** `offers`: presets that `/chart` can draw instead; absent: none. */
  /** `again`: asked once more for a while. */
  | { kind: 'chart_missing'; title: string; reason: string; offers?: string[]; again?: boolean }
  | CallFact
  | EvidenceFact
  /** `escalations`: times it says to call more people at, kept as clocks; absent where it says none. */
  | { kind: 'runbook_matched'; title: string; because: string; escalations?: RunbookEscalation[] }
  /** What may fit, where it is not clear. `name`: what `/incident runbook` calls it. `score` null: as certain as what was shown. */
  | { kind: 'runbook_offered'; choices: { title: string; name: string; score: number | null }[] }
  /** `instead`: the title of the runbook before; null: there was none. */
  | { kind: 'runbook_chosen'; title: string; instead: string | null; escalations?: RunbookEscalation[] }
  | StepFact
  | { kind: 'verdict_given'; verdict: AlertVerdict; because: string }
  | { kind: 'postmortem_drafted' }
  | { kind: 'postmortem_published' }
  | ActionFact

export type FactKind = Fact['kind']

/** An entry before it is stored. `by` null: the bot itself. */
export type NewEntry = { at: Date; by: string | null; fact: Fact }

export type Entry = NewEntry & { id: number; text: string }

/**
 * When an entry was written, in milliseconds since the epoch; null: nothing says. `at` is that instant, except where an entry
 * is about something older, which then has `recorded`.
 */
export function recordedAt({ at, fact }: { at: string; fact: unknown }): number | null {
  const recorded = typeof fact === 'object' && fact !== null && 'recorded' in fact ? fact.recorded : at
  const instant = typeof recorded === 'string' ? Date.parse(recorded) : Number.NaN
  return Number.isNaN(instant) ? null : instant
}

/** Kinds the room does not hear as messages: the card, the chart or the runbook already show them. */
export const unsaid: readonly FactKind[] = [
  'incident_opened',
  'alert_fired',
  'alert_cleared',
  'page_sent',
  'page_left_out',
  'page_uncertain',
  'room_opened',
  'room_degraded',
  'evidence_gathered',
  'runbook_matched',
  'runbook_chosen',
  'runbook_step_done',
  'runbook_step_skipped',
  'runbook_step_reopened',
  'runbook_step_helped',
  'runbook_timer_started',
  'runbook_timer_stopped',
  'pager_changed',
  'question_postponed',
  'message_pinned',
  'message_unpinned',
  'message_edited',
  'message_deleted',
  'file_kept',
  'file_missing',
]

/**
 * What is worth reading: a platform that refuses the same thing again and again is told of once. All of it stays on
 * record.
 */
export function withoutRepeats(entries: Entry[]): Entry[] {
  const known = new Set<string>()
  return entries.filter(({ fact, text }) => {
    if (fact.kind !== 'room_degraded') return true
    if (known.has(text)) return false
    known.add(text)
    return true
  })
}

/** As it happened: what is about something older stands where that was. Entries come in the order they were written. */
export function chronological<T extends { at: Date }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** Kinds that everybody hears, in the incidents channel too, even of an incident that has no room. */
export const loud: readonly FactKind[] = ['last_resort_reached']

/** Kinds that tell of one alert: a storm has thousands of them. */
export const ofAlerts: readonly FactKind[] = ['alert_fired', 'alert_cleared']

export function entry(fact: Fact, at: Date, by: string | null = null): NewEntry {
  return { at, by, fact }
}

/** The sentence that is stored with the entry and shown wherever the timeline is read. Plain text. */
export function sentence(fact: Fact, by: string | null, nameOf: (person: string) => string): string {
  const who = by === null ? 'Tocsin' : nameOf(by)
  switch (fact.kind) {
    case 'incident_opened':
      return by === null
        ? `Opened as ${fact.severity} for ${fact.service}: ${fact.title}`
        : `${who} opened this as ${fact.severity} for ${fact.service}: ${fact.title}`
    case 'incident_reopened':
      return fact.alert === null ? `${who} reopened this` : `Reopened: ${fact.alert} is firing again`
    case 'incident_acknowledged':
      return `${who} acknowledged`
    case 'incident_escalated':
      return fact.wasAcknowledgedBy === null
        ? `${who} escalated to the next step`
        : `${who} escalated; ${nameOf(fact.wasAcknowledgedBy)} no longer has this`
    case 'incident_resolved':
      if (fact.because === 'quiet') return 'Resolved: all alerts stayed clear'
      return fact.stillFiring === 0
        ? `${who} resolved this`
        : `${who} resolved this with ${fact.stillFiring.toLocaleString('en')} ${fact.stillFiring === 1 ? 'alert' : 'alerts'} still firing`
    case 'severity_changed':
      return `${who} changed the severity from ${fact.from} to ${fact.to}${fact.because ? `: ${fact.because}` : ''}`
    case 'lead_taken':
      return by === null || by === fact.lead
        ? `${nameOf(fact.lead)} took the lead`
        : `${who} gave the lead to ${nameOf(fact.lead)}`
    case 'note_added':
      return `${who}: ${fact.note}`
    case 'alert_fired':
      return `Alert firing: ${fact.alert}`
    case 'alert_cleared':
      return `Alert cleared: ${fact.alert}`
    case 'alerts_all_clear':
      return fact.quietMinutes === 0
        ? 'All alerts are clear'
        : `All alerts are clear; resolves in ${fact.quietMinutes} min if they stay so`
    case 'alerts_fire_again':
      return `Firing again: ${fact.alert}`
    default:
      if (fact.kind === 'evidence_gathered') return evidenceSentence(fact, by === null ? null : who)
      if (isKept(fact)) return keptSentence(fact, who, nameOf)
      if (isResponse(fact)) return responseSentence(fact, by, who, nameOf)
      if (isStepFact(fact)) return stepSentence(fact, who, nameOf)
      if (isActionFact(fact)) return actionSentence(fact, who, nameOf)
      return isAside(fact) ? aside(fact, who) : callSentence(fact, who, nameOf)
  }
}

type Aside = Extract<
  Exclude<Fact, StepFact>,
  {
    kind:
      | `${'clock' | 'room' | 'chart' | 'runbook' | 'postmortem' | 'silence' | 'verdict'}_${string}`
      | 'alerts_silenced'
  }
>

function isAside(fact: Fact): fact is Aside {
  return /^(clock|room|chart|runbook|postmortem|silence|verdict)_|^alerts_silenced$/.test(fact.kind)
}

function isKept(fact: Fact): fact is KeptFact {
  return /^(message|file)_/.test(fact.kind)
}

function isResponse(fact: Fact): fact is ResponseFact {
  return /^(role|update|pager|question)_/.test(fact.kind)
}

/** Sentences about what surrounds the incident: clocks, rooms, evidence, runbook, silences, post-mortem. */
function aside(fact: Aside, who: string): string {
  switch (fact.kind) {
    case 'clock_warned':
      return `${fact.share} % of the time to ${fact.clock} is used`
    case 'clock_breached':
      return `The time to ${fact.clock} has run out${fact.effect === undefined ? '' : consequences[fact.effect]}`
    case 'room_opened':
      return `Room opened in ${capital(fact.platform)}: ${fact.room}`
    case 'room_degraded':
      return `${capital(fact.platform)} could not ${fact.what}: ${fact.reason}`
    case 'chart_drawn':
      return `Chart of ${fact.title}: ${fact.summary}`
    case 'chart_missing':
      return `No chart of ${fact.title}: ${fact.reason}`
    case 'runbook_matched':
      return `Runbook “${fact.title}” matched by ${fact.because}${deadlines(fact.escalations)}`
    case 'runbook_offered':
      return `${fact.choices.every(({ score }) => score === null) ? 'Other runbooks answer this alert' : 'No runbook is certain; these may fit'}: ${fact.choices.map(likely).join(', ')}`
    case 'runbook_chosen':
      return `${who} chose runbook “${fact.title}”${fact.instead === null ? '' : ` instead of “${fact.instead}”`}${deadlines(fact.escalations)}`
    case 'alerts_silenced':
      return `${who} silenced ${fact.matchers.join(', ')} in Alertmanager until ${fact.time}${fact.because ? `: ${fact.because}` : ''}`
    case 'silence_ended':
      return `${fact.elsewhere ? 'The silence in Alertmanager had been ended before its time' : `${who} ended the silence in Alertmanager`}${fact.still ? `; others there still silence ${fact.still.toLocaleString('en')} of its alerts` : ''}`
    case 'verdict_given':
      return `${who} called this ${fact.verdict === 'duplicate' ? 'a duplicate' : fact.verdict}${fact.because ? `: ${fact.because}` : ''}`
    case 'postmortem_drafted':
      return 'Post-mortem draft written from the timeline'
    case 'postmortem_published':
      return `${who} published the post-mortem`
    default:
      return fact satisfies never
  }
}

function likely({ title, score }: { title: string; score: number | null }): string {
  return score === null ? `“${title}”` : `“${title}” (similarity ${score.toFixed(2)})`
}

/** The times at which a runbook calls more people. */
function deadlines(escalations: RunbookEscalation[] = []): string {
  const times = escalations.map(
    ({ after, unless }) =>
      `${Math.round(after / 60_000)} min unless ${unless === 'resolved' ? 'resolved' : 'answered'}`,
  )
  return times.length === 0 ? '' : `; it calls more people after ${times.join(', ')}`
}

const consequences: Record<BreachEffect, string> = {
  'next step': '; the next step is due now',
  help: '; more people are paged to help',
  opening: '; the next page waits for business hours',
}

/** Platforms go by small letters in code; people read names. */
function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
