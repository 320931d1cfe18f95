// A point in time as a person types it, read by the written rule: what does not exist on the wall clock moves forward, what
// comes twice is its first.
import { Temporal } from 'temporal-polyfill'
import { UserError } from '../errors.ts'

export type ReadInstant = {
  at: Date
  /** `moved`: the clock jumps over it. `twice`: the clock shows it again an hour later. */
  oddity: 'moved' | 'twice' | null
}

/**
 * `2027-03-28T01:30`, `2027-03-28 01:30`, or `01:30` for the next one after `now`: local in `zone`. With an offset or `Z`
 * an instant, whatever the zone. Throws UserError.
 */
export function readInstant(text: string, zone: string, now: Date): ReadInstant {
  const written = text.trim().replace(/^(\d{4}-\d\d-\d\d)[ T](?=\d)/i, '$1T')
  try {
    if (/(Z|[+-]\d\d:?\d\d)$/i.test(written) && written.includes('T'))
      return { at: new Date(Temporal.Instant.from(written).epochMilliseconds), oddity: null }
    if (/^\d{1,2}:\d\d$/.test(written)) return nextTime(written.padStart(5, '0'), zone, now)
    if (/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(written)) return local(Temporal.PlainDateTime.from(written), zone)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new UserError(`“${text}” is not a time. Write e.g. 03:00, 2027-03-28T01:30 or 2027-03-28T01:30+01:00.`)
}

function nextTime(time: string, zone: string, now: Date): ReadInstant {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const plain = Temporal.PlainTime.from(time)
  const first = local(today.toPlainDateTime(plain), zone)
  return first.at > now ? first : local(today.add({ days: 1 }).toPlainDateTime(plain), zone)
}

function local(plain: Temporal.PlainDateTime, zone: string): ReadInstant {
  const first = plain.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const last = plain.toZonedDateTime(zone, { disambiguation: 'later' })
  const at = plain.toZonedDateTime(zone, { disambiguation: 'compatible' })
  const same = first.epochMilliseconds === last.epochMilliseconds
  const exists = first.toPlainDateTime().equals(plain)
  return { at: new Date(at.epochMilliseconds), oddity: same ? null : exists ? 'twice' : 'moved' }
}
