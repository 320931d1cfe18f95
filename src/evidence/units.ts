// Guesses the unit of a PromQL result from metric names and from what the expression does to them, so that an axis can
// say `1.2 s` instead of `1.2`.
import type { SyntaxNode } from '@lezer/common'
import { constant } from './promql-constant.ts'
import { argumentsOf, bare, childrenOf, operandsOf, textOf, topOf } from './promql-tree.ts'

/** `of` null: some quantity nobody named. `per`: a second's worth of it. */
type Quantity = { of: string | null; per: boolean }

const unknown: Quantity = { of: null, per: false }
const count: Quantity = { of: 'count', per: false }
const ratio: Quantity = { of: 'ratio', per: false }

const suffixes: [RegExp, string][] = [
  [/_seconds$/, 'seconds'],
  [/_(milliseconds|millis|ms)$/, 'milliseconds'],
  [/_(microseconds|micros|us)$/, 'microseconds'],
  [/_(nanoseconds|nanos|ns)$/, 'nanoseconds'],
  [/_bytes$/, 'bytes'],
  [/_bits$/, 'bits'],
  [/_ratio$/, 'ratio'],
  [/_(percent|percentage|pct)$/, 'percent'],
  [/_celsius$/, '°C'],
  [/_volts$/, 'V'],
  [/_watts$/, 'W'],
  [/burn_?rate/, '×'],
]

/** A unit as `Chart.unit` knows it; null when the names do not tell. Never throws. */
export function unitOf(query: string): string | null {
  try {
    const top = topOf(query)
    return top === null ? null : nameOf(quantity(top, query))
  } catch {
    return null
  }
}

function nameOf({ of, per }: Quantity): string | null {
  if (of === 'timestamp') return null
  // Seconds a second are busy time: the share of it, for CPU seconds of all cores together.
  if (per && of === 'seconds') return 'ratio'
  if (per) return of === null || of === 'count' ? 'per second' : `${of} per second`
  return of === 'count' ? null : of
}

function quantity(outer: SyntaxNode, expr: string): Quantity {
  const node = bare(outer)
  const children = childrenOf(node)
  switch (node.name) {
    case 'VectorSelector':
      return selected(node, expr)
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return children[0] ? quantity(children[0], expr) : unknown
    case 'UnaryExpr':
      return node.lastChild ? quantity(node.lastChild, expr) : unknown
    case 'AggregateExpr':
      return aggregated(node, expr)
    case 'FunctionCall':
      return called(node, expr)
    case 'BinaryExpr':
      return combined(node, expr)
    default:
      return unknown
  }
}

