// Markdown as a tree, and one walk over it that every platform writes its own dialect through: so that lists, tables
// and references look alike everywhere, and no platform parses with regular expressions.
import type { Definition, List, ListItem, Nodes, Parent, PhrasingContent, Root, RootContent, Table } from 'mdast'
import { Remembered } from '../core/remembered.ts'
import { readPlain } from './inline.ts'
import { readMarkdown } from './parser.ts'
import { withoutTags } from './tags.ts'

/** How one platform writes each kind of thing. `inner` is already written in the dialect. */
export type Dialect = {
  /** Plain words; must come out as plain words, whatever is in them. `alone`: nothing stands beside them in their block. */
  text(value: string, alone: boolean): string
  strong(inner: string): string
  emphasis(inner: string): string
  strike(inner: string): string
  inlineCode(value: string): string
  /** A fenced block; `language` as written behind the fence. */
  code(value: string, language: string | null): string
  /** `label` is plain text, not yet escaped. */
  link(label: string, inner: string, url: string): string
  heading(inner: string, depth: number): string
  quote(inner: string): string
  /** In front of an item: `bullet` is null for a bullet, else its number. */
  marker(bullet: number | null): string
  rule(): string
}

/** Nesting shown, in levels; what is deeper is somebody's joke. */
const deepest = 30

/** A line that opens so many quotations and lists: each costs the parser more time than the one before. */
const absurd = /^[ \t]*(?:(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])[ \t]*){200}/m

/**
 * The tree of a Markdown text (CommonMark and GitHub's tables, strike-through, task lists and bare links). Text nested so
 * deeply that the parser runs out of stack or of time comes back as one paragraph of plain words.
 */
export function parseMarkdown(text: string): Root {
  const known = trees.get(text)
  if (known !== undefined) return known
  const tree = withoutTags(parse(text))
  trees.set(text, tree)
  return tree
}

/** The same with its HTML, for what is read once and is long: it is not remembered. */
export function parseDocument(text: string): Root {
  return parse(text)
}

/** Each text is read for the message, for its notification and on every platform; most fields say the same each time. */
const trees = new Remembered<Root>(500)

/** The tree of what a message says: the same, but of what is plain it tells no positions. That is read far faster. */
export function messageTree(text: string): Root {
  return readPlain(text) ?? parseMarkdown(text)
}

