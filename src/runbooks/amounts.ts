// Lengths of time as people write them in prose and tables: `15 minutes`, `1 h`, `within an hour`, `30-45 min`.

export type Span = {
  /** Milliseconds; of `30-45 min` the longer. */
  length: number
  /** As written. */
  text: string
  /** Where it begins. */
  index: number
}

const words: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  sixty: 60,
  half: 0.5,
}

const units: [RegExp, number][] = [
  [/^(s|secs?|seconds?)$/i, 1e3],
  [/^(m|mins?|minutes?)$/i, 6e4],
  [/^(h|hrs?|hours?)$/i, 36e5],
  [/^(d|days?)$/i, 864e5],
  [/^(w|weeks?)$/i, 6048e5],
]

const amount =
  /(?<![\w.])(?:(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*)?(\d+(?:\.\d+)?|half an|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|sixty)[\s-]*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![\w/%])/gi

/** All that stand in a text, in order. Business days are none: their length depends on the calendar. */
export function spansIn(text: string): Span[] {
  return [...text.matchAll(amount)].flatMap((found) => {
    const [whole, , count = '', unit = ''] = found
    const number = /^\d/.test(count) ? Number(count) : words[count.toLowerCase().split(' ')[0] ?? '']
    const factor = units.find(([name]) => name.test(unit))?.[1]
    // `a m` and `a s` are words that happen to stand together.
    if (number === undefined || factor === undefined || (unit.length === 1 && !/^\d/.test(count))) return []
    return [{ length: number * factor, text: whole.trim(), index: found.index }]
  })
}

/** `next business day`, `1 business day`, `the next working day`. */
export function isNextBusinessDay(text: string): boolean {
  return /\b(next|one|1|within a) (business|working|work) ?day\b|\bnext day\b/i.test(text)
}

/** The length as tocsin.yaml writes it: `15m`, `1h`, `1h30m`, `2d`. */
export function durationText(milliseconds: number): string {
  let rest = Math.round(milliseconds / 1000)
  const parts = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
      ['s', 1],
    ] as const
  ).flatMap(([unit, seconds]) => {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    return count > 0 ? [`${count}${unit}`] : []
  })
  return parts.join('') || '0s'
}
