// Where a line is going, in one word.

export type Trend = 'rising' | 'falling' | 'level' | 'wavering' | 'peaked' | 'dipped'

/**
 * Told by the medians of its beginning and its end against how far it went in between. `values`: in order of time, at
 * least one.
 */
export function trendOf(values: number[]): Trend {
  // Divided first: the distance of the two largest numbers is none.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const shares = values.map((value) => value / largest)
  const [low, high] = shares.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [1, -1])
  const range = high - low
  if (range < 1e-4) return 'level'
  const part = Math.max(1, Math.floor(shares.length / 8))
  // What began a moment ago is why somebody looks: of the end only so much that one point does not decide.
  const [first, last] = [median(shares.slice(0, part)), median(shares.slice(-Math.min(3, part)))]
  const turns = turnsOf(shares, low, range)
  if (turns < 3 && Math.abs(last - first) > range * 0.4) return last > first ? 'rising' : 'falling'
  // A tenth of what it is, up and down, is noise.
  if (range < 0.1) return 'level'
  if (turns > 2) return 'wavering'
  // Whoever looks at once must not read that it is over: the newest point alone says whether it came back.
  const now = shares.at(-1) ?? last
  if (high - Math.max(first, last) > range * 0.6) return high - now > range * 0.4 ? 'peaked' : 'rising'
  if (Math.min(first, last) - low > range * 0.6) return now - low > range * 0.4 ? 'dipped' : 'falling'
  return 'wavering'
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/** How often it went from its lowest third to its highest, or back. */
function turnsOf(values: number[], low: number, range: number): number {
  const where = values.map((value) => Math.sign(Math.round(((value - low) / range - 0.5) * 3)))
  const ends = where.filter((third) => third !== 0)
  return ends.filter((third, index) => index > 0 && third !== ends[index - 1]).length
}
