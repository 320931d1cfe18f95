// The queries that stand in the steps of runbooks: found where a step shows them, and taken apart where it shows several.
import { codeBlocks } from '../documents/code.ts'
import { topOf } from './promql-tree.ts'

export type StepQuery = { language: 'promql' | 'logql'; query: string }

/** Of one step; more are a page of their own. */
const mostQueries = 4
/** Characters of one. */
const longest = 4_000

const languages: Record<string, StepQuery['language']> = {
  promql: 'promql',
  prom: 'promql',
  prometheus: 'promql',
  metricsql: 'promql',
  logql: 'logql',
  loki: 'logql',
}

/** In the order they stand. Never throws. */
export function queriesOf(body: string): StepQuery[] {
  if (!body.includes('```') && !body.includes('~~~')) return []
  const known = found.get(body)
  if (known !== undefined) return known
  const queries = codeBlocks(body)
    .flatMap(({ value, language, isGuess }) => queriesIn(value, language, isGuess))
    .slice(0, mostQueries)
  // Rooms show the same few steps again and again.
  if (found.size >= mostKnown) found.clear()
  found.set(body, queries)
  return queries
}

const mostKnown = 500
const found = new Map<string, StepQuery[]>()

/** A block nobody gave a language to is PromQL when it reads as such; one in any other language is never asked. */
function queriesIn(code: string, written: string | null, isGuess: boolean): StepQuery[] {
  const language = languages[written?.toLowerCase() ?? '']
  if (language === undefined || code.trim() === '' || code.length > longest) return []
  if (language === 'logql') return paragraphsOf(code).map((query) => ({ language, query }))
  const parts = apart(code)
  if (parts === null) return isGuess ? [] : [{ language, query: code.trim() }]
  return parts.map((query) => ({ language, query }))
}

/** One expression, or one in each paragraph, or one in each line; null: it is none of these. */
function apart(code: string): string[] | null {
  if (isPromql(code)) return [code.trim()]
  for (const parts of [paragraphsOf(code), linesOf(code)]) if (parts.length > 0 && parts.every(isPromql)) return parts
  return null
}

function paragraphsOf(code: string): string[] {
  return code
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => linesOf(part).length > 0)
}

/** Without comments. */
function linesOf(code: string): string[] {
  return code.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
}

/** With a name in place of whatever is to be filled in. */
function isPromql(code: string): boolean {
  const plain = code
    .replace(/\[\s*\$\{?\w+\}?\s*([\]:])/g, '[5m$1')
    .replace(/\{\{[^{}]*\}\}|\$\{?[A-Za-z_]\w*\}?/g, 'x')
  try {
    return topOf(plain) !== null
  } catch {
    return false
  }
}
