// Who goes first: what can wait hears as soon as nothing else is under way.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Traffic } from '../../src/worker/traffic.ts'

it('is quiet as soon as the last piece of work is over, long before the time is', async () => {
  const traffic = new Traffic()
  const urgent = traffic.begin()
  const aside = await traffic.stepAside()
  let isQuiet = false
  const quiet = traffic.quiet(3_600_000).then(() => {
    isQuiet = true
  })
  urgent()
  await Promise.resolve()
  expect(isQuiet).toBe(false)
  aside()
  await quiet
  expect(isQuiet).toBe(true)
})

describe('what can wait, while something urgent is under way', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** One piece of 20 ms is over; another waits. */
  async function afterOnePiece() {
    const traffic = new Traffic()
    const urgent = traffic.begin()
    const first = await traffic.stepAside()
    vi.advanceTimersByTime(20)
    first()
    const second = { isBegun: false }
    void traffic.stepAside().then(() => {
      second.isBegun = true
    })
    return { urgent, second }
  }

  it('rests four times as long as its last piece took', async () => {
    const { second } = await afterOnePiece()
    await vi.advanceTimersByTimeAsync(79)
    expect(second.isBegun).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(second.isBegun).toBe(true)
  })

  it('goes on at once when nothing urgent is left', async () => {
    const { urgent, second } = await afterOnePiece()
    urgent()
    await vi.advanceTimersByTimeAsync(0)
    expect(second.isBegun).toBe(true)
  })
})
