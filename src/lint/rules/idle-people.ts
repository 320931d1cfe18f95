// People nobody ever calls: left behind, or forgotten in a rotation.
import type { Rule } from '../finding.ts'
import { paged } from './unreachable-people.ts'

export const idlePeople: Rule = {
  name: 'people-never-paged',
  look({ config }) {
    const called = new Set(paged(config))
    // Calendars name their people themselves.
    if (Object.values(config.schedules).some((schedule) => schedule.calendar)) return []
    return Object.values(config.people).flatMap(({ key, name }) => {
      if (called.has(key)) return []
      const message = `${name} is in no rotation, no step and no last resort: no policy ever pages them`
      return [
        {
          weight: 'note' as const,
          path: ['people', key],
          message,
          fix: 'add them where they are missing, or take them out',
        },
      ]
    })
  },
}
