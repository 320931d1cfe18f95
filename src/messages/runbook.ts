// The runbook in the room: every step with its commands, and who did or skipped it.
import type { Button, Message, Section } from '../core/message.ts'
import type { IncidentView, RunbookStep } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { button, type Words } from './words.ts'

/** To be edited in place as steps are done. Times get their date when it is another day than that of the opening. */
export function runbookMessage(words: Words, view: IncidentView): Message {
  const { number, openedAt } = view.incident
  const facts = { ...incidentFacts(words, view, openedAt), ...runbookFacts(view) }
  const { title, text, fields } = words.templates.message('messages/runbook', facts)
  const next = view.runbook.find((step) => step.status === 'open')
  const sections = view.runbook.map(
    (step): Section => ({
      text: words.templates.document('messages/parts/step', { ...facts, step }),
      buttons: step.status === 'open' ? stepButtons(words, number, step, step === next) : [],
    }),
  )
  const done = sections.length > 0 && view.runbook.every((step) => step.status !== 'open')
  return { title, tone: done ? 'good' : 'info', text, fields, sections }
}

/** Only the next step stands out: a column of loud buttons says nothing. */
function stepButtons(words: Words, number: number, { step }: RunbookStep, isNext: boolean): Button[] {
  return [
    button(words, 'done', `incident step ${number} ${step} done`, isNext ? 'primary' : undefined),
    button(words, 'skip', `incident step ${number} ${step} skip`),
  ]
}

/** As it was matched or chosen; without that entry, what the file calls the section. */
function runbookFacts({ timeline, incident }: IncidentView) {
  const last = timeline.findLast(({ fact }) => fact.kind === 'runbook_matched' || fact.kind === 'runbook_chosen')
  if (last?.fact.kind === 'runbook_matched' || last?.fact.kind === 'runbook_chosen') {
    const { fact, by } = last
    const because = fact.kind === 'runbook_matched' ? fact.because : ''
    return {
      runbook: fact.title,
      because,
      chosenBy: fact.kind === 'runbook_chosen' ? by : null,
      escalations: fact.escalations ?? [],
    }
  }
  const title = incident.terms.runbook?.section.replaceAll('-', ' ') ?? ''
  return { runbook: title, because: '', chosenBy: null, escalations: [] }
}
