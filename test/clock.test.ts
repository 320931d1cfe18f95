// The time that all replicas share: read from the database, counted on by what nobody can set.
import { describe, expect, it, vi } from 'vitest'
import { SharedClock, within } from '../src/clock.ts'

const hour = 3_600_000
/** Milliseconds that may pass on a busy machine between two readings of a clock. */
const close = 10_000
const apart = (clock: SharedClock, from: number) => clock.now().getTime() - Date.now() - from

describe('the shared clock', () => {
  it("is this machine's own before it has been told", () => {
    const clock = new SharedClock()
    expect(Math.abs(apart(clock, 0))).toBeLessThan(close)
    expect(Math.abs(clock.ownError())).toBeLessThan(close)
  })

  it('goes by what it is told from then on, however wrong the machine is', () => {
    const clock = new SharedClock()
    const at = clock.monotonic()
    clock.learn(Date.now() + hour, at, at)
    expect(Math.abs(apart(clock, hour))).toBeLessThan(close)
    expect(Math.abs(clock.ownError() + hour)).toBeLessThan(close)
  })

  it('takes the middle of a slow first answer', () => {
    const clock = new SharedClock()
    const at = clock.monotonic()
    clock.learn(Date.now(), at - 2 * hour, at)
    expect(Math.abs(apart(clock, hour))).toBeLessThan(close)
  })

  it('does not move within what a later answer leaves open, and moves as little as it must beyond', () => {
    const clock = new SharedClock()
    const at = clock.monotonic()
    const shared = Date.now()
    clock.learn(shared, at, at)
    clock.learn(shared + 0.4 * hour, at, at + hour)
    expect(Math.abs(apart(clock, 0))).toBeLessThan(close)
    clock.learn(shared + 5 * hour, at, at + hour)
    expect(Math.abs(apart(clock, 4 * hour))).toBeLessThan(close)
    clock.learn(shared, at, at)
    expect(Math.abs(apart(clock, 0))).toBeLessThan(close)
  })
})

describe('what is waited for, but not for ever,', () => {
  it('is answered or fails as it does, and leaves no timer behind', async () => {
    vi.useFakeTimers()
    try {
      expect(await within(2_000, Promise.resolve(7))).toBe(7)
      await expect(within(2_000, Promise.reject(new Error('no such table')))).rejects.toThrow('no such table')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('fails when the time is over, and says how long that was', async () => {
    vi.useFakeTimers()
    try {
      const late = within(1_500, new Promise(() => {}), 'the database did not say')
      const told = expect(late).rejects.toThrow('the database did not say within 1.5 s')
      await vi.advanceTimersByTimeAsync(1_500)
      await told
    } finally {
      vi.useRealTimers()
    }
  })
})
