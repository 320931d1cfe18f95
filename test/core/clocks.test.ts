// Of all the clocks an incident ever had, which count when one looks back.
import { expect, test } from 'vitest'
import { countedClocks, type ResponseClock, stopClocks } from '../../src/core/clocks.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 9, minute))
const clock = (name: string, from: number, due: number, more: Partial<ResponseClock> = {}): ResponseClock => ({
  ...{ name, until: 'acknowledged', startedAt: at(from), dueAt: at(due), status: 'met', mark: 0, stoppedAt: at(due) },
  ...more,
})

test('each opening has its own; a change of severity leaves the latest of a name, and what was cancelled counts nowhere', () => {
  const clocks = [
    clock('respond', 20, 35),
    clock('respond', 0, 60, { stoppedAt: at(5) }),
    clock('respond', 0, 15, { stoppedAt: at(9) }),
    clock('resolve', 0, 59, { status: 'cancelled', stoppedAt: null }),
    clock('resolve', 20, 59, { status: 'running', stoppedAt: null }),
  ]
  const told = countedClocks(clocks, [at(20)]).map(({ name, dueAt, comeback }) => [
    name,
    dueAt.getUTCMinutes(),
    comeback,
  ])
  expect(told).toEqual([
    ['respond', 15, 0],
    ['respond', 35, 1],
    ['resolve', 59, 1],
  ])
})

test('of one name the one that nobody stopped is the latest', () => {
  const open = clock('respond', 0, 15, { status: 'breached', stoppedAt: null })
  expect(countedClocks([open, clock('respond', 0, 60)], [])).toEqual([{ ...open, comeback: 0 }])
})

test('a clock is stopped late from its end on, also where nobody had noticed that by then', () => {
  const running = { status: 'running', stoppedAt: null } as const
  const clocks = [
    clock('in time', 0, 30, running),
    clock('at the last moment', 0, 20, running),
    clock('too late', 0, 19, running),
    clock('told before', 0, 10, { status: 'breached', stoppedAt: null }),
    clock('no longer asked for', 0, 30, { status: 'cancelled', stoppedAt: null }),
    clock('of something else', 0, 30, { ...running, until: 'resolved' }),
    clock('answered before', 0, 30),
  ]
  expect(stopClocks(clocks, 'acknowledged', at(20)).map(({ name, status }) => [name, status])).toEqual([
    ['in time', 'met'],
    ['at the last moment', 'met'],
    ['too late', 'breached'],
    ['told before', 'breached'],
  ])
})
