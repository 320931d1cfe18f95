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
}

const units: [RegExp, number][] = [
  [/^(s|secs?|seconds?)$/i, 1e3],
  [/^(m|mins?|minutes?)$/i, 6e4],
  [/^(h|hrs?|hours?)$/i, 36e5],
  [/^(d|days?)$/i, 864e5],
  [/^(w|weeks?)$/i, 6048e5],
]

const number = '\\d+(?:\\.\\d+)?|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|sixty'
const part = '(?:an? |one )?half an?|(?:an? |one )?quarter (?:of )?an?|three quarters? of an?'
const unit = 'seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w'
/** `1h30m` is two amounts that stand together. */
const amount = new RegExp(
  `(?:(?<![\\w.])|(?<=\\d[hdw]))(?:(\\d+(?:\\.\\d+)?)\\s*(?:-|–|to)\\s*)?(${part}|(?:${number})(?: and a half|½)?)[\\s-]*(${unit})(?![a-z_/%]|\\d(?!\\d*[ms]\\b))`,
  'gi',
)

/** All that stand in a text, in order. Business days are none: their length depends on the calendar. */
export function spansIn(text: string): Span[] {
  const spans: (Span & { factor: number })[] = []
  for (const found of text.matchAll(amount)) {
    const [whole, , count = '', unit = ''] = found
    const number = countOf(count)
    const factor = units.find(([name]) => name.test(unit))?.[1]
    // `a m` and `a s` are words that happen to stand together.
    if (number === undefined || factor === undefined || (unit.length === 1 && !/^\d/.test(count))) continue
    const half = /^ and a half\b/i.exec(text.slice(found.index + whole.length))?.[0] ?? ''
    const span = { text: `${whole.trim()}${half}`, length: (number + (half ? 0.5 : 0)) * factor, index: found.index }
    const last = spans.at(-1)
    const between = last && text.slice(last.index + last.text.length, span.index)
    // `1 hour and 30 minutes` is one time; `15 minutes and 1 hour` are two.
    if (last && factor < last.factor && span.length < last.factor && /^ ?(?:and )?$/.test(between ?? '-')) {
      last.length += span.length
      last.text = text.slice(last.index, span.index + span.text.length)
      last.factor = factor
    } else spans.push({ ...span, factor })
  }
  return spans.map(({ length, text: said, index }) => ({ length, text: said, index }))
}

function countOf(count: string): number | undefined {
  const said = count.toLowerCase()
  if (said.includes('quarter')) return said.startsWith('three') ? 0.75 : 0.25
  if (/\bhalf an?$/.test(said)) return 0.5
  const whole = /^\d/.test(said) ? Number.parseFloat(said) : words[said.split(' ')[0] ?? '']
  return whole === undefined ? undefined : whole + (/half|½/.test(said) ? 0.5 : 0)
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
