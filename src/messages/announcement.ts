// What the incidents channel sees: one message an incident, edited in place, leading to the room.
import type { Message } from '../core/message.ts'
import type { IncidentView } from '../store/views.ts'
import { acknowledgeButton } from './card.ts'
import { incidentFacts } from './facts.ts'
import { incidentTone } from './tones.ts'
import type { Words } from './words.ts'

/** `platform`: whose incidents channel it is, for the link to the room there. */
export function announcementMessage(
  words: Words,
  view: IncidentView,
  now: Date,
  platform: string | null = null,
): Message {
  const { title, fields, text } = words.templates.message(
    'messages/announcement',
    incidentFacts(words, view, now, platform),
  )
  const buttons = view.incident.status === 'open' ? [acknowledgeButton(words, view.incident)] : []
  return { title, tone: incidentTone(view.incident), text, fields, buttons }
}
