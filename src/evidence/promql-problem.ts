// Why a text is no PromQL, in a line for the person who typed it: where it goes wrong, and what the grammar would take there.
import { nearest } from '../config/suggest.ts'
import { firstMistake, isPromql } from './promql-tree.ts'

/** What could have been meant, as it would be written, and what it is called. */
const pieces: [written: string, called: string][] = [
  [')', 'a closing )'],
  ['}', 'a closing }'],
  [']', 'a closing ]'],
  ['x', 'a metric, a number or a function'],
  ['"x"', 'a text in double quotes'],
  ['5m', 'a length of time such as 5m'],
  ['+', 'an operator such as + or >'],
  ['(', 'an opening ('],
  [',', 'a comma'],
  ['=', 'one of =, !=, =~, !~'],
]

const longest = 4_000
const shown = 60

/** Null: it is PromQL. Never throws. */
export function promqlProblem(expr: string): string | null {
  if (expr.trim() === '') return 'there is nothing to draw'
  if (expr.length > longest) return `it is longer than ${longest} characters`
  try {
    return problemIn(expr)
  } catch {
    return 'it is nested too deeply to be read'
  }
}

function problemIn(expr: string): string | null {
  const place = firstMistake(expr)
  if (place === null) return null
  const { from, to } = place
  const unknown = unknownFunction(expr)
  if (unknown !== null) return `${unknown}: ${marked(expr, from)}`
  const wanted = expected(expr, from, to)
  const word = /^\S+/.exec(expr.slice(from))?.[0] ?? ''
  const where = word === '' ? 'at the end' : `at character ${from + 1}, before “${word.slice(0, 30)}”`
  const what = wanted.length > 0 ? `expected ${list(wanted)} ${where}` : `it cannot be understood ${where}`
  return `${what}: ${marked(expr, from)}`
}

/** The text around the place, with ▸ before it. */
function marked(expr: string, at: number): string {
  const [before, after] = [expr.slice(Math.max(0, at - shown), at), expr.slice(at, at + shown)]
  const line = `${at > shown ? '…' : ''}${before}▸${after}${at + shown < expr.length ? '…' : ''}`
  return line.replace(/\s+/g, ' ').trim()
}

/** What makes all of it readable, put in at the place or instead of what stands there. At most two. */
function expected(expr: string, from: number, to: number): string[] {
  const end = Math.max(to, from + (/^[\w.:]+/.exec(expr.slice(from))?.[0].length ?? 0))
  const inserted = pieces.filter(([piece]) => isPromql(`${expr.slice(0, from)} ${piece} ${expr.slice(from)}`))
  if (inserted.length > 0) return inserted.slice(0, 2).map(([, called]) => called)
  if (end === from) return []
  const replaced = pieces.filter(([piece]) => isPromql(`${expr.slice(0, from)} ${piece} ${expr.slice(end)}`))
  return replaced.slice(0, 2).map(([, called]) => called)
}

function list(all: string[]): string {
  return all.join(' or ')
}

const functions =
  'abs absent absent_over_time avg avg_over_time bottomk ceil changes clamp clamp_max clamp_min count count_over_time day_of_month day_of_week delta deriv exp floor group histogram_avg histogram_count histogram_fraction histogram_quantile histogram_sum holt_winters hour idelta increase irate label_join label_replace last_over_time ln log10 log2 max max_over_time min min_over_time minute month predict_linear present_over_time quantile quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev stddev_over_time sum sum_over_time time timestamp topk vector year'.split(
    ' ',
  )
const words = new Set([
  ...functions,
  ...'by without on ignoring group_left group_right and or unless bool offset'.split(' '),
])

/** `rat(` was `rate(`; null: that is not what is wrong. */
function unknownFunction(expr: string): string | null {
  for (const [, name = ''] of expr.matchAll(/([a-z_]\w*)\s*\(/gi)) {
    if (words.has(name.toLowerCase())) continue
    const close = nearest(name, functions)
    if (close !== null) return `${name} is no function; did you mean ${close}?`
  }
  return null
}
