// Why an expression has no data: which of its metrics nobody has, or which label has other values than were asked for.
import { nearest } from '../config/suggest.ts'
import { type Prometheus, queryLabels, queryNames } from './prometheus.ts'
import { childrenOf, textOf, topOf } from './promql-tree.ts'

const mostSelectors = 4
const shownValues = 5

/** One sentence, beginning in lower case; null: nothing more is known of it. Never throws. */
export async function whyNothing(expr: string, at: Date, prometheus: Prometheus): Promise<string | null> {
  try {
    for (const selector of selectorsOf(expr).slice(0, mostSelectors)) {
      const why = await whyMissing(selector, at, prometheus)
      if (why !== null) return why
    }
    return null
  } catch {
    // It was an explanation only; the missing data is told without it.
    return null
  }
}

type Selector = { text: string; metric: string | null; matchers: { text: string; name: string; value: string }[] }

function selectorsOf(expr: string): Selector[] {
  const found: Selector[] = []
  topOf(expr)
    ?.cursor()
    .iterate((node) => {
      if (node.name !== 'VectorSelector') return
      const identifier = node.node.getChild('Identifier')
      const quoted = node.node.getChild('LabelMatchers')?.getChild('QuotedLabelName') ?? null
      const list = node.node.getChild('LabelMatchers')
      const matchers = (list === null ? [] : childrenOf(list)).flatMap((one) => {
        const text = textOf(one, expr)
        const [, name, value] = /^(\w+|"[^"\\]+")\s*=\s*"((?:[^"\\]|\\.)*)"$/.exec(text) ?? []
        return name === undefined ? [] : [{ text, name: name.replaceAll('"', ''), value: value ?? '' }]
      })
      // A name that is no word stands between the braces: `{"http.requests", job="a"}`.
      const metric = identifier ? textOf(identifier, expr) : quoted && textOf(quoted, expr).slice(1, -1)
      found.push({ text: textOf(node.node, expr), metric, matchers })
    })
  return found.filter(({ text }, index) => found.findIndex((one) => one.text === text) === index)
}

/** Null: the selector itself has series, or it cannot be told. */
async function whyMissing(
  { text, metric, matchers }: Selector,
  at: Date,
  prometheus: Prometheus,
): Promise<string | null> {
  if (await isThere(text, at, prometheus)) return null
  if (metric !== null && !(await isThere(isWord(metric) ? metric : `{${JSON.stringify(metric)}}`, at, prometheus))) {
    const close = nearest(metric, await queryNames(prometheus, at))
    return `no series is called ${metric}${close === null || close === metric ? '' : `; did you mean ${close}?`}`
  }
  for (const { text: one, name, value } of matchers) {
    const others = text
      .replace(one, '')
      .replace(/,\s*,/, ',')
      .replace(/\{\s*,/, '{')
      .replace(/,\s*\}/, '}')
    const labels = await queryLabels(
      prometheus,
      `group by (${isWord(name) ? name : JSON.stringify(name)}) (${others})`,
      at,
    )
    const values = [...new Set(labels.flatMap((each) => each[name] ?? []))].sort()
    if (values.length === 0 || values.includes(value)) continue
    const close = nearest(value, values)
    const offer = close === null ? `there are: ${shown(values)}` : `did you mean ${name}="${close}"?`
    return `no series has ${name}="${value}"; ${offer}`
  }
  return metric === null ? null : `${metric} has series, but none with these labels`
}

function isWord(name: string): boolean {
  return /^[A-Za-z_:][\w:]*$/.test(name)
}

function shown(values: string[]): string {
  const rest = values.length - shownValues
  return values.slice(0, shownValues).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

async function isThere(selector: string, at: Date, prometheus: Prometheus): Promise<boolean> {
  return (await queryLabels(prometheus, `count(${selector})`, at)).length > 0
}
