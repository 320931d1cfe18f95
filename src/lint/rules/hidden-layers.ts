// Layers that always lie under another: whoever stands in them believes to be on call, and is never paged.
import { shiftsBetween } from '../../core/schedule.ts'
import { endOf, type Rule } from '../finding.ts'

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
        if (counting.has(index) || alone.length === 0) return []
        const message = `layer ${layer.name ?? index + 1} of ${schedule.name} never counts: the layers after it always have somebody, and the last one wins`
        const fix = 'limit those with only, or put people who are on call together into one turn: [[ada, grace]]'
        return [{ weight: 'warning' as const, path: ['schedules', schedule.name, 'layers', index], message, fix }]
      })
    })
  },
}
