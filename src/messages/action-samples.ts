// Builders of what is told about action items and unpublished post-mortems, run over samples, so that a template of theirs with a
// mistake stops the start.
import type { ActionItem } from '../core/action.ts'
import type { ListedAction } from '../store/actions.ts'
import type { IncidentView } from '../store/views.ts'
import { actionReminder, actionsMessage, publicationReminder } from './actions.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const action: ActionItem = {
  ...{ incident: 12, item: 1, text: 'Alert on queue length', owner: 'ada', due: '2026-03-10', status: 'open' },
  ...{ madeBy: 'ada', madeAt: sampleNow, closedBy: null, closedAt: null },
}

export const sampleActions: ActionItem[] = [
  action,
  { ...action, item: 2, owner: null, due: null },
  { ...action, item: 3, due: '2026-03-20' },
  { ...action, item: 4, status: 'done', closedBy: 'ada', closedAt: sampleNow },
  { ...action, item: 5, status: 'dropped', closedBy: 'grace', closedAt: sampleNow },
]

export function runActionBuilders(words: Words, views: IncidentView[]): void {
  const listed = sampleActions.map(
    (one): ListedAction => ({ ...one, title: 'Sample', severity: 'P1', service: 'payments', openedAt: sampleNow }),
  )
  for (const view of views) {
    for (const list of [[], listed, [...listed, ...listed, ...listed]])
      for (const about of [view.incident, null]) actionsMessage(words, { list, total: list.length }, about, sampleNow)
    for (const one of sampleActions) actionReminder(words, one, view, sampleNow)
    for (const dueAt of [new Date(0), new Date(sampleNow.getTime() + 1)])
      for (const publishedAt of [null, sampleNow])
        for (const missing of [0, 3])
          publicationReminder(
            words,
            { ...view, postmortem: { draftedAt: sampleNow, publishedAt } },
            { dueAt, missing },
            sampleNow,
          )
  }
}
