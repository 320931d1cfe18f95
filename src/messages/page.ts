// A page: the direct message that wakes somebody. The title is all that a locked phone shows.
import type { Message } from '../core/message.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import type { IncidentView } from '../store/views.ts'
import { acknowledgeButton, escalateButton } from './card.ts'
import { incidentFacts } from './facts.ts'
import { incidentTone } from './tones.ts'
import { button, type Words } from './words.ts'

/** Why this person: on call, named in the policy, the last resort, or asked for by somebody. */
type Because = { kind: 'schedule' | 'person' | 'last resort' | 'asked'; schedule: string; by: string }

export function pageMessage(words: Words, view: IncidentView, page: Page, now: Date): Message {
  const { incident } = view
  const { title, fields, text } = words.templates.message('messages/page', {
    ...incidentFacts(words, view, now, page.channel),
    because: becauseOf(view, page),
    needsService: !(isUnknown(incident.service) || startsWith(incident.title, incident.service)),
    step: page.step + 1,
    round: page.round,
  })
  const buttons =
    incident.status === 'open' ? [acknowledgeButton(words, incident.number), escalateButton(words, view)] : []
  // Whoever is woken may ask why it is them.
  if (incident.status === 'open') buttons.push(button(words, 'why', `incident why ${incident.number}`))
  return { title, tone: incidentTone(incident), text, fields, buttons }
}

/** What of a page is worth an edit: who has it, and where. Ages alone are not. */
export function pageSays({ incident, rooms }: IncidentView, channel: string): string {
  const by = incident.status === 'acknowledged' ? incident.acknowledgedBy : ''
  return `${incident.status} ${by} ${rooms.some((room) => room.platform === channel)}`
}

/** What a person opened by hand without naming one. */
function isUnknown(service: string): boolean {
  return service === 'unknown'
}

function startsWith(title: string, service: string): boolean {
  return title.toLowerCase().startsWith(service.toLowerCase())
}

function becauseOf({ incident, timeline }: IncidentView, page: Page): Because {
  const nobody = { schedule: '', by: '' }
  const kind = kindOfPage(page.key)
  if (kind === 'l') return { kind: 'last resort', ...nobody }
  if (kind === 'm') {
    const asked = timeline.findLast(
      ({ fact }) => fact.kind === 'people_paged' && fact.because === 'person' && fact.people.includes(page.person),
    )
    return { kind: 'asked', ...nobody, by: asked?.by ?? '' }
  }
  const targets = incident.terms.severities[incident.severity].policy.steps[page.step]?.targets ?? []
  if (targets.some((target) => 'person' in target && target.person === page.person))
    return { kind: 'person', ...nobody }
  const schedule = targets.flatMap((target) => ('schedule' in target ? [target.schedule] : []))[0]
  return { kind: 'schedule', schedule: schedule ?? '', by: '' }
}
