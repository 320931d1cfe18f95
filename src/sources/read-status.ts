// Whether an alert fires: the one word that decides whether somebody is woken.
import { BadField, type Warn } from './read.ts'

/** In other products' words it does not fire (any more): nobody may be woken for that. */
const quiet =
  /^(ok|okay|up|normal|clear(ed)?|closed?|done|fixed|green|healthy|recover(ed|y)|success(ful)?|inactive|pending|suppressed|silenced|muted|paused)$/i

/** Null: it does not say, or not so that anybody could know; then it was told. @throws BadField when it is no alert to wake anybody for. */
export function readStatus(value: unknown, field: string, warn: Warn): 'firing' | 'resolved' | null {
  if (value === 'firing' || value === 'resolved') return value
  if (value === undefined || value === null || value === '') return null
  const word = typeof value === 'string' ? value.trim() : ''
  if (/^firing$/i.test(word)) return 'firing'
  if (/^resolved$/i.test(word)) return 'resolved'
  if (quiet.test(word)) throw new BadField(`${field} must be firing or resolved`)
  warn(`${field} must be firing or resolved: it was left out`)
  return null
}
