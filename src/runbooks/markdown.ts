// Pieces of a Markdown file, cut out so that they read alone as they read in the file.
import { toString as textOf } from 'mdast-util-to-string'
import { parseMarkdown } from '../chat/markdown.ts'
import { RunbookProblem } from './problem.ts'

export type Root = ReturnType<typeof parseMarkdown>
export type Block = Root['children'][number]
export type List = Extract<Block, { type: 'list' }>
export type ListItem = List['children'][number]
export type Paragraph = Extract<Block, { type: 'paragraph' }>
export type Heading = Extract<Block, { type: 'heading' }>

/** A block and the file it stands in. */
export type Source = { text: string }

export function readMarkdown(text: string): Root {
  const root = parseMarkdown(text)
  for (const node of root.children) refuseOpenFence(node, text)
  return root
}

/** An entry of a table of contents. */
function leadsToHeading({ children: [first, ...rest] }: ListItem): boolean {
  if (first?.type !== 'paragraph' || rest.some((block) => block.type !== 'list')) return false
  const link = first.children[0]
  return first.children.length === 1 && link?.type === 'link' && link.url.startsWith('#')
}

/** The line a node begins on, from 1. */
export function lineOf(node: Block): number {
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
  return dedent(file.text.slice(start.offset, end.offset), start.column - 1)
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

/** A code block that is never closed swallows the rest of the file, and with it the steps. */
function refuseOpenFence(node: Block, text: string): void {
  if ('children' in node) for (const child of node.children) refuseOpenFence(child as Block, text)
  if (node.type !== 'code' || node.position === undefined) return
  const block = text.slice(node.position.start.offset, node.position.end.offset)
  const fence = /^(`{3,}|~{3,})/.exec(block)?.[1]
  if (fence === undefined) return
  const last = block.split('\n').slice(1).at(-1)?.trim() ?? ''
  if (last.length < fence.length || last.replaceAll(fence[0] ?? '', '') !== '')
    throw new RunbookProblem(`this code block is never closed: end it with ${fence}`, lineOf(node))
}
