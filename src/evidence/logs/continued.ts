// Stack traces that were shipped line by line, put together again.
import type { Labels } from '../../core/alert.ts'

export type Entry = {
  /** The same for the same entry, whichever query found it. */
  id: string
  /** Entries of one stream follow one another. */
  stream: string
  at: Date
  text: string
  labels: Labels
}

/** How a line begins that goes on with what the line before it said. */
const goesOn = /^(?:\s+\S|Caused by: |\.\.\. \d+ more|goroutine \d+ |created by |[\w.]+(?:Error|Exception)(?::|$))/
const startsTrace = /^(?:Traceback \(most recent call last\):|panic: )/

/** Milliseconds within which one trace is written. */
const together = 2_000
const mostLines = 60

/** In the order in which they were written, continuations joined to what they continue. */
export function wholeEntries(entries: Entry[]): Entry[] {
  const sorted = [...entries].sort((a, b) =>
    a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.at.getTime() - b.at.getTime(),
  )
  const whole: { entry: Entry; lines: string[] }[] = []
  for (const entry of sorted) {
    const last = whole.at(-1)
    if (last !== undefined && isContinued(last, entry)) {
      if (last.lines.length < mostLines) last.lines.push(entry.text)
    } else whole.push({ entry, lines: [entry.text] })
  }
  return whole
    .map(({ entry, lines }) => (lines.length === 1 ? entry : { ...entry, text: lines.join('\n') }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

function isContinued({ entry: last, lines }: { entry: Entry; lines: string[] }, entry: Entry): boolean {
  if (last.stream !== entry.stream || entry.at.getTime() - last.at.getTime() > together) return false
  if (!goesOn.test(entry.text) || /^\s*[{[]/.test(entry.text)) return false
  // The line that names the error ends a traceback; elsewhere it begins something.
  return /^(?:\s|Caused by|\.\.\. )/.test(entry.text) || lines.some((line) => startsTrace.test(line))
}
