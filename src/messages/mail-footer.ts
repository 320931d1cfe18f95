// What a mail has besides the message: the link to where it can be answered, and why it came.
import type { IncidentView } from '../store/views.ts'
import { consoleUrl } from './addresses.ts'
import { setting, type Words } from './words.ts'

/** `view` null: a mail that belongs to no incident. Label and note are plain text. */
export function footerOf(words: Words, view: IncidentView | null): { url: string; label: string; note: string } {
  const { publicUrl } = words.config.server
  const facts = {
    ...setting(words, view?.incident.terms.zone ?? words.config.zone, view?.incident.openedAt ?? new Date(0)),
    number: view?.incident.number ?? 0,
    status: view?.incident.status ?? 'none',
  }
  const { title, text } = words.templates.message('messages/mail', facts)
  return { url: view === null ? publicUrl : consoleUrl(words, view.incident.number), label: title, note: plain(text) }
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}
