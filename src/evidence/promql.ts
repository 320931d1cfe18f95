// Reads PromQL with Prometheus' own grammar, to draw what an alert watches instead of the moments at which it fires.
import type { SyntaxNode } from '@lezer/common'
import { constant, numberOf } from './promql-constant.ts'
import { argumentsOf, bare, childrenOf, operandsOf, textOf, topOf } from './promql-tree.ts'

type Bad = 'above' | 'below'
export type Threshold = { value: number; bad: Bad }

export type Split = {
  /** What to draw. */
  query: string
  /** The line it must not cross; null when the expression names none. */
  threshold: Threshold | null
  /**
   * More lines that the same query is held to, as in `3 <= days < 20`, `code < 200 or code >= 400` or `replicas != 3`.
   * Which of them is the one that matters, only the values tell.
   */
  others: Threshold[]
  /** What it is compared with when that is no number: `used > allowed * 0.9` has `allowed * 0.9`, a line that moves. */
  limit: { query: string; bad: Bad } | null
}

/**
 * Splits an alert's expression into what to draw and the threshold: `a / b > 0.8` → `a / b`, above 0.8. With `and`, `or`
 * the first comparison counts, with `unless` one on the left. `a > b` draws `a`,
 * `absent(x)` draws `x`. What cannot be split, or is not PromQL, is drawn whole and without a threshold. Never throws.
 */
export function splitExpression(expr: string): Split {
  const whole: Split = { query: expr.trim(), threshold: null, others: [], limit: null }
  try {
    const root = topOf(expr)
    return (root && split(root, expr)) ?? whole
  } catch {
    // Thousands of nested parentheses end the stack; Prometheus will say better what is wrong with them.
    return whole
  }
}

/** No metric is in it, as in `vector(1)` of a dead man's switch: there is nothing to see. False for what is no PromQL. */
export function watchesNothing(expr: string): boolean {
  try {
    const top = topOf(expr)
    let selects = false
    top?.cursor().iterate(({ name }) => {
      selects ||= name === 'VectorSelector'
    })
    return top !== null && !selects
  } catch {
    return false
  }
}

/**
 * Seconds that each range of an expression looks back: `rate(x[5m])` → [300]. Null when it cannot be told: it is no
 * PromQL, has a subquery, or a range that is computed.
 */
export function rangesOf(expr: string): number[] | null {
  try {
    const top = topOf(expr)
    if (top === null) return null
    const ranges: number[] = []
    let told = true
    top.cursor().iterate(({ name, from, to }) => {
      if (name === 'SubqueryExpr') told = false
      if (name !== 'MatrixSelector') return
      // Cut at its last bracket: one in a label, with thousands of spaces, took an expression that looks for it minutes.
      const selector = expr.slice(from, to)
      const seconds = numberOf(selector.slice(selector.lastIndexOf('[') + 1, -1).trim())
      if (seconds === null) told = false
      else ranges.push(seconds)
    })
    return told ? ranges : null
  } catch {
    return null
  }
}

/**
 * A rule is judged at one moment, which is what `@ end()` and `@ start()` mean in it. Asked for over an hour they would pin every
 * point to the last one: the same expression without them says what the rule saw at each moment. Never throws.
 */
export function atEachMoment(expr: string): string {
  if (!expr.includes('@')) return expr
  try {
    const pins: { from: number; to: number }[] = []
    topOf(expr)
      ?.cursor()
      .iterate(({ name, node }) => {
        const pin = name === 'StepInvariantExpr' ? node.getChild('At') : null
        if (pin !== null && /^@\s*(end|start)\s*\(\s*\)$/.test(expr.slice(pin.from, node.to).trim()))
          pins.push({ from: pin.from, to: node.to })
      })
    const last = pins.sort((a, b) => b.from - a.from)
    return last.reduce((text, { from, to }) => text.slice(0, from).trimEnd() + text.slice(to), expr)
  } catch {
    return expr
  }
}

type Comparison = 'Gtr' | 'Gte' | 'Lss' | 'Lte' | 'Eql' | 'Neq'
const flipped: Record<Comparison, Comparison> = {
  Gtr: 'Lss',
  Gte: 'Lte',
  Lss: 'Gtr',
  Lte: 'Gte',
  Eql: 'Eql',
  Neq: 'Neq',
}

function split(outer: SyntaxNode, expr: string): Split | null {
  const node = bare(outer)
  if (node.name === 'FunctionCall') return absent(node, expr)
  if (node.name === 'OffsetExpr' || node.name === 'StepInvariantExpr') return shifted(node, expr)
  const operands = node.name === 'BinaryExpr' ? operandsOf(node) : null
  if (operands === null) return null
  const { left, operator, right } = operands
  switch (operator) {
    case 'And':
    case 'Or':
      return combined(split(left, expr), split(right, expr)) ?? (operator === 'And' ? drawn(left, expr) : null)
    case 'Unless':
      return split(left, expr) ?? drawn(left, expr)
    case 'Mul':
      return namedByInfo(node, left, right, expr)
    default:
      return operator in flipped ? comparison(node, left, operator as Comparison, right, expr) : null
  }
}

