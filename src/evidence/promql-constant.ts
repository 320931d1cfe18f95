// Numbers in PromQL: what an expression made of nothing else comes to, so that a threshold can be a line.
import type { SyntaxNode } from '@lezer/common'
import { argumentsOf, bare, operandsOf, textOf } from './promql-tree.ts'

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
export function numberOf(text: string): number | null {
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
