// A recurring checklist in the channel, and the answer to /checklist.
import type { ChecklistRun } from '../core/checklist.ts'
import type { Message, Section } from '../core/message.ts'
import { said } from './replies.ts'
import { button, setting, type Words } from './words.ts'

/** More buttons than these no platform takes in one message; the rest is ticked by its number. */
const mostButtons = 20

/** `rest`: what is left open at its end. Edited in place as items are ticked. */
export function checklistMessage(words: Words, run: ChecklistRun, what: 'list' | 'rest', now: Date): Message {
  const open = run.items.filter(({ doneAt }) => doneAt === null)
  const facts = factsOf(words, run, now)
  if (what === 'rest') {
    const left = open.map(({ item, text }) => ({ item, text }))
    return {
      ...said(words, 'messages/checklists/rest', { ...facts, left }),
      tone: open.length > 0 ? 'warning' : 'good',
    }
  }
  const sections = run.items.map((item, i): Section => {
    const text = words.templates.document('messages/parts/checklist-item', { ...facts, item })
    const command = `checklist done ${run.id} ${item.item}`
    return item.doneAt === null && i < mostButtons ? { text, buttons: [button(words, 'done', command)] } : { text }
  })
  return { ...said(words, 'messages/checklists/list', facts), tone: open.length === 0 ? 'good' : 'info', sections }
}

/** The latest of each list, with what is open in it. */
export function checklistsMessage(words: Words, runs: ChecklistRun[], known: number, now: Date): Message {
  const lists = runs.map((run) => factsOf(words, run, now))
  const facts = { ...setting(words, words.config.zone, now), lists, known }
  return { ...said(words, 'messages/checklists/all', facts), tone: 'neutral' }
}

function factsOf(words: Words, { id, list, period, every, due, items }: ChecklistRun, now: Date) {
  const done = items.filter(({ doneAt }) => doneAt !== null).length
  return {
    ...setting(words, words.config.zone, now),
    ...{ id, list, period, every, due, total: items.length, done, open: items.length - done },
  }
}
