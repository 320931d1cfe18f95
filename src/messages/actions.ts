// Action items as people read them: the list, one of them with its buttons, and what reminds its owner.
import { type ActionItem, localDate } from '../core/action.ts'
import { inButton } from '../core/button-mark.ts'
import type { Message, Section } from '../core/message.ts'
import type { ListedAction } from '../store/actions.ts'
import type { IncidentView } from '../store/views.ts'
import { consoleUrl, postmortemUrl } from './addresses.ts'
import { button, setting, type Words } from './words.ts'

/** Each is a part of the message with a button; more do not help on a phone. */
const shown = 10

/** `about` null: those of every incident that are open. */
export function actionsMessage(
  words: Words,
  { list, total }: { list: ListedAction[]; total: number },
  about: IncidentView['incident'] | null,
  now: Date,
): Message {
  const zone = about?.terms.zone ?? words.config.zone
  const open = list.filter(({ status }) => status === 'open')
  const facts = {
    ...setting(words, zone, now),
    ...{ number: about?.number ?? null, total, open: open.length, more: Math.max(0, total - shown) },
    url: about === null ? null : postmortemUrl(words, about.number),
  }
  const { title, text } = words.templates.message('messages/actions', facts)
  const sections = list.slice(0, shown).map((action): Section => {
    const one = { ...setting(words, zone, now), ...actionFacts(words, action, zone, now), named: about === null }
    const buttons =
      action.status === 'open'
        ? [
            button(
              words,
              'done',
              `incident action ${inButton({ ...action, number: action.incident })} done ${action.item}`,
            ),
          ]
        : undefined
    return { text: words.templates.document('messages/parts/action', one), ...(buttons && { buttons }) }
  })
  return { title, text, tone: 'info', sections }
}

function actionFacts(words: Words, action: Omit<ListedAction, 'openedAt'>, zone: string, now: Date) {
  const { incident, item, text, owner, due, status, closedBy, title } = action
  const isLate = status === 'open' && due !== null && due < localDate(now, zone)
  return { incident, item, action: text, owner, due, status, closedBy, title, isLate, url: consoleUrl(words, incident) }
}

/** To its owner, when it is due and every week that it is overdue; to others when nobody has it. */
export function actionReminder(words: Words, action: ActionItem, view: IncidentView, now: Date): Message {
  const { title, severity, service, terms } = view.incident
  const facts = {
    ...setting(words, terms.zone, now),
    ...actionFacts(words, { ...action, title, severity, service }, terms.zone, now),
  }
  const buttons = [
    button(words, 'done', `incident action ${inButton(view.incident)} done ${action.item}`, 'primary'),
    button(words, 'nextWeek', `incident action ${inButton(view.incident)} due ${action.item} 1w`),
  ]
  const said = words.templates.message('messages/reminders/action', facts)
  if (action.status !== 'open') return { title: said.title, text: said.text, tone: 'good' }
  return { title: said.title, text: said.text, tone: facts.isLate ? 'warning' : 'info', buttons }
}

/** To whoever led or had the incident, until its post-mortem is published. `questions`: how much is still missing. */
export function publicationReminder(
  words: Words,
  view: IncidentView,
  { dueAt, missing }: { dueAt: Date; missing: number },
  now: Date,
): Message {
  const { number, title, severity, terms } = view.incident
  const isPublished = view.postmortem?.publishedAt !== null && view.postmortem !== null
  const facts = {
    ...setting(words, terms.zone, now),
    ...{ number, title, severity, dueAt, isLate: now >= dueAt, isPublished, missing },
    url: `${postmortemUrl(words, number)}/edit`,
  }
  const said = words.templates.message('messages/reminders/postmortem', facts)
  const tone = isPublished ? 'good' : facts.isLate ? 'warning' : 'info'
  const buttons = isPublished ? [] : [button(words, 'postmortem', `postmortem ${inButton(view.incident)}`)]
  return { title: said.title, text: said.text, tone, ...(buttons.length > 0 && { buttons }) }
}
