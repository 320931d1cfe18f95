// A line of text that looks like the line of a chart.
import type { Point } from './chart.ts'

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/**
 * The highest of each part of the window as a bar, `length` of them; where nothing was measured there is a space. Empty
 * without any value.
 */
export function sparkline(points: Point[], { from, until }: { from: Date; until: Date }, length = 24): string {
  const [start, span] = [from.getTime(), Math.max(1, until.getTime() - from.getTime())]
  const highest: (number | null)[] = Array.from({ length }, () => null)
  for (const [at, value] of points) {
    if (value === null || !Number.isFinite(value) || at < start || at > start + span) continue
    const part = Math.min(length - 1, Math.floor(((at - start) / span) * length))
    highest[part] = Math.max(highest[part] ?? value, value)
  }
  const known = highest.filter((value) => value !== null)
  if (known.length === 0) return ''
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return highest.map((value) => (value === null ? ' ' : barOf(value, low, high))).join('')
}

/** What is level is a low line, not a high one: nothing stands out. */
function barOf(value: number, low: number, high: number): string {
  // Halved, for the distance of the two largest numbers is none.
  const share = high === low ? 0 : (value / 2 - low / 2) / (high / 2 - low / 2)
  return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? '▁'
}
