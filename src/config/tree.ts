// tocsin.yaml as plain data in which every scalar is text, and where in the file each piece of it stands.
// Text, because `${VAR}` is text, `012` is an account and `no` is a label's value: each key's notation reads its own.
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml'
import { expand } from './interpolate.ts'
import { type Problem, showPath } from './problem.ts'
import { unclosed, unclosedQuote } from './unclosed.ts'

export type Raw = string | null | Raw[] | { [key: string]: Raw }
export type Path = readonly PropertyKey[]
export type Environment = Record<string, string | undefined>

export type Found = {
  raw: Raw
  offset: number
  /** The text as it stands in the file, when something was put into it: what to show instead of a secret. */
  written: string | null
  /** Could not be expanded; told already. */
  failed: boolean
}

/** Deeper than any key of ours; only an anchor that holds itself gets there. */
const deepest = 40

/** Values that aliases stand for. A few lines of aliases of aliases stand for more than there is memory. */
const mostCopied = 100_000

/** Reading never throws: what is wrong with the YAML itself is in `problems`. */
export class Tree {
  readonly root: Raw
  readonly problems: Problem[] = []
  /** Keys and values in typographic quotes, which YAML takes for letters. */
  readonly curly: Problem[] = []
  /** False when the text is not YAML: the data is then a guess, not worth checking. */
  readonly readable: boolean
  readonly #file: string
  readonly #env: Environment
  readonly #lines = new LineCounter()
  readonly #document: Document
  readonly #found = new Map<string, Found>()
  /** What each alias stands for: the document is walked through once, as looking for each anchor takes that long again. */
  readonly #meant = new Map<Alias, Node>()
  /** Aliases that are being read, one within the other, and how many values all have stood for so far. */
  #aliases = 0
  #copied = 0
  #isWhole = true

