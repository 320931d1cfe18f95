// Zones that are accepted and yet rarely what is meant: winter's name of a zone that has a summer, and names whose sign is reversed.
import type { Config } from '../../config/config.ts'
import type { Path } from '../../config/tree.ts'
import type { Rule } from '../finding.ts'

/** Kept at winter's time all year. */
const winters: Record<string, string> = { EST: 'America/New_York', MST: 'America/Denver' }

export const fixedZones: Rule = {
  name: 'zones-without-summer',
  look({ config }) {
    const seen = new Set<string>()
    return zonesOf(config).flatMap(({ zone, path }) => {
      const message = oddityOf(zone)
      // A zone is handed down to what does not name its own: said once, where it comes from.
      if (message === null || seen.has(zone)) return []
      seen.add(zone)
      const fix = `write a place with its clock, such as ${winters[zone] ?? 'Europe/Berlin'}`
      return [{ weight: 'warning' as const, path, message, fix }]
    })
  },
}

function oddityOf(zone: string): string | null {
  if (winters[zone] !== undefined)
    return `the zone ${zone} has no summer time: from March to November it is an hour behind`
  const [, sign, hours] = /^Etc\/GMT([+-])([1-9]\d?)$/.exec(zone) ?? []
  if (sign === undefined) return null
  return `the zone ${zone} is ${hours} h ${sign === '+' ? 'behind' : 'ahead of'} UTC, and has no summer time`
}

function zonesOf({ zone, hours, schedules, people }: Config): { zone: string; path: Path }[] {
  return [
    { zone, path: ['zone'] },
    { zone: hours.zone, path: ['business_hours', 'zone'] },
    ...Object.values(schedules).flatMap((schedule) => [
      { zone: schedule.zone, path: ['schedules', schedule.name, 'zone'] },
      ...schedule.layers.map((layer) => ({ zone: layer.zone, path: ['schedules', schedule.name] })),
    ]),
    ...Object.values(people).flatMap(({ key, quiet }) =>
      quiet === null ? [] : [{ zone: quiet.zone, path: ['people', key, 'quiet'] }],
    ),
  ]
}
