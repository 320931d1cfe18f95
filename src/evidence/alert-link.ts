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
    const expr = (graph ?? explored(searchParams.get('panes') ?? searchParams.get('left')))?.trim() || null
    return expr === null || isLogql(expr) ? null : expr
  } catch {
    return null
  }
}

/**
 * Whether it counts log lines: Loki's rules do, and their links look like Prometheus' own (before 2.9) or Explore's. A range of
 * streams may read as PromQL, which would look at every metric that has these labels: no rule of Prometheus does that.
 */
function isLogql(expr: string): boolean {
  if (/\|[=~>]|\|\s*(json|logfmt|pattern|regexp|unpack|line_format|unwrap)\b/.test(withoutTexts(expr))) return true
  const ranges = expr.matchAll(/\b(\w+)\s*\(\s*(?:[\d.]+\s*,\s*)?(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})/g)
  return [...ranges].some(([, name = '', selector = '']) => ofStreams.test(name) && !namesMetric(selector))
}

const ofStreams =
  /^(rate|bytes_rate|rate_counter|(count|bytes|sum|avg|min|max|first|last|stdvar|stddev|quantile)_over_time)$/

function namesMetric(selector: string): boolean {
  return /__name__/.test(selector) || /[{,]\s*"(?:[^"\\]|\\.)*"\s*[,}]/.test(selector)
}

/** A `|=` in a value of a label is no filter. */
function withoutTexts(expr: string): string {
  return expr.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
}

/** The first query of Explore's state. Throws for what is no JSON. */
function explored(state: string | null): string | null {
  return state === null ? null : exprIn(JSON.parse(state), 0)
}

function exprIn(node: unknown, depth: number): string | null {
  if (typeof node !== 'object' || node === null || depth > 6) return null
  if ('expr' in node && typeof node.expr === 'string') return asksLoki(node) ? null : node.expr
  for (const child of Object.values(node)) {
    const found = exprIn(child, depth + 1)
    if (found !== null) return found
  }
  return null
}

/** Only Loki's queries in Explore have a type of query, such as `range`; Prometheus' have flags. */
function asksLoki(query: object): boolean {
  const { datasource, queryType } = query as { datasource?: { type?: unknown } | string | null; queryType?: unknown }
  const type = typeof datasource === 'object' ? datasource?.type : undefined
  return type === 'loki' || (type === undefined && (queryType === 'range' || queryType === 'instant'))
}