  constructor(source: string, file: string, env: Environment) {
    this.#file = file
    this.#env = env
    // Failsafe: every scalar is a string.
    const options = { schema: 'failsafe', lineCounter: this.#lines, prettyErrors: false, merge: true } as const
    this.#document = parseDocument(shield(source), options)
    const errors = this.#document.errors
    const quote = errors.map(({ message }) => unclosedQuote(source, message)).find((one) => one !== null)
    if (quote !== undefined) this.#report(quote.offset, [], quote.message)
    // All else that is wrong then is within a text that was not meant to go on.
    const told = quote === undefined ? errors : []
    told.forEach((error, i) => {
      // One slip makes everything after it unexpected: only the first is worth reading.
      const echo = i > 0 && error.code === 'UNEXPECTED_TOKEN'
      if (echo) return
      const bracket = unclosed(source, error.pos[0], error.message)
      if (bracket !== null) this.#report(bracket.offset, [], bracket.message)
      else this.#report(error.pos[0], [], yamlMessage(error.code, error.message))
    })
    this.#lookUp(this.#document.contents, new Map(), 0)
    this.root = this.#convert(this.#document.contents, [], 0)
    this.readable = errors.every((error) => error.code === 'DUPLICATE_KEY') && this.#isWhole
  }

  find(path: Path): Found | null {
    return this.#found.get(JSON.stringify(path)) ?? null
  }

  /** From 1; the place of the path, else of the nearest thing above it that exists. */
  place(path: Path): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const found = this.find(path.slice(0, length))
      if (found) return this.#position(found.offset)
    }
    return { line: 1, column: 1 }
  }

  #convert(node: unknown, path: Path, keyOffset: number): Raw {
    const offset = offsetOf(node) ?? keyOffset
    if (path.length > deepest || this.#aliases > deepest)
      return this.#giveUp(keyOffset, path, 'is nested too deeply; does an anchor hold itself?')
    if (this.#aliases > 0 && ++this.#copied > mostCopied) {
      const message = `the aliases (*) of this file stand for more than ${mostCopied} values; write out what they are to say`
      return this.#giveUp(keyOffset, path, message)
    }
    if (isAlias(node)) return this.#alias(node, path, offset)
    if (isMap(node)) return this.#keep(path, keyOffset, this.#mapping(node.items, path, keyOffset))
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.#convert(item, [...path, i], offsetOf(item) ?? offset))
      return this.#keep(path, keyOffset, items)
    }
    if (!isScalar(node)) return this.#keep(path, keyOffset, null)
    const written = unshield(String(node.value ?? ''))
    this.#doubt(node, path)
    if (node.type === 'PLAIN' && /^(|~|null)$/i.test(written)) return this.#keep(path, keyOffset, null)
    const { text, changed, failures } = expand(written, this.#env)
    for (const failure of failures) this.#report(offset, path, failure)
    const failed = failures.length > 0
    this.#found.set(JSON.stringify(path), { raw: text, offset, written: changed ? written : null, failed })
    return text
  }

  /** Told once: what comes after it is as endless. */
  #giveUp(offset: number, path: Path, message: string): null {
    if (this.#isWhole) this.#report(offset, path.slice(0, 3), message)
    this.#isWhole = false
    return null
  }

  /** An alias stands for what had its name last before it. */
  #lookUp(node: unknown, anchors: Map<string, Node>, depth: number): void {
    if (depth > deepest) return
    if (isAlias(node)) {
      const meant = anchors.get(node.source)
      if (meant !== undefined) this.#meant.set(node, meant)
      return
    }
    if (!isNode(node)) return
    if (node.anchor) anchors.set(node.anchor, node)
    for (const item of isCollection(node) ? node.items : [])
      for (const inner of isPair(item) ? [item.key, item.value] : [item]) this.#lookUp(inner, anchors, depth + 1)
  }

  #alias(node: Alias, path: Path, offset: number): Raw {
    const meant = this.#meant.get(node)
    if (meant === undefined) {
      const { source } = node
      this.#report(offset, path, `*${source} stands for nothing: write &${source} before what it means, or quote it`)
      return this.#keep(path, offset, null, true)
    }
    this.#aliases++
    const raw = this.#convert(meant, path, offset)
    this.#aliases--
    return raw
  }

  #mapping(items: Pair<unknown, unknown>[], path: Path, mapOffset: number): Raw {
    // Merged keys first: what the mapping says itself wins over what `<<` brings along.
    const sorted = [...items].sort((a, b) => Number(isMerge(b)) - Number(isMerge(a)))
    const entries: [string, Raw][] = []
    for (const pair of sorted) {
      const { key, value } = pair
      const offset = offsetOf(key) ?? mapOffset
      if (isMerge(pair)) {
        const parts = isSeq(value) ? [...value.items].reverse() : [value]
        for (const part of parts) entries.push(...Object.entries(this.#convert(part, path, offset) ?? {}))
        continue
      }
      const name = isScalar(key) ? key.value : null
      if (isScalar(key)) this.#doubt(key, [...path, String(name)])
      if (typeof name !== 'string') this.#report(offset, path, 'has a key that is not a text')
      else if (name === '__proto__') this.#report(offset, path, 'cannot have a key __proto__')
      else entries.push([name, this.#convert(value, [...path, name], offset)])
    }
    return Object.fromEntries(entries)
  }

  #keep(path: Path, offset: number, raw: Raw, failed = false): Raw {
    this.#found.set(JSON.stringify(path), { raw, offset, written: null, failed })
    return raw
  }

  #doubt({ type, value, range }: Scalar, path: Path): void {
    if (type !== 'PLAIN' || !isInCurlyQuotes(String(value))) return
    const message = 'the curly quotes “ ” are a part of it, and it equals nothing that has none'
    this.curly.push({
      file: this.#file,
      ...this.#position(range?.[0] ?? 0),
      path: showPath(path),
      message,
      example: 'straight ones (")',
    })
  }

  #report(offset: number, path: Path, message: string): void {
    this.problems.push({ file: this.#file, ...this.#position(offset), path: showPath(path), message })
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    return { line, column: col }
  }
}

/**
 * Braces of `${VAR}` end a plain text inside `{ … }`, and nobody expects to have to quote there: YAML is given stand-ins of
 * the same length, so that every place stays where it is.
 */
function shield(source: string): string {
  return source.replace(/\$\{([^{}\n]*)\}/g, '$\ue000$1\ue001')
}

function unshield(text: string): string {
  return text.replace(/\$\ue000([^\ue001]*)\ue001/g, `\${$1}`)
}

/** All of it, or it is a list that its commas cut through such a text. What a sentence quotes, or ends with, is no such thing. */
function isInCurlyQuotes(text: string): boolean {
  const opens = /^[“„]/.test(text)
  const closes = /[”“"]$/.test(text) && text.length > 1
  const inner = text.slice(opens ? 1 : 0, closes ? -1 : undefined)
  if (opens || /[”]$/.test(text)) return !/[“”„]/.test(inner)
  return /^[‘‚][^‘‚]*[’‘]$/.test(text)
}

function isMerge({ key }: Pair<unknown, unknown>): boolean {
  return isScalar(key) && (typeof key.value === 'symbol' || key.value === '<<')
}

function offsetOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null
}

function yamlMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key was already written above; give each a name of its own'
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here (---); keep everything in one'
  if (code === 'TAB_AS_INDENT') return 'YAML does not allow tabs for indentation; use spaces'
  return `not valid YAML: ${unshield(message).replace(/\s+/g, ' ')}`
}
