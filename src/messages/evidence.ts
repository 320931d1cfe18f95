// The evidence in the room: one message with a part for each of those that were asked, and a button to ask them again.
import { inButton } from '../core/button-mark.ts'
import type { Message } from '../core/message.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { IncidentView } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { button, setting, type Words } from './words.ts'

/** Null while there is nothing to show: nobody was asked, or nobody has answered yet. */
export function evidenceMessage(words: Words, view: IncidentView): Message | null {
  const { incident, evidence, timeline } = view
  if (evidence.every(({ status }) => status === 'asking')) return null
  const gathered = timeline.findLast(({ fact }) => fact.kind === 'evidence_gathered')?.fact
  const span = gathered?.kind === 'evidence_gathered' ? gathered : null
  const { title, text } = words.templates.message('messages/evidence', {
    // Times get their date when it is another day than that of the opening.
    ...setting(words, incident.terms.zone, incident.openedAt),
    ...{ from: span && new Date(span.from), until: span && new Date(span.until) },
    evidence: evidence.map(evidenceFacts),
  })
  const again = button(words, 'gather', `incident evidence ${inButton(incident)}`)
  return { title, text, tone: 'info', buttons: [again] }
}

/** For templates: every field is there, whatever came of it. Plain text. */
export function evidenceFacts(one: Evidence) {
  const section = one.status === 'found' ? one.section : { summary: '', items: [], links: [] }
  const items = section.items.map(({ text, code, url }) => ({ text, code: code ?? '', url: url ?? '' }))
  return { title: one.title, status: one.status, reason: one.status === 'failed' ? one.reason : '', ...section, items }
}

/** For whoever asked for it. `asked`: the titles of those who are asked. */
export function askedMessage(words: Words, view: IncidentView, asked: string[], now: Date, platform: string): Message {
  const { title, text } = words.templates.message('messages/evidence-asked', {
    ...incidentFacts(words, view, now, platform),
    asked,
  })
  return { title, text, tone: 'info' }
}
