// Pieces of a Markdown file, cut out so that they read alone as they read in the file.
import { toString as textOf } from 'mdast-util-to-string'
import { parseDocument } from '../chat/markdown.ts'
import { wordsIn, wordsOfTag } from '../chat/tags.ts'
import { type Piece, piecesOf } from './lines.ts'
import { partOf } from './parts.ts'

export type Root = ReturnType<typeof parseDocument>
export type Block = Root['children'][number]
export type List = Extract<Block, { type: 'list' }>
export type ListItem = List['children'][number]
export type Table = Extract<Block, { type: 'table' }>
export type Paragraph = Extract<Block, { type: 'paragraph' }>
export type Heading = Extract<Block, { type: 'heading' }>

/** The file a block stands in; `written`: its lines before anything was repaired. */
export type Source = { text: string; written: string[] }

/** `openFence`: the line of the first code block that is never closed, with what would close it; it swallows what follows. */
export type Parsed = { root: Root; openFence: { line: number; fence: string } | null }

/** Above this, in characters, a text is read in pieces only; below it is read again as a whole where the pieces may mislead. */
const readableWhole = 200_000

export function readMarkdown(text: string): Parsed {
  const pieces = piecesOf(text)
  const parsed = inPieces(pieces)
  if (parsed.openFence === null || pieces.length === 1 || text.length > readableWhole) return parsed
  return inPieces([{ text, line: 1, offset: 0 }])
}

function inPieces(pieces: Piece[]): Parsed {
  const children: Block[] = []
  let openFence: Parsed['openFence'] = null
  for (const piece of pieces) {
    const root = parseDocument(piece.text)
    for (const node of root.children) {
      openFence ??= openFenceIn(node, piece)
      spellBreaks(node)
      for (const part of labelledParts(node)) {
        if (piece.offset > 0) move(part, piece)
        children.push(part)
      }
    }
  }
  return { root: { type: 'root', children }, openFence }
}

/** `**Meaning:** …` and `**Fix:** …` on lines that follow each other are paragraphs of their own. */
function labelledParts(node: Block): Block[] {
  if (node.type !== 'paragraph' || node.position === undefined) return [node]
  const starts = node.children.flatMap((child, i) => {
    const before = node.children[i - 1]
    const isLine = before?.type === 'text' && /\n[ \t]*$/.test(before.value)
    const kind = child.type === 'strong' ? partOf(textOf(child))?.kind : undefined
    const isLabel = kind !== undefined && kind !== 'other'
    const isMarked = /[:：]\s*$/.test(textOf(child)) || /^\s*[:：]/.test(textAfter(node, i))
    return isLine && isLabel && isMarked ? [i] : []
  })
  const { start, end } = node.position
  return [0, ...starts].map((from, n) => {
    const until = starts[n] ?? node.children.length
    const children = node.children.slice(from, until)
    const position = {
      start: from === 0 ? start : { ...(children[0]?.position?.start ?? start) },
      end: until === node.children.length ? end : { ...(children.at(-1)?.position?.end ?? end) },
    }
    return { ...node, children, position }
  })
}

function textAfter(node: Paragraph, index: number): string {
  const next = node.children[index + 1]
  return next === undefined ? '' : textOf(next)
}

/** A break within a paragraph parts words, as the end of a line does; of other tags in it only those are words that look like none. */
function spellBreaks(node: Block, words = wordsIn(node)): void {
  if (!('children' in node)) return
  const isText = node.type === 'paragraph' || node.type === 'heading'
  for (const child of node.children as Block[]) {
    if ((child as { type: string }).type === 'break') Object.assign(child, { type: 'text', value: '\n' })
    else if (isText && child.type === 'html') Object.assign(child, { type: 'text', value: wordsOfTag(child, words) })
    else spellBreaks(child, words)
  }
}

/** Places in a piece become places in the file. */
function move(node: Block, piece: Piece): void {
  for (const point of node.position === undefined ? [] : [node.position.start, node.position.end]) {
    point.line += piece.line - 1
    point.offset = (point.offset ?? 0) + piece.offset
  }
  if ('children' in node) for (const child of node.children) move(child as Block, piece)
}

/** An entry of a table of contents. */
function leadsToHeading({ children: [first, ...rest] }: ListItem): boolean {
  if (first?.type !== 'paragraph' || rest.some((block) => block.type !== 'list')) return false
  const link = first.children[0]
  return first.children.length === 1 && link?.type === 'link' && link.url.startsWith('#')
}

/** The line a node begins on, from 1. */
export function lineOf(node: { position?: Block['position'] }): number {
  return node.position?.start.line ?? 1
}

/** Blocks as Markdown of their own: what a list had indented stands at the margin. Code keeps every byte. */
export function cut(blocks: Block[], file: Source): string {
  return blocks.map((block) => cutBlock(block, file)).join('\n\n')
}

/** A part of a paragraph, from the end of one of its children on. */
export function cutAfter(paragraph: Block, offset: number, file: Source): string {
  const end = paragraph.position?.end.offset ?? offset
  return dedent(file.text.slice(offset, end), (paragraph.position?.start.column ?? 1) - 1).trim()
}

/** A numbered list, or one with boxes to tick. */
export function isTasks(node: Block): boolean {
  if (node.type !== 'list') return false
  if (node.children.every(leadsToHeading)) return false
  return node.ordered === true || node.children.some((item) => typeof item.checked === 'boolean')
}

export { textOf }

function cutBlock(block: Block, file: Source): string {
  if (block.type === 'code') {
    const info = [block.lang, block.meta].filter(Boolean).join(' ')
    return codeBlock(block.value, info)
  }
  const { start, end } = block.position ?? { start: { offset: 0, column: 1 }, end: { offset: 0 } }
  const text = dedent(file.text.slice(start.offset, end.offset), start.column - 1)
  return block.type === 'paragraph' ? text.trimEnd() : text
}

function codeBlock(value: string, info: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...value.matchAll(/`+/g)].map((run) => run[0].length + 1)))
  return `${fence}${info}\n${value}\n${fence}`
}

/** Takes up to `columns` of white space from every line but the first, which was cut at its place. */
function dedent(text: string, columns: number): string {
  const [first = '', ...lines] = text.split(/\r?\n/)
  return [first, ...lines.map((line) => withoutIndent(line, columns))].join('\n')
}

function withoutIndent(line: string, columns: number): string {
  let column = 0
  let at = 0
  while (column < columns && (line[at] === ' ' || line[at] === '\t')) {
    // A tab reaches to the next multiple of four, as Markdown counts it.
    column += line[at] === '\t' ? 4 - (column % 4) : 1
    at++
  }
  return ' '.repeat(Math.max(0, column - columns)) + line.slice(at)
}

/** A code block that is never closed swallows the rest, and with it the steps; unless there is no rest. */
function openFenceIn(node: Block, piece: Piece): Parsed['openFence'] {
  if ('children' in node) {
    for (const child of node.children) {
      const open = openFenceIn(child as Block, piece)
      if (open !== null) return open
    }
  }
  if (node.type !== 'code' || node.position === undefined || node.value.trim() === '') return null
  const block = piece.text.slice(node.position.start.offset, node.position.end.offset)
  const fence = /^(`{3,}|~{3,})/.exec(block)?.[1]
  if (fence === undefined) return null
  const last = block
    .slice(block.lastIndexOf('\n') + 1)
    .replace(/^[\s>]+/, '')
    .trim()
  const isClosed = block.includes('\n') && last.length >= fence.length && last.replaceAll(fence.charAt(0), '') === ''
  return isClosed ? null : { line: node.position.start.line + piece.line - 1, fence }
}
