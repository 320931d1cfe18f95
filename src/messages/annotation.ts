// What a mark on a Grafana dashboard says about the incident that it stands for.
import type { IncidentView } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import type { Words } from './words.ts'

/** Markdown. */
export function annotationText(words: Words, view: IncidentView, now: Date): string {
  return words.templates.message('messages/annotation', incidentFacts(words, view, now)).text
}
