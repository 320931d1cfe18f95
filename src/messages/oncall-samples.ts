// Samples for the messages about schedules: every face they can show.
import type { ScheduleGap } from '../core/gaps.ts'
import { bySystem } from '../core/handover.ts'
import type { Schedule, Shift } from '../core/schedule.ts'
import { calendarMessage, strangersMessage } from './calendars.ts'
import { feedsMessage } from './feeds.ts'
import { gapsMessage, toldGapsMessage } from './gaps.ts'
import { whoIsOnCallMessage } from './oncall.ts'
import { overridesMessage } from './overrides.ts'
import { refusedMessage } from './refused.ts'
import { runbookFileMessage } from './runbook-file.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const hour = 3_600_000
const later = new Date(sampleNow.getTime() + 8 * hour)

const shift: Shift = { people: ['ada'], from: sampleNow, until: later, because: { kind: 'layer', layer: 1 } }

const sampleOverride = {
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

const sampleKept = { ...sampleOverride, replaces: 'linus', madeBy: bySystem } as const

export function runOnCallBuilders(words: Words): void {
  const schedule = { schedule: 'primary', zone: 'Europe/Berlin', layers: [], next: null, calendar: null }
  const state = { schedule: 'primary', readAt: sampleNow, failingSince: sampleNow, problem: 'away', unknown: ['zoe'] }
  const layers = [
    { name: 'night', people: [] },
    { name: 'layer 2', people: ['ada', 'grace'] },
  ]
  const next = { ...shift, from: later, until: new Date(later.getTime() + hour) }
  whoIsOnCallMessage(words, [], sampleNow)
  const replaced = { ...sampleOverride, replaces: 'linus', from: later, madeBy: 'ada' }
  overridesMessage(words, [], sampleNow)
  overridesMessage(words, [...Array(25).fill(sampleOverride), replaced, replaced], sampleNow)
  overridesMessage(
    words,
    [sampleKept, replaced, { ...replaced, schedule: 'gone' }, { ...replaced, person: 'gone' }],
    sampleNow,
  )
  runCalendarBuilders(words)
  whoIsOnCallMessage(
    words,
    [
      { ...schedule, shift: null },
      { ...schedule, shift: null, next },
      { ...schedule, shift, layers, next },
      { ...schedule, shift: { ...shift, because: { kind: 'override', override: sampleOverride } }, next },
      { ...schedule, shift: { ...shift, because: { kind: 'override', override: sampleKept } } },
      { ...schedule, shift: { ...shift, because: { kind: 'calendar' } } },
      { ...schedule, shift: null, calendar: { ...state, readAt: null, unknown: [] } },
      { ...schedule, shift: null, calendar: { ...state, failingSince: null, problem: null } },
      { ...schedule, shift: null, calendar: state },
    ],
    sampleNow,
  )
}

const sampleSchedule: Schedule = { name: 'primary', zone: 'Europe/Berlin', layers: [], holidays: [], calendar: null }

/** A gap of each cause, one of them in two weeks, and more than fit. */
function sampleGaps(): ScheduleGap[] {
  const gap = { schedule: 'primary', people: [], because: null }
  const at = (hours: number) => ({
    from: new Date(sampleNow.getTime() + hours * hour),
    until: new Date(later.getTime() + hours * hour),
  })
  return [
    { ...gap, ...at(0), cause: 'not begun' },
    { ...gap, ...at(24), cause: 'unknown person', people: ['zoe'] },
    { ...gap, ...at(48), cause: 'nobody' },
    { ...gap, ...at(48 + 168), cause: 'nobody' },
    ...Array.from({ length: 25 }, (_, i) => ({ ...gap, ...at(500 + i * 9), cause: 'empty' as const })),
  ]
}

function runCalendarBuilders(words: Words): void {
  gapsMessage(words, [], [], sampleNow)
  gapsMessage(words, [sampleSchedule], [], sampleNow)
  gapsMessage(words, [sampleSchedule], sampleGaps(), sampleNow)
  const asText = sampleGaps().map(({ cause, people }, i) => {
    const span = { from: sampleNow.toISOString(), until: later.toISOString() }
    return { ...span, cause, people, times: 1 + (i % 2) }
  })
  for (const gaps of [asText, asText.slice(0, 1)])
    toldGapsMessage(words, { kind: 'gaps', schedule: 'primary', gaps }, 'Europe/Berlin', sampleNow)
  strangersMessage(words, { kind: 'strangers', schedule: 'primary', names: ['zoe@example.org'] }, sampleNow)
  const since = sampleNow.toISOString()
  for (const problem of ['it has no events', null])
    for (const readAt of [since, null])
      calendarMessage(words, { kind: 'calendar', schedule: 'primary', problem, since, readAt }, sampleNow)
  for (const problem of ['ops.md:7: this code block is never closed', null])
    for (const kept of [true, false])
      runbookFileMessage(words, { kind: 'runbook', file: 'ops.md', problem, kept }, sampleNow)
  for (const isTaken of [false, true])
    refusedMessage(
      words,
      { kind: 'refused', source: 'alertmanager', reason: 'the body is not valid JSON', isTaken },
      sampleNow,
    )
  const server = { host: '', port: 0, publicUrl: 'http://127.0.0.1' }
  feedsMessage(words, { accessToken: null, server }, { person: null, schedules: [] }, sampleNow)
  feedsMessage(words, { accessToken: 'x', server }, { person: 'ada', schedules: ['primary'] }, sampleNow)
}
