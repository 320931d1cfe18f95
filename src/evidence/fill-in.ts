// Puts what an incident is about into a query that somebody wrote: $service, and labels of its alerts.
import { PermanentError } from '../errors.ts'
import type { Inquiry } from './evidence.ts'

/**
 * The template with every `$name` replaced. Values come from strangers: none can end the quotation it stands in.
 * Throws PermanentError when the alerts have no such label, or differ in it.
 */
export function fillIn(template: string, { service, alerts }: Pick<Inquiry, 'service' | 'alerts'>): string {
  return template.replace(/\$([A-Za-z_]\w*)/g, (_whole, name: string) => {
    const values = new Set(alerts.map(({ labels }) => labels[name]).filter((value) => value))
    if (name === 'service') return inQuotes(knownService(service))
    const [value] = values
    if (value === undefined) throw new PermanentError(`the query wants $${name}, and no alert has that label`)
    if (values.size > 1) throw new PermanentError(`the query wants $${name}, in which the alerts differ`)
    return inQuotes(value)
  })
}

/** Throws PermanentError for an incident about which nobody said what service it is of: all others would be looked through. */
export function knownService(service: string): string {
  if (service === 'unknown') throw new PermanentError('nobody said which service it is about')
  return service
}

/** For between two double quotes, as LogQL and TraceQL read them; none of it ends a text in backticks either. */
export function inQuotes(value: string): string {
  return JSON.stringify(value.replaceAll('`', "'")).slice(1, -1)
}