/** A line in which nothing can be a mark or an address. */
const onlyWords = /^(?!\d+[.)](?:\s|$))[\p{L}\p{N}](?:(?!www\.|:\/\/| {2})[\p{L}\p{N} ,;.:/()%'’“”–·…-])*(?<! )$/iu

function parse(text: string): Root {
  if (onlyWords.test(text) || absurd.test(text)) return asWords(text)
  try {
    return readMarkdown(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return asWords(text)
  }
}

function asWords(text: string): Root {
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] }
}

/** The words of a Markdown text without any marks: one line for each block, item or row. Images give their description. */
export function plainText(text: string): string {
  return writeBlocks(messageTree(text), plain).join('\n')
}

/** Writes each top-level block of a tree in a dialect. Empty ones (such as link definitions) are left out. */
export function writeBlocks(root: Root, dialect: Dialect): string[] {
  const writer = new Writer(root, dialect)
  return root.children.map((node) => writer.block(node)).filter((block) => block !== '')
}

class Writer {
  readonly #dialect: Dialect
  readonly #definitions: Map<string, Definition>
  #depth = 0
  constructor(root: Root, dialect: Dialect) {
    this.#dialect = dialect
    this.#definitions = new Map(root.children.flatMap((n) => (n.type === 'definition' ? [[n.identifier, n]] : [])))
  }

  block(node: RootContent | Nodes): string {
    switch (node.type) {
      case 'paragraph':
        return this.#inline(node)
      case 'heading':
        return this.#dialect.heading(this.#inline(node), node.depth)
      case 'code':
        return this.#dialect.code(node.value, node.lang ?? null)
      case 'blockquote':
        return this.#dialect.quote(this.#blocks(node))
      case 'list':
        return this.#list(node)
      case 'table':
        return this.#dialect.code(
          tableText(node, (cell) => this.#words(cell, true)),
          null,
        )
      case 'thematicBreak':
        return this.#dialect.rule()
      case 'html':
        return this.#dialect.text(node.value, true)
      case 'footnoteDefinition':
        return `${this.#dialect.text(`[${node.identifier}] `, false)}${this.#blocks(node)}`
      case 'definition':
      case 'yaml':
        return ''
      default:
        return this.#phrase(node as PhrasingContent, true)
    }
  }

  #blocks(parent: Parent): string {
    if (this.#depth >= deepest) return this.#dialect.text('…', true)
    this.#depth += 1
    const blocks = parent.children.map((node) => this.block(node)).filter((block) => block !== '')
    this.#depth -= 1
    return blocks.join('\n')
  }

  #inline(parent: Parent): string {
    return parent.children.map((n) => this.#phrase(n as PhrasingContent, parent.children.length === 1)).join('')
  }

  #phrase(node: PhrasingContent, alone: boolean): string {
    switch (node.type) {
      case 'text':
        return this.#dialect.text(node.value, alone)
      case 'strong':
        return this.#dialect.strong(this.#inline(node))
      case 'emphasis':
        return this.#dialect.emphasis(this.#inline(node))
      case 'delete':
        return this.#dialect.strike(this.#inline(node))
      case 'inlineCode':
        return this.#dialect.inlineCode(node.value)
      case 'break':
        return '\n'
      case 'link':
        return this.#dialect.link(this.#words(node), this.#inline(node), node.url)
      case 'linkReference': {
        const url = this.#urlOf(node.identifier)
        return url === '' ? this.#inline(node) : this.#dialect.link(this.#words(node), this.#inline(node), url)
      }
      case 'image':
        return this.#picture(node.alt, node.url)
      case 'imageReference':
        return this.#picture(node.alt, this.#urlOf(node.identifier))
      case 'footnoteReference':
        return this.#dialect.text(`[${node.identifier}]`, false)
      case 'html':
        return this.#dialect.text(node.value, false)
      default:
        return node satisfies never
    }
  }

  /** A picture on somebody's server is not fetched by everybody who reads: it is a link. */
  #picture(alt: string | null | undefined, url: string): string {
    const label = alt || url
    return this.#dialect.link(label, this.#dialect.text(label, false), url)
  }

  #list(list: List): string {
    return list.children.map((item, i) => this.#item(item, list.ordered ? (list.start ?? 1) + i : null)).join('\n')
  }

  #item(item: ListItem, bullet: number | null): string {
    const task = item.checked === true ? '☑ ' : item.checked === false ? '☐ ' : ''
    const [first = '', ...rest] = this.#blocks(item).split('\n')
    // Code inside an item is not indented: its lines are copied.
    let fenced = first.startsWith('```')
    const lines = rest.map((line) => {
      const inside = fenced
      if (line.startsWith('```')) fenced = !fenced
      return inside || line.startsWith('```') ? line : `    ${line}`
    })
    const start = first.startsWith('```')
      ? [this.#dialect.marker(bullet) + task, first]
      : [this.#dialect.marker(bullet) + task + first]
    return [...start, ...lines].join('\n')
  }

  #urlOf(identifier: string): string {
    return this.#definitions.get(identifier)?.url ?? ''
  }

  /** `isCell`: nothing in it can be pressed, so a link says where it leads. */
  #words(node: Nodes, isCell = false): string {
    if ('value' in node) return node.value
    if (node.type === 'image' || node.type === 'imageReference') return node.alt ?? ''
    if (node.type === 'break') return isCell ? ' · ' : ' '
    const words = 'children' in node ? node.children.map((child) => this.#words(child, isCell)).join('') : ''
    const url = node.type === 'link' ? node.url : node.type === 'linkReference' ? this.#urlOf(node.identifier) : ''
    return !isCell || url === '' || url.endsWith(words) ? words : `${words} (${url})`
  }
}

/** Columns lined up with spaces, for a fixed-width font: chat clients draw no tables. */
function tableText(table: Table, words: (node: Nodes) => string): string {
  const rows = table.children.map((row) => row.children.map((cell) => words(cell)))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (table.align?.[i] === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  const underline = widths.map((width) => '-'.repeat(width)).join('  ')
  return [lines[0] ?? '', underline, ...lines.slice(1)].join('\n')
}

const same = (inner: string) => inner
const plain: Dialect = {
  text: same,
  strong: same,
  emphasis: same,
  strike: same,
  inlineCode: same,
  code: same,
  link: (_label, inner) => inner,
  heading: same,
  quote: same,
  marker: (bullet) => (bullet === null ? '• ' : `${bullet}. `),
  rule: () => '',
}
