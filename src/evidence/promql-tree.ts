// The syntax tree of Prometheus' own grammar, and the few ways this program walks it.
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

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

/** Both operands and the operator of a binary expression, without its modifiers. */
export function operandsOf(node: SyntaxNode): { left: SyntaxNode; operator: string; right: SyntaxNode } | null {
  const children = childrenOf(node)
  const [left, operator] = children
  const right = children.at(-1)
  return left && operator && right && children.length >= 3 ? { left, operator: operator.name, right } : null
}
