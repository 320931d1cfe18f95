// Code in a document: which language it is in, and what rules and services it names.
import { type Raw, Tree } from '../config/tree.ts'
import { type Block, lineOf, type Root, readMarkdown } from '../runbooks/markdown.ts'
import type { Section } from '../runbooks/outline.ts'
import type { Facts, RuleFact } from './facts.ts'

type Code = { value: string; language: string | null; line: number }

/** Every code block of a document, in order. `line`: that of its first line of code. */
function codeOf(section: Section): Code[] {
  const here = section.blocks.flatMap(codeIn)
  return [...here, ...section.children.flatMap(codeOf)].sort((a, b) => a.line - b.line)
}

/** The code blocks of a step's Markdown, with their languages; `isGuess`: nobody wrote it there. */
export function codeBlocks(markdown: string): { value: string; language: string | null; isGuess: boolean }[] {
  return codeIn(readMarkdown(markdown).root).map(({ value, language }) => ({
    value,
    language: language ?? guessLanguage(value),
    isGuess: language === null,
  }))
}

function codeIn(node: Block | Root): Code[] {
  if (node.type === 'code') return [{ value: node.value, language: node.lang ?? null, line: lineOf(node) + 1 }]
  return 'children' in node ? node.children.flatMap((child) => codeIn(child as Block)) : []
}

/** Lines on which tables and lists begin that are written as HTML. */
export function linesOfHtml(section: Section): number[] {
  return [...section.blocks.flatMap(htmlIn), ...section.children.flatMap(linesOfHtml)].sort((a, b) => a - b)
}

function htmlIn(node: Block | Root): number[] {
  if (node.type === 'html') return /<(?:table|ol|ul)\b/i.test(node.value) ? [lineOf(node)] : []
  return 'children' in node ? node.children.flatMap((child) => htmlIn(child as Block)) : []
}

const guesses: [string, RegExp][] = [
  ['json', /^\s*[[{][\s\S]*[\]}]\s*$/],
  [
    'sql',
    /^\s*(?:--.*\n\s*)*(select|insert|update|delete|create|alter|drop|vacuum|analyze|explain|with)\b[\s\S]*(;|\bfrom\b)/i,
  ],
  ['logql', /^\s*\{[^}]*\}\s*(\|[=~]|!=|\|\s*\w+)/m],
  [
    'promql',
    /^\s*(sum|avg|max|min|count|rate|irate|increase|histogram_quantile|topk|absent|up)\b\s*[({]|\[\d+[smhd]\]/m,
  ],
  ['yaml', /^(?:\s*#.*\n)*\s*(?:- )?[\w.-]+:(?:\s|$)[\s\S]*\n\s*(?:- )?[\w.-]+:(?:\s|$)/],
  [
    'bash',
    /^\s*(\$ |#!|sudo |kubectl |docker |curl |systemctl |journalctl |aws |gcloud |helm |psql |redis-cli |git |ssh |cd |grep |tail |df |du |ps |top|free|ls |cat |python |npm |ping |dig |nslookup |netstat |ss )/m,
  ],
]

/** What a block without a language is most likely in; null: cannot be told. */
function guessLanguage(code: string): string | null {
  return guesses.find(([, looks]) => looks.test(code))?.[0] ?? null
}

export function readCode(document: Section, facts: Facts): void {
  for (const code of codeOf(document)) {
    const { value, line } = code
    const guess = code.language === null ? guessLanguage(value) : null
    const language = code.language?.toLowerCase() ?? guess ?? 'unknown'
    facts.code.push({ language, isGuess: code.language === null, line, lines: value.split('\n').length })
    if (/^ya?ml$/.test(language)) readYaml(value, line, facts)
    readServices(value, line, facts)
  }
}

function readServices(code: string, line: number, facts: Facts): void {
  for (const [, name = ''] of code.matchAll(/\b(?:job|service|app)\s*=\s*["']([a-z][\w.-]*)["']/gi))
    if (!facts.services.some((one) => one.name === name)) facts.services.push({ name, line })
}

function readYaml(yaml: string, line: number, facts: Facts): void {
  if (!/\b(alert|expr|rules|alerts)\s*:/.test(yaml)) return
  // Helm's and Go's braces are no YAML where they stand alone; `${…}` must not be taken from our environment.
  const tree = new Tree(yaml.replaceAll('${', '$ {'), '', {})
  if (!tree.readable) {
    const [problem] = tree.problems
    facts.questions.push({
      line: line + (problem?.line ?? 1) - 1,
      text: `these rules are not valid YAML (${problem?.message ?? 'unreadable'}): what is meant?`,
    })
    return
  }
  collectRules(tree.root, [], (rule, path) => facts.rules.push({ ...rule, line: line + tree.place(path).line - 1 }))
}

type Found = (rule: Omit<RuleFact, 'line'>, path: (string | number)[]) => void

/** Rules wherever they stand: in groups, in a list of their own, or in a map by their names. */
function collectRules(raw: Raw, path: (string | number)[], found: Found): void {
  if (Array.isArray(raw)) {
    for (const [i, item] of raw.entries()) collectRules(item, [...path, i], found)
    return
  }
  if (raw === null || typeof raw !== 'object') return
  const text = (value: Raw | undefined) =>
    typeof value === 'string' && value.trim() !== '' ? value.trim().replaceAll('$ {', '${') : null
  const expr = text(raw.expr) ?? text(raw.condition) ?? text(raw.query)
  const last = path.at(-1)
  const alert = text(raw.alert) ?? (expr === null ? null : (text(raw.name) ?? (typeof last === 'string' ? last : null)))
  if (alert !== null && raw.record === undefined && (expr !== null || raw.alert !== undefined)) {
    const labels = mapOf(raw.labels)
    const word = text(labels.severity)
    const top = text(raw.severity)
    const summary = text(mapOf(raw.annotations).summary) ?? text(raw.summary) ?? text(raw.description)
    const severity = word !== null ? { word, isLabel: true } : top === null ? null : { word: top, isLabel: false }
    found({ alert, expr, for: text(raw.for) ?? text(raw.duration), severity, summary }, path)
    return
  }
  for (const [key, value] of Object.entries(raw)) collectRules(value, [...path, key], found)
}

function mapOf(raw: Raw | undefined): { [key: string]: Raw } {
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw) ? raw : {}
}
