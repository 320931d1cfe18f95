// Stretches of time, made as few as they are.
import type { Stretch } from './chart.ts'

/** Stretches within the window, in order, those that touch or overlap made one. Instants in milliseconds. */
export function merged(stretches: Stretch[], from: Date, until: Date): [from: number, until: number][] {
  const [first, last] = [from.getTime(), until.getTime()]
  const within = stretches
    .map((one): [number, number] => [one.from.getTime(), one.until?.getTime() ?? last])
    .map(([start, end]): [number, number] => [Math.max(first, start), Math.min(last, end)])
    .filter(([start, end]) => end >= start)
    .sort(([a], [b]) => a - b)
  const out: [number, number][] = []
  for (const [start, end] of within) {
    const before = out.at(-1)
    if (before !== undefined && start <= before[1]) before[1] = Math.max(before[1], end)
    else out.push([start, end])
  }
  return out
}
