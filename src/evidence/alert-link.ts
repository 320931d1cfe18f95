// The expression behind an alert's link, as Prometheus and those who speak like it write such links.

/**
 * Of a graph page (`g0.expr`; VictoriaMetrics' has it behind the hash), or of Grafana's Explore, where Mimir and vmalert lead
 * to. Null: there is none.
 */
export function expressionOf(generatorUrl: string | null): string | null {
  if (!generatorUrl) return null
  try {
    const { protocol, searchParams, hash } = new URL(generatorUrl, 'http://relative.invalid')
    if (protocol !== 'http:' && protocol !== 'https:') return null
    const hashed = new URLSearchParams(hash.replace(/^[^?]*\??/, ''))
    const graph = searchParams.get('g0.expr') ?? hashed.get('g0.expr')
    return (graph ?? explored(searchParams.get('panes') ?? searchParams.get('left')))?.trim() || null
  } catch {
    return null
  }
}

/** The first query of Explore's state; null for one that asks for log lines, as Loki's rules do. Throws for what is no JSON. */
function explored(state: string | null): string | null {
  const expr = state === null ? null : exprIn(JSON.parse(state), 0)
  return expr !== null && /\|[=~>]|\|\s*(json|logfmt|pattern|regexp|unpack|line_format)\b/.test(expr) ? null : expr
}

function exprIn(node: unknown, depth: number): string | null {
  if (typeof node !== 'object' || node === null || depth > 6) return null
  if ('expr' in node && typeof node.expr === 'string') return node.expr
  for (const child of Object.values(node)) {
    const found = exprIn(child, depth + 1)
    if (found !== null) return found
  }
  return null
}
