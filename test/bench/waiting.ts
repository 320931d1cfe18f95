// Time in the benchmark: its clock, and waiting for something to be so.
import { setTimeout as pause } from 'node:timers/promises'

export { pause }

/** Milliseconds since the epoch, with a fraction: the clock that all processes of this machine share. */
export function wall(): number {
  return performance.timeOrigin + performance.now()
}

/** Looks every few milliseconds. False: it was not so within `milliseconds`. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    if (await condition()) return true
    await pause(4)
  }
  return false
}
