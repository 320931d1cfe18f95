// Samples for the messages about schedules: every face they can show.
import type { Shift } from '../core/schedule.ts'
import { whoIsOnCallMessage } from './oncall.ts'
import { overridesMessage } from './overrides.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const hour = 3_600_000
const later = new Date(sampleNow.getTime() + 8 * hour)

const shift: Shift = { people: ['ada'], from: sampleNow, until: later, because: { kind: 'layer', layer: 1 } }

export const sampleOverride = {
  kind: 'override',
  id: 4,
  schedule: 'primary',
  person: 'ada',
  replaces: null,
  from: sampleNow,
  until: later,
  madeBy: 'grace',
  madeAt: sampleNow,
} as const

export function runOnCallBuilders(words: Words): void {
  const schedule = { schedule: 'primary', zone: 'Europe/Berlin', layers: [], next: null }
  const layers = [
    { name: 'night', people: [] },
    { name: 'layer 2', people: ['ada', 'grace'] },
  ]
  const next = { ...shift, from: later, until: new Date(later.getTime() + hour) }
  whoIsOnCallMessage(words, [], sampleNow)
  const replaced = { ...sampleOverride, replaces: 'linus', from: later, madeBy: 'ada' }
  overridesMessage(words, [], sampleNow)
  overridesMessage(words, [...Array(25).fill(sampleOverride), replaced, replaced], sampleNow)
  overridesMessage(words, [replaced], sampleNow)
  whoIsOnCallMessage(
    words,
    [
      { ...schedule, shift: null },
      { ...schedule, shift: null, next },
      { ...schedule, shift, layers, next },
      { ...schedule, shift: { ...shift, because: { kind: 'override', override: sampleOverride } }, next },
      { ...schedule, shift: { ...shift, because: { kind: 'calendar' } } },
    ],
    sampleNow,
  )
}