function drawn(node: SyntaxNode, expr: string): Split {
  return { query: textOf(bare(node), expr), threshold: null, others: [], limit: null }
}

/**
 * The grammar reads `5 < a offset 1h` as `(5 < a) offset 1h`; Prometheus, which cannot shift a comparison, shifts what
 * stands last. So what stands last keeps its `offset` or `@`.
 */
function shifted(node: SyntaxNode, expr: string): Split | null {
  const inner = childrenOf(node)[0]
  const found = inner?.name === 'BinaryExpr' ? split(inner, expr) : null
  if (!inner || found === null) return null
  const modifier = expr.slice(inner.to, node.to)
  const whole = (query: string) => (textOf(inner, expr).endsWith(query) ? query + modifier : query)
  const { limit } = found
  return limit === null
    ? { ...found, query: whole(found.query) }
    : { ...found, limit: { ...limit, query: whole(limit.query) } }
}

/** The side that names what is bad, the left one if both do; when they watch the same, both lines. */
function combined(left: Split | null, right: Split | null): Split | null {
  if (left === null || right === null) return left ?? right
  if (left.threshold === null) return left.limit === null && namesBad(right) ? right : left
  if (left.query !== right.query || right.threshold === null) return left
  return { ...left, others: [...left.others, right.threshold, ...right.others] }
}

function namesBad({ threshold, limit }: Split): boolean {
  return threshold !== null || limit !== null
}

/**
 * `(a > 5) * on(instance) group_left(nodename) node_uname_info`: the right side is 1 and only lends its labels.
 */
function namedByInfo(node: SyntaxNode, left: SyntaxNode, right: SyntaxNode, expr: string): Split | null {
  if (node.getChild('MatchingModifierClause') === null) return null
  const lends = (side: SyntaxNode) =>
    bare(side).name === 'VectorSelector' && /^\w+_info\b/.test(textOf(bare(side), expr))
  if (lends(right)) return split(left, expr)
  return lends(left) ? split(right, expr) : null
}

function comparison(
  node: SyntaxNode,
  left: SyntaxNode,
  operator: Comparison,
  right: SyntaxNode,
  expr: string,
): Split | null {
  const limit = constant(right, expr)
  if (limit !== null) return compared(left, operator, limit, expr)
  const floor = constant(left, expr)
  if (floor !== null) return compared(right, flipped[operator], floor, expr)
  // `a > bool b` has 0 and 1 for values; of `a > b` the line of `a` is whole, while `a > b` ends where all is well.
  if (node.getChild('BoolModifier') !== null) return null
  const bad = operator === 'Lss' || operator === 'Lte' ? 'below' : 'above'
  return { ...drawn(left, expr), limit: { query: textOf(bare(right), expr), bad } }
}

function compared(watched: SyntaxNode, operator: Comparison, value: number, expr: string): Split | null {
  const node = bare(watched)
  if (constant(node, expr) !== null) return null
  const [threshold = null, ...others] = linesAt(operator, value)
  const held = (query: string): Split => ({ query, threshold, others, limit: null })
  const operands = node.name === 'BinaryExpr' ? operandsOf(node) : null
  // `(a and b > 0) == 0` compares a; of `(a or vector(0)) < 1` no part may be left out.
  if (operands?.operator === 'And' || operands?.operator === 'Unless')
    return compared(operands.left, operator, value, expr)
  if (operands?.operator === 'Or') return held(textOf(node, expr))
  const inner = split(node, expr)
  if (inner === null) return held(textOf(node, expr))
  // `a > bool 5 == 1` and `absent(a) > 0` ask whether the inner condition holds: the inner one is what people know.
  if (node.getChild('BoolModifier') !== null || node.name === 'FunctionCall') return inner
  return combined(held(inner.query), inner)
}

/** The likelier line first. Infinity is no line. */
function linesAt(operator: Comparison, value: number): Threshold[] {
  if (!Number.isFinite(value)) return []
  const bad = badSide(operator, value)
  const line = { value: Number(value.toPrecision(12)), bad }
  return operator === 'Neq' ? [line, { ...line, bad: bad === 'above' ? 'below' : 'above' }] : [line]
}

/** `up == 0` is bad low, `degraded == 1` is bad high; a `!=` is bad on the other side of the wanted value. */
function badSide(operator: Comparison, value: number): Bad {
  if (operator === 'Gtr' || operator === 'Gte') return 'above'
  if (operator === 'Lss' || operator === 'Lte') return 'below'
  return value > 0 === (operator === 'Eql') ? 'above' : 'below'
}

/** For `absent(x)`, and `absent_over_time(x[5m])`, x: its line ends where the trouble begins. */
function absent(node: SyntaxNode, expr: string): Split | null {
  const name = node.getChild('FunctionIdentifier')?.firstChild?.name
  if (name !== 'Absent' && name !== 'AbsentOverTime') return null
  let subject = argumentsOf(node)[0]
  if (!subject) return null
  subject = bare(subject)
  if (subject.name === 'MatrixSelector' || subject.name === 'SubqueryExpr') subject = childrenOf(subject)[0] ?? subject
  return { ...drawn(subject, expr), query: (split(subject, expr) ?? drawn(subject, expr)).query }
}