/** By the metric's name; also by recording rules' `level:metric:operation`. */
function selected(node: SyntaxNode, expr: string): Quantity {
  const identifier = node.getChild('Identifier')
  const text = identifier
    ? textOf(identifier, expr)
    : (/__name__\s*=\s*["']([^"']+)|[{,]\s*["']([^"']+)["']\s*[,}]/.exec(textOf(node, expr))?.slice(1).find(Boolean) ??
      '')
  const [, metric = text, operation = ''] = text.split(':')
  if (/ratio/.test(text) && text.includes(':')) return ratio
  // `job:http_requests:rate5m` is a rate of requests; `app:error_rate:rate5m` may be anything.
  const per = /^i?rate/.test(operation) && !/rate/.test(metric)
  if (/(_|^)timestamp_seconds$|_time_seconds$/.test(metric)) return { of: 'timestamp', per: false }
  const counted = /_(total|count|bucket)$/.test(metric)
  // Of a histogram, buckets and counts count observations; only the sum has their unit.
  const unit = /_(count|bucket)$/.test(metric) ? null : unitIn(metric.replace(/_(total|sum)$/, ''))
  if (unit) return { of: unit, per }
  return counted ? { of: 'count', per } : { of: null, per }
}

function unitIn(metric: string): string | null {
  return suffixes.find(([pattern]) => pattern.test(metric))?.[1] ?? null
}

function aggregated(node: SyntaxNode, expr: string): Quantity {
  const operation = node.getChild('AggregateOp')?.firstChild?.name
  if (operation === 'Count' || operation === 'CountValues' || operation === 'Group' || operation === 'Stdvar')
    return count
  const subject = argumentsOf(node).at(-1)
  return subject ? quantity(subject, expr) : unknown
}

const counting = new Set(['CountOverTime', 'Changes', 'Resets', 'Absent', 'AbsentOverTime', 'PresentOverTime'])

function called(node: SyntaxNode, expr: string): Quantity {
  const name = node.getChild('FunctionIdentifier')?.firstChild?.name ?? ''
  if (name === 'Time' || name === 'Timestamp' || name.startsWith('TsOf')) return { of: 'timestamp', per: false }
  if (counting.has(name)) return count
  if (name === 'HistogramFraction') return ratio
  const args = argumentsOf(node)
  const subject = name === 'HistogramQuantile' || name === 'QuantileOverTime' ? args[1] : args[0]
  if (!subject) return unknown
  const inner = quantity(subject, expr)
  if (name === 'HistogramQuantile' || name === 'HistogramQuantiles') {
    const bucket = /(\w+)_bucket\b/.exec(textOf(subject, expr))?.[1]
    return { of: bucket ? unitIn(bucket) : inner.of, per: false }
  }
  // Of a native histogram, as of its buckets: how many there were, what they add up to, and what they are like.
  if (name === 'HistogramCount') return { of: 'count', per: inner.per }
  if (name === 'HistogramAvg' || name === 'HistogramStdDev') return { of: inner.of, per: false }
  if (name === 'HistogramStdVar') return unknown
  return name === 'Rate' || name === 'Irate' || name === 'Deriv' ? { ...inner, per: true } : inner
}

function combined(node: SyntaxNode, expr: string): Quantity {
  const operands = operandsOf(node)
  if (operands === null) return unknown
  const numbers = { left: constant(operands.left, expr), right: constant(operands.right, expr) }
  const left = quantity(operands.left, expr)
  const right = quantity(operands.right, expr)
  switch (operands.operator) {
    case 'Mul':
      if (numbers.right !== null) return scaled(left, numbers.right)
      return numbers.left === null ? unknown : scaled(right, numbers.left)
    case 'Div':
      if (numbers.right !== null) return scaled(left, 1 / numbers.right)
      return numbers.left === null ? divided(left, right) : unknown
    case 'Add':
    case 'Sub':
      return summed(left, right, operands.operator, numbers)
    case 'Mod':
      return left
    case 'Pow':
    case 'Atan2':
      return unknown
    default:
      // Comparisons and set operations pass their left side's values on.
      return numbers.left === null ? left : right
  }
}

function scaled(of: Quantity, factor: number): Quantity {
  if (factor === 1) return of
  if (factor === 100 && nameOf(of) === 'ratio') return { of: 'percent', per: false }
  if (factor === 1000 && of.of === 'seconds' && !of.per) return { of: 'milliseconds', per: false }
  if (factor === 0.001 && of.of === 'milliseconds') return { ...of, of: 'seconds' }
  if (factor === 8 && of.of === 'bytes') return { ...of, of: 'bits' }
  if (factor === 60 && of.per && of.of === 'count') return { of: 'per minute', per: false }
  return unknown
}

function divided(left: Quantity, right: Quantity): Quantity {
  // The mean of what was counted: `rate(x_seconds_sum) / rate(x_seconds_count)`.
  if (right.of === 'count' && left.of !== null && left.of !== 'count' && left.per === right.per) {
    return { of: left.of, per: false }
  }
  return left.of === right.of || left.of === null || right.of === null ? ratio : unknown
}

function summed(
  left: Quantity,
  right: Quantity,
  operator: string,
  numbers: { left: number | null; right: number | null },
): Quantity {
  if (numbers.right !== null) return left
  if (numbers.left !== null) return right
  if (operator === 'Sub' && isInstant(left, right) && isInstant(right, left)) return { of: 'seconds', per: false }
  if (left.of === 'timestamp' && right.of === 'timestamp') return unknown
  return nameOf(left) === nameOf(right) ? left : unknown
}

/** What is taken from the time, or the time from it, is an instant, whatever it is called: `time() - last_success_seconds`. */
function isInstant({ of, per }: Quantity, other: Quantity): boolean {
  return of === 'timestamp' || (other.of === 'timestamp' && !per && (of === null || of === 'seconds'))
}
