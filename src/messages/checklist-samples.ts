// Samples for recurring checklists: every face they can show.
import type { ChecklistRun } from '../core/checklist.ts'
import { checklistMessage, checklistsMessage } from './checklists.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

export function runChecklistBuilders(words: Words): void {
  const item = { item: 1, text: 'Look at the backups', doneAt: null, doneBy: null }
  const done = { ...item, item: 2, doneAt: sampleNow, doneBy: 'ada' }
  const run: ChecklistRun = {
    ...{ id: 12, list: 'Daily checks', period: '2026-11-23', every: 'day', channel: null, due: sampleNow },
    items: [item, done],
  }
  const runs = [run, { ...run, items: [done] }, { ...run, items: [item] }]
  for (const one of runs) for (const what of ['list', 'rest'] as const) checklistMessage(words, one, what, sampleNow)
  for (const known of [0, 1, 2]) checklistsMessage(words, [], known, sampleNow)
  checklistsMessage(words, runs, 3, sampleNow)
}
