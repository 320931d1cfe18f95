// Of all the clocks an incident ever had, which count when one looks back.
import { expect, test } from 'vitest'
import { countedClocks, type ResponseClock } from '../../src/core/clocks.ts'

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
