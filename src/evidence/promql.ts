// Reads PromQL with Prometheus' own grammar, to draw what an alert watches instead of the moments at which it fires.
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export type Threshold = { value: number; bad: 'above' | 'below' }

export type Split = {
  /** What to draw. */
  query: string
  /** The line it must not cross; null when the expression names none. */
  threshold: Threshold | null
}

/**
 * Splits an alert's expression into what to draw and the threshold: `a / b > 0.8` → `a / b`, above 0.8.
 * With `and`, `or`, `unless` the comparison on the left counts. `absent(x)` draws `x`. What cannot be split, or is not
 * PromQL, is drawn whole and without a threshold. Never throws.
 */
export function splitExpression(expr: string): Split {
  const whole: Split = { query: expr.trim(), threshold: null }
  try {
    const root = topOf(expr)
    return (root && split(root, expr)) ?? whole
  } catch {
    // Thousands of nested parentheses end the stack; Prometheus will say better what is wrong with them.
    return whole
  }
}

/** The expression behind a rule's link: `g0.expr` of Prometheus' graph page, old (`/graph`) or new (`/query`). */
export function expressionOf(generatorUrl: string | null): string | null {
  if (!generatorUrl) return null
  try {
    const url = new URL(generatorUrl, 'http://relative.invalid')
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
    return url.searchParams.get('g0.expr')?.trim() || null
  } catch {
    return null
  }
}

/** The syntax tree's only expression; null when any part of it does not parse. */
export function topOf(expr: string): SyntaxNode | null {
  const tree = parser.parse(expr)
  let broken = false
  tree.iterate({
    enter: (node) => {
      broken ||= node.type.isError
    },
  })
  return broken ? null : (childrenOf(tree.topNode)[0] ?? null)
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
      const seconds = numberOf(/\[\s*([^\]]+?)\s*\]$/.exec(expr.slice(from, to))?.[1] ?? '')
      if (seconds === null) told = false
      else ranges.push(seconds)
    })
    return told ? ranges : null
  } catch {
    return null
  }
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child)
  }
  return children
}

export function textOf(node: SyntaxNode, expr: string): string {
  return expr.slice(node.from, node.to).trim()
}

/** Arguments of a function call or aggregation. */
export function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const body = node.getChild('FunctionCallBody')
  return body === null ? [] : childrenOf(body)
}

/** What is inside any number of parentheses. */
export function bare(node: SyntaxNode): SyntaxNode {
  let inner = node
  while (inner.name === 'ParenExpr') {
    const child = childrenOf(inner)[0]
    if (!child) break
    inner = child
  }
  return inner
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

/** Both operands and the operator of a binary expression, without its modifiers. */
export function operandsOf(node: SyntaxNode): { left: SyntaxNode; operator: string; right: SyntaxNode } | null {
  const children = childrenOf(node)
  const [left, operator] = children
  const right = children.at(-1)
  return left && operator && right && children.length >= 3 ? { left, operator: operator.name, right } : null
}

function split(outer: SyntaxNode, expr: string): Split | null {
  const node = bare(outer)
  if (node.name === 'FunctionCall') return absent(node, expr)
  const operands = node.name === 'BinaryExpr' ? operandsOf(node) : null
  if (operands === null) return null
  const { left, operator, right } = operands
  if (operator === 'And' || operator === 'Or' || operator === 'Unless') {
    return split(left, expr) ?? drawn(left, expr)
  }
  if (!(operator in flipped)) return null
  const comparison = operator as Comparison
  const limit = constant(right, expr)
  if (limit !== null) return compared(left, comparison, limit, expr)
  const floor = constant(left, expr)
  return floor === null ? null : compared(right, flipped[comparison], floor, expr)
}

function drawn(node: SyntaxNode, expr: string): Split {
  return { query: textOf(bare(node), expr), threshold: null }
}

function compared(watched: SyntaxNode, operator: Comparison, value: number, expr: string): Split | null {
  const node = bare(watched)
  if (constant(node, expr) !== null) return null
  const inner = split(node, expr)
  // `a > bool 5 == 1` and `absent(a) > 0` ask whether the inner condition holds: the inner one is what people know.
  if (inner !== null && (node.getChild('BoolModifier') !== null || node.name === 'FunctionCall')) return inner
  const query = inner?.query ?? textOf(node, expr)
  return { query, threshold: Number.isFinite(value) ? { value, bad: badSide(operator, value) } : null }
}

/** `up == 0` is bad low, `degraded == 1` is bad high; a `!=` is bad on the other side of the wanted value. */
function badSide(operator: Comparison, value: number): Threshold['bad'] {
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
  return { query: (split(subject, expr) ?? drawn(subject, expr)).query, threshold: null }
}

/** The value of an expression made of numbers only; null when it is not one. */
export function constant(outer: SyntaxNode, expr: string): number | null {
  const node = bare(outer)
  switch (node.name) {
    case 'NumberDurationLiteral':
      return numberOf(textOf(node, expr))
    case 'UnaryExpr': {
      const operand = node.lastChild === null ? null : constant(node.lastChild, expr)
      return operand === null ? null : textOf(node, expr).startsWith('-') ? -operand : operand
    }
    case 'FunctionCall': {
      const name = node.getChild('FunctionIdentifier')?.firstChild?.name
      const argument = argumentsOf(node)[0]
      if (name === 'Pi') return Math.PI
      return argument && (name === 'Vector' || name === 'Scalar') ? constant(argument, expr) : null
    }
    case 'BinaryExpr': {
      const operands = operandsOf(node)
      const left = operands && constant(operands.left, expr)
      const right = operands && constant(operands.right, expr)
      return left === null || right === null ? null : arithmetic(left, operands?.operator ?? '', right)
    }
    default:
      return null
  }
}

function arithmetic(left: number, operator: string, right: number): number | null {
  switch (operator) {
    case 'Add':
      return left + right
    case 'Sub':
      return left - right
    case 'Mul':
      return left * right
    case 'Div':
      return left / right
    case 'Mod':
      return left % right
    case 'Pow':
      return left ** right
    default:
      return null
  }
}

const durations: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 }

/** `5`, `1e3`, `0x1f`, `1_000`, `-Inf`, and durations as seconds (`1h30m`), as Prometheus reads them. */
function numberOf(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase()
  if (digits === 'inf') return sign * Number.POSITIVE_INFINITY
  const plain = digits === '' ? Number.NaN : Number(digits)
  if (!Number.isNaN(plain)) return sign * plain
  if (!/^(\d+(ms|[smhdwy]))+$/.test(digits)) return null
  let seconds = 0
  for (const [, count, unit] of digits.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    seconds += Number(count) * (durations[unit ?? ''] ?? 0)
  }
  return sign * seconds
}
