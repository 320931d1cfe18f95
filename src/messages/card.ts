// The card: everything about an incident at a glance, in one message that is edited in place.
import { type ButtonIncident, inButton } from '../core/button-mark.ts'
import { type Incident, placeOf } from '../core/incident.ts'
import type { Button, Message } from '../core/message.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import { verdicts } from '../core/verdict.ts'
import type { IncidentView } from '../store/views.ts'
import { incidentFacts, type NextStep, roundOf } from './facts.ts'
import { incidentTone } from './tones.ts'
import { button, type Words } from './words.ts'

/** `platform`: where the card goes. An incident without a room has its card in the alerts channel, with fewer buttons. */
export function cardMessage(words: Words, view: IncidentView, now: Date, platform: string | null = null): Message {
  const facts = incidentFacts(words, view, now, platform)
  const next = calledNow(view, now) ?? facts.next
  const { title, fields, text } = words.templates.message('messages/card', { ...facts, next, alone: standsAlone(view) })
  return { title, tone: incidentTone(view.incident), text, fields, buttons: cardButtons(words, view) }
}

/**
 * Whom the policy calls at this very moment, before it comes to whom it calls after them: those of its latest step whom no page has
 * reached yet. Another way to somebody that hangs calls nobody. Null: nobody.
 */
function calledNow(view: IncidentView, now: Date): NextStep | null {
  const { incident, pages } = view
  if (incident.status !== 'open') return null
  const called = pages.filter(({ key, dueAt }) => dueAt <= now && kindOfPage(key) === 's')
  const last = called.reduce<Page | null>((a, b) => (a && (a.round - b.round || a.step - b.step) > 0 ? a : b), null)
  if (last === null) return null
  const { step, round, dueAt } = last
  const call = called.filter((page) => page.step === step && page.round === round)
  const due = call.filter(({ status, person }) => status === 'due' && !call.some((one) => isOut(one, person)))
  if (due.length === 0) return null
  const people = [...new Set(due.map(({ person }) => person))]
  return { kind: 'step', at: dueAt, step: step + 1, round: roundOf(view, last), people }
}

function isOut(page: Page, person: string): boolean {
  return page.person === person && (page.status === 'sent' || page.status === 'sending')
}

/** What can sensibly be pressed now; never more than four. */
export function cardButtons(words: Words, view: IncidentView): Button[] {
  const { incident } = view
  const name = inButton(incident)
  if (incident.status === 'resolved') {
    const postmortem = view.postmortem === null ? [] : [button(words, 'postmortem', `postmortem ${name}`)]
    // In a room the question stands below, where people are.
    return [...postmortem, ...(standsAlone(view) ? verdictButtons(words, view) : [])]
  }
  const open = incident.status === 'open'
  const alone = standsAlone(view)
  const buttons: Button[] = []
  if (open) buttons.push(acknowledgeButton(words, incident))
  if (isAsked(incident)) buttons.push(renewButton(words, incident))
  if (!alone) buttons.push(escalateButton(words, view))
  if (!alone && view.runbook.length > 0) buttons.push(button(words, 'runbook', `incident runbook ${name}`))
  buttons.push(button(words, 'resolve', `incident resolve ${name}`, open ? undefined : 'primary'))
  return buttons
}

/** Whether it was worth being woken for, asked until somebody says; anew when it came back after that. */
export function verdictButtons(words: Words, { incident, timeline }: IncidentView): Button[] {
  const last = timeline.findLast(({ fact }) => fact.kind === 'verdict_given' || fact.kind === 'incident_reopened')
  if (last?.fact.kind === 'verdict_given' || incident.status !== 'resolved') return []
  return verdicts.map((verdict) => button(words, verdict, `incident verdict ${inButton(incident)} ${verdict}`))
}

export function acknowledgeButton(words: Words, incident: ButtonIncident): Button {
  return button(words, 'acknowledge', `incident ack ${inButton(incident)}`, 'primary')
}

/** The holder's own acknowledgement again: it begins anew. */
export function renewButton(words: Words, incident: ButtonIncident): Button {
  return button(words, 'renew', `incident ack ${inButton(incident)}`, 'primary')
}

/** Names whom it is taken from, so that nothing is taken from somebody else who was faster. */
export function takeOverButton(words: Words, incident: ButtonIncident, holder: string): Button {
  const seen = holder.replaceAll('"', "'")
  return button(words, 'takeover', `incident ack ${inButton(incident)} --take-over --seen "${seen}"`)
}

/** Its holder was asked whether they still have it, and did not say so yet. */
export function isAsked(incident: Incident): boolean {
  return incident.status === 'acknowledged' && incident.lease !== null && incident.lease.askAt === null
}

/** Carries the place in the policy that was shown, so that a late press cannot skip a step twice. */
export function escalateButton(words: Words, { incident }: IncidentView): Button {
  const command = `incident escalate ${inButton(incident)} --seen ${placeOf(incident.position)}`
  return button(words, 'escalate', command, 'danger')
}

/** No room, only this card in the alerts channel. */
function standsAlone({ incident, rooms }: IncidentView): boolean {
  return rooms.length === 0 && incident.terms.severities[incident.severity].presence !== 'room'
}
