// The runbook in the room: every step with its commands, and who did or skipped it.
import type { Button, Message, Section } from '../core/message.ts'
import type { IncidentView, RunbookStep } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { button, type Words } from './words.ts'

/** To be edited in place as steps are done. Times get their date when it is another day than that of the opening. */
export function runbookMessage(words: Words, view: IncidentView): Message {
  const { number, openedAt } = view.incident
  const facts = { ...incidentFacts(words, view, openedAt), runbook: runbookTitle(view) }
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

/** The title the runbook had when it was matched; without that entry, what the file calls the section. */
function runbookTitle({ timeline, incident }: IncidentView): string {
  const matched = timeline.findLast(({ fact }) => fact.kind === 'runbook_matched')?.fact
  if (matched?.kind === 'runbook_matched') return matched.title
  return incident.terms.runbook?.section.replaceAll('-', ' ') ?? ''
}
