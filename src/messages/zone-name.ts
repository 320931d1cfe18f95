// What a zone is called at an instant: CET in winter, CEST in summer, and +05:45 where nobody has a name for it.
import { localTime } from '../core/local-time.ts'

/** Each knows the names of its own part of the world. */
const locales = ['en-GB', 'en-US', 'en-AU', 'en-IN']

export function zoneName(at: Date, zone: string): string {
  for (const locale of locales) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(at)
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
    if (/^[A-Z]{2,5}$/.test(name)) return name
  }
  return localTime(at, zone).offset
}
