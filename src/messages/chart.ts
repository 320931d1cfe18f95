// A chart as it is posted: the picture, and in words what it shows.
import type { Message } from '../core/message.ts'
import type { ChartRow, IncidentView } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import { roomName } from './room.ts'
import type { Words } from './words.ts'

export function chartMessage(words: Words, view: IncidentView, chart: ChartRow, png: Uint8Array): Message {
  const { moment, title: about, summary, text: inWords, drawnAt } = chart
  const { title, text } = words.templates.message('messages/chart', {
    ...incidentFacts(words, view, drawnAt),
    chart: { moment, title: about, summary, drawnAt },
  })
  const name = `${roomName(view.incident.number, `${moment}-${about}`)}.png`
  const message: Message = {
    title,
    tone: 'info',
    picture: { name, alt: inWords || summary || about, caption: summary || about, png },
  }
  if (text !== '') message.text = text
  return message
}
