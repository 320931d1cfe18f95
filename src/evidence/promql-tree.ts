// The syntax tree of Prometheus' own grammar, and the few ways this program walks it.
import type { SyntaxNode, Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** Gives up at the first mistake: to go on behind it takes seconds for a page of what is no PromQL, and strangers send such pages. */
const strict = parser.configure({ strict: true })

/** The syntax tree's only expression; null when any part of it does not parse. */
export function topOf(expr: string): SyntaxNode | null {
  const tree = treeOf(expr)
  return typeof tree === 'number' ? null : (childrenOf(tree.topNode)[0] ?? null)
}

export function isPromql(expr: string): boolean {
  return typeof treeOf(expr) !== 'number'
}

/** Where it does not parse any more; null: all of it does. */
export function firstMistake(expr: string): { from: number; to: number } | null {
  const at = treeOf(expr)
  if (typeof at !== 'number') return null
  let found = { from: at, to: at }
  // How long the word is that cannot stand there, is told by going on behind it; a few more words will do.
  parser.parse(expr.slice(0, at + enough)).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && from === at && to > found.to) found = { from, to }
    },
  })
  return found
}

const enough = 100

/** The tree, or the place of the first mistake. Throws RangeError for what nests too deeply. */
function treeOf(expr: string): Tree | number {
  try {
    return strict.parse(expr)
  } catch (error) {
    if (error instanceof SyntaxError) return Number(/\d+$/.exec(error.message)?.[0] ?? 0)
    throw error
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

/** Both operands and the operator of a binary expression, without its modifiers. */
export function operandsOf(node: SyntaxNode): { left: SyntaxNode; operator: string; right: SyntaxNode } | null {
  const children = childrenOf(node)
  const [left, operator] = children
  const right = children.at(-1)
  return left && operator && right && children.length >= 3 ? { left, operator: operator.name, right } : null
}
