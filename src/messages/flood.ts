// What a draft says of thousands of alerts: nobody reads a line for each, and a document of a megabyte can neither be drawn nor saved.
import { type Entry, ofAlerts } from '../core/timeline.ts'

/** Entries of single alerts that have a line of their own. They are the first: a draft that is written again keeps its lines. */
const mostOfAlerts = 200

/** In the order they happened. `show`: an instant as the document writes it. */
export function withoutFlood(timeline: Entry[], show: (at: Date) => string): Entry[] {
  const [first, ...others] = timeline.filter(({ fact }) => ofAlerts.includes(fact.kind)).slice(mostOfAlerts)
  const last = others.at(-1)
  if (first === undefined || last === undefined) return timeline
  const left = new Set(others)
  const more = `${others.length.toLocaleString('en')} more ${others.length === 1 ? 'entry' : 'entries'}`
  const told = { ...first, text: `${first.text}; and ${more} of alerts, until ${show(last.at)}` }
  return timeline.flatMap((entry) => (left.has(entry) ? [] : [entry === first ? told : entry]))
}
