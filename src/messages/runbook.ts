// The runbook in the room: every step with its commands, who does or did it, what was noted, and what its queries said.
import { type ButtonIncident, inButton } from '../core/button-mark.ts'
import type { Button, Message, Section } from '../core/message.ts'
import { runbookMark, waitIn } from '../core/runbook-step.ts'
import { isStepFact, lengthText } from '../core/step-fact.ts'
import type { Entry } from '../core/timeline.ts'
import { queriesOf } from '../evidence/step-queries.ts'
import type { IncidentView, RunbookStep } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { button, type Words } from './words.ts'

/** Of each step; all of them are on the timeline. */
const shownNotes = 3

/** Characters of all steps together; Discord takes 6,000 in a message, names and buttons' numbers included. */
const mostText = 4_500

/** Steps behind the next one: as many are told one by one, of more only the last. A message has no room for each of fifty. */
const mostBehind = 12
const shownBehind = 3

/**
 * To be edited in place as steps are done. Times get their date when it is another day than that of the opening. Where there is
 * more text than a platform takes, what is done is folded away, so that what is next is there; `whole`: never.
 */
export function runbookMessage(words: Words, view: IncidentView, { whole = false } = {}): Message {
  const { openedAt } = view.incident
  const facts = { ...incidentFacts(words, view, openedAt), ...runbookFacts(view) }
  const { title, text, fields } = words.templates.message('messages/runbook', facts)
  const next = view.runbook.find((step) => step.status === 'open')
  const since = entriesOf(view)
  const folds =
    !whole && view.runbook.reduce((sum, { title: name, body }) => sum + name.length + body.length, 0) > mostText
  const behind = whole || view.incident.status === 'resolved' ? [] : behindNext(view.runbook)
  const sections = view.runbook.slice(behind.length).map((step): Section => {
    const body = folds && step.status !== 'open' ? '' : step.body
    const one = { ...step, body, wait: waitIn(step), ...saidOf(since, step.step) }
    return {
      text: words.templates.document('messages/parts/step', { ...facts, step: one }),
      buttons: stepButtons(words, view, step, step === next),
    }
  })
  if (behind.length > 0) sections.unshift({ text: behindText(words, { ...facts, behind }) })
  const done = sections.length > 0 && view.runbook.every((step) => step.status !== 'open')
  return { title, tone: done ? 'good' : 'info', text, fields, sections }
}

/** The first steps of a long runbook, as far as nobody has to look at them any more. */
function behindNext(steps: RunbookStep[]): RunbookStep[] {
  const next = steps.findIndex(({ status }) => status === 'open')
  return next > mostBehind ? steps.slice(0, next - shownBehind) : []
}

function behindText({ templates }: Words, facts: Record<string, unknown> & { behind: RunbookStep[] }): string {
  const until = facts.behind.at(-1)?.step ?? 0
  const skipped = facts.behind.filter(({ status }) => status === 'skipped').length
  return templates.document('messages/parts/steps-behind', { ...facts, until, skipped })
}

/**
 * Only the next step stands out, and only it has all there is: a column of loud buttons says nothing, and Discord takes 25. At
 * the end those that were done can be said to have helped.
 */
function stepButtons(words: Words, view: IncidentView, step: RunbookStep, isNext: boolean): Button[] {
  const { incident } = view
  const command = commandOf(view, step.step)
  if (incident.status === 'resolved')
    return step.status === 'done' && step.helpedBy === null ? [button(words, 'helped', command('helped'))] : []
  if (step.status !== 'open') return []
  const buttons = [
    button(words, 'done', command('done'), isNext ? 'primary' : undefined),
    button(words, 'skip', command('skip')),
  ]
  if (queriesOf(step.body).length > 0) buttons.push(button(words, 'run', command('run')))
  const wait = waitIn(step)
  if (!isNext) return buttons
  if (wait !== null && step.timerUntil === null) buttons.push(waitButton(words, wait, command))
  if (step.assignee === null) buttons.push(button(words, 'mine', command('assign me')))
  return buttons
}

/** For what the room hears of one step: whoever is told can answer right there. None when another runbook took its place. */
export function stepFactButtons(words: Words, view: IncidentView, { id, fact }: Pick<Entry, 'id' | 'fact'>): Button[] {
  const { incident, timeline } = view
  if (!isStepFact(fact) || incident.status === 'resolved') return []
  if (timeline.some((one) => one.id > id && one.fact.kind === 'runbook_chosen')) return []
  const step = view.runbook.find((one) => one.step === fact.step)
  if (step === undefined || step.status !== 'open') return []
  const command = commandOf(view, fact.step)
  const answers = [button(words, 'done', command('done')), button(words, 'skip', command('skip'))]
  switch (fact.kind) {
    case 'runbook_step_assigned':
      return answers
    case 'runbook_timer_ended':
      return [...answers, waitButton(words, fact.length, command)]
    case 'runbook_query_ran':
    case 'runbook_query_failed':
      return [button(words, 'again', command('run'))]
    default:
      return []
  }
}

function waitButton(words: Words, length: number, command: (what: string) => string): Button {
  const { label, ...rest } = button(words, 'wait', command(`timer ${Math.round(length / 1_000)}s`))
  return { label: `${label} ${lengthText(length)}`, ...rest }
}

/** It carries which runbook it is of: pressed after another one took its place, it does nothing. */
function commandOf({ incident }: IncidentView, step: number): (what: string) => string {
  const mark = runbookMark(incident.terms.runbook)
  return (what) => `incident step ${inButton(incident)} ${step} ${what}${mark === null ? '' : ` --runbook ${mark}`}`
}

/** What was said since the runbook that is shown was: steps of one before have the same numbers. */
function entriesOf({ timeline }: IncidentView): Entry[] {
  const began = timeline.findLastIndex(({ fact }) => fact.kind === 'runbook_matched' || fact.kind === 'runbook_chosen')
  return timeline.slice(began + 1)
}

function saidOf(entries: Entry[], step: number) {
  const notes = entries.flatMap(({ fact, by, at }) =>
    fact.kind === 'runbook_step_noted' && fact.step === step ? [{ note: fact.note, by, at }] : [],
  )
  const answers = new Map<number, { at: Date; summary: string; failed: boolean }>()
  for (const { fact, at } of entries) {
    if ((fact.kind !== 'runbook_query_ran' && fact.kind !== 'runbook_query_failed') || fact.step !== step) continue
    const failed = fact.kind === 'runbook_query_failed'
    answers.set(fact.place, { at, failed, summary: fact.kind === 'runbook_query_ran' ? fact.summary : fact.reason })
  }
  return { notes: notes.slice(-shownNotes), answers: [...answers.values()] }
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

/** Another one would take away what people did of the one that is shown: they say so once more. */
export function replaceMessage(
  words: Words,
  { incident, touched, title, name }: { incident: ButtonIncident; touched: number; title: string; name: string },
): Message {
  const { number } = incident
  const said = words.templates.message('messages/runbook-replace', { number, touched, title })
  const again = button(words, 'replace', `incident runbook ${inButton(incident)} ${name} --anyway`)
  return { title: said.title, text: said.text, tone: 'warning', buttons: [again] }
}
