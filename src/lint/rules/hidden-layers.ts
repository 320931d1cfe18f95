// Layers that always lie under another, or are for holidays where none are listed: whoever stands in them believes to be on
// call, and is never paged.
import type { Layer } from '../../core/layer.ts'
import { shiftsBetween } from '../../core/schedule.ts'
import { endOf, type Rule } from '../finding.ts'

const hidden = {
  message: 'the layers after it always have somebody, and the last one wins',
  fix: 'limit those with only, or put people who are on call together into one turn: [[ada, grace]]',
}
const dayless = {
  message: 'it is for holidays, and there are none',
  fix: 'list them under holidays of the schedule, or of business_hours',
}

export const hiddenLayers: Rule = {
  name: 'layers-that-never-count',
  look(subject) {
    const until = endOf(subject)
    return Object.values(subject.config.schedules).flatMap((schedule) => {
      const counting = new Set(
        shiftsBetween(schedule, [], subject.now, until).map(({ because }) => because.kind === 'layer' && because.layer),
      )
      return schedule.layers.flatMap((layer, index) => {
        // One that has nobody in these days is no surprise: it may be for holidays, or for later.
        const alone = shiftsBetween({ ...schedule, layers: [layer] }, [], subject.now, until)
        const isDayless = schedule.holidays.length === 0 && isForHolidays(layer)
        if (!isDayless && (counting.has(index) || alone.length === 0)) return []
        const why = isDayless ? dayless : hidden
        const message = `layer ${layer.name ?? index + 1} of ${schedule.name} never counts: ${why.message}`
        const path = ['schedules', schedule.name, 'layers', index]
        return [{ weight: 'warning' as const, path, message, fix: why.fix }]
      })
    })
  },
}

function isForHolidays({ only }: Layer): boolean {
  return only.length > 0 && only.every(({ days, holidays }) => days.length === 0 && holidays === 'also')
}
