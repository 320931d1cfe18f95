// What the room hears of the timeline: one message an entry, one template a kind.
import { inButton } from '../core/button-mark.ts'
import type { Button, Message } from '../core/message.ts'
import { type Entry, type Fact, type FactKind, unsaid } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import { acknowledgeButton, isAsked, renewButton, verdictButtons } from './card.ts'
import { incidentFacts } from './facts.ts'
import { stepFactButtons } from './runbook.ts'
import { entryTone } from './tones.ts'
import { button, type Words } from './words.ts'

/** Null for an entry the room does not hear as a message of its own, or has heard already. `platform`: where it goes. */
export function saidMessage(
  words: Words,
  view: IncidentView,
  entry: Entry,
  now: Date,
  platform: string | null = null,
): Message | null {
  if (unsaid.includes(entry.fact.kind) || isNoNews(view, entry)) return null
  return entryMessage(words, view, entry, now, platform)
}

/** Said before, or overtaken by what is said after. */
function isNoNews({ timeline }: IncidentView, { id, at, by, fact }: Entry): boolean {
  const before = timeline.filter((one) => one.id < id)
  switch (fact.kind) {
    // After an outage only the clock's latest word counts.
    case 'clock_warned':
      return timeline.some(
        (one) =>
          one.id > id &&
          (one.fact.kind === 'clock_warned' || one.fact.kind === 'clock_breached') &&
          one.fact.clock === fact.clock,
      )
    // A condition that does not hold is what the policy says, not news.
    case 'policy_step_skipped':
      return fact.because !== undefined && fact.because !== 'nobody'
    // Who takes a step is shown in the runbook.
    case 'runbook_step_assigned':
      return fact.person === null || fact.person === by
    // Prometheus being away is one piece of news, however many charts it would have drawn.
    case 'chart_missing':
      return before.some((one) => one.fact.kind === 'chart_missing' && one.fact.reason === fact.reason)
    case 'alerts_all_clear':
    case 'alerts_fire_again':
      return isWithin(fact.quietMinutes, flapsSaid(before, fact.kind).at(-1), at)
    default:
      return false
  }
}

/** Alerts that flap are called clear, and back, once in each quiet period; the card always has the latest. */
function flapsSaid(timeline: Entry[], kind: 'alerts_all_clear' | 'alerts_fire_again'): Entry[] {
  const said: Entry[] = []
  for (const one of timeline) {
    if (one.fact.kind !== kind) continue
    if (!isWithin(one.fact.quietMinutes, said.at(-1), one.at)) said.push(one)
  }
  return said
}

function isWithin(minutes: number, last: Entry | undefined, at: Date): boolean {
  return last !== undefined && at.getTime() - last.at.getTime() < minutes * 60_000
}

/** Any entry as a message, said or not. */
export function entryMessage(
  words: Words,
  view: IncidentView,
  entry: Entry,
  now: Date,
  platform: string | null = null,
): Message {
  const { fact, at, by } = entry
  const { title, text, fields } = words.templates.message(`messages/said/${fact.kind}`, {
    ...incidentFacts(words, view, now, platform),
    at,
    by,
    age: at.getTime() - view.incident.openedAt.getTime(),
    fact: factForTemplate(fact),
  })
  const message: Message = { title, tone: entryTone(fact.kind) }
  if (text !== '') message.text = text
  if (fields.length > 0) message.fields = fields
  const buttons = [...buttonsFor(words, view, fact), ...stepFactButtons(words, view, entry)]
  if (buttons.length > 0) message.buttons = buttons
  const mentions = mentionsFor(fact)
  if (mentions !== null) message.mentions = mentions
  return message
}

/** Steps count from 1 for people; what older entries do not say is what was the case then. */
function factForTemplate(fact: Fact): object {
  switch (fact.kind) {
    case 'people_paged':
      return { clock: '', instead: '', ...fact, step: fact.step + 1 }
    case 'policy_step_skipped':
      return { because: 'nobody', ...fact, step: fact.step + 1 }
    case 'message_pinned':
      return { unread: '', ...fact }
    case 'acknowledgement_questioned':
      return { ...fact, paged: !fact.unpaged }
    case 'clock_breached':
      return { ...fact, effect: fact.effect ?? '' }
    case 'silence_ended':
      return { ...fact, still: fact.still ?? 0 }
    case 'runbook_step_skipped':
      return { reason: '', ...fact }
    case 'runbook_offered':
      return { ...fact, choices: fact.choices.map((one) => ({ ...one, score: one.score?.toFixed(2) ?? null })) }
    case 'chart_missing':
      return { ...fact, offers: fact.offers ?? [], again: fact.again ?? false }
    default:
      return fact
  }
}

const wantAnAnswer: FactKind[] = [
  'people_paged',
  'last_resort_reached',
  'incident_reopened',
  'clock_warned',
  'clock_breached',
  'acknowledgement_lapsed',
]

/** Whoever the message calls can answer it right there. */
function buttonsFor(words: Words, view: IncidentView, fact: Fact) {
  const { incident } = view
  if (wantAnAnswer.includes(fact.kind) && incident.status === 'open') return [acknowledgeButton(words, incident)]
  if (fact.kind === 'acknowledgement_questioned' && isAsked(incident)) return [renewButton(words, incident)]
  if (fact.kind === 'alerts_silenced') return [button(words, 'unsilence', `incident unsilence ${inButton(incident)}`)]
  if (fact.kind === 'runbook_offered' && incident.status !== 'resolved')
    return fact.choices.map(({ title, name }) => ({
      label: cutLabel(title),
      command: `incident runbook ${inButton(incident)} ${name}`,
    }))
  // The name is the word that people type.
  if (fact.kind === 'chart_missing')
    return (fact.offers ?? []).map((name) => ({ label: `/chart ${name}`, command: `chart ${name}` }))
  if (fact.kind === 'incident_resolved')
    return [...reopenButton(words, view, fact.stillFiring), ...verdictButtons(words, view)]
  if (fact.kind === 'postmortem_drafted') return [button(words, 'postmortem', `postmortem ${inButton(incident)}`)]
  return []
}

/** A wrong press while alerts fire would be found out by the next delivery of one, which may be hours away. */
function reopenButton(words: Words, { incident }: IncidentView, stillFiring: number): Button[] {
  if (incident.status !== 'resolved' || stillFiring === 0) return []
  return [button(words, 'reopen', `incident reopen ${inButton(incident)}`)]
}

/** Slack refuses a button of more than 75 characters, Discord of more than 80; a telephone shows half of that. */
function cutLabel(title: string): string {
  return title.length <= 40
    ? title
    : `${title
        .slice(0, 39)
        .replace(/\p{Surrogate}$/u, '')
        .trimEnd()}…`
}

function mentionsFor(fact: Fact): Message['mentions'] | null {
  if (fact.kind === 'people_paged' || fact.kind === 'update_due' || fact.kind === 'runbook_timer_ended')
    return fact.people
  if (fact.kind === 'runbook_step_assigned') return fact.person === null ? null : [fact.person]
  if (fact.kind === 'acknowledgement_questioned' || (fact.kind === 'acknowledgement_lapsed' && fact.paged))
    return [fact.holder]
  return fact.kind === 'last_resort_reached' ? 'channel' : null
}
