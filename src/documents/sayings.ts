// What a document says, one saying at a time: a paragraph, an item of a list, a row of a table, each with its line and with
// what stands above it.
import { alertNamesIn } from '../runbooks/alert-names.ts'
import { type Block, lineOf, type Table, textOf } from '../runbooks/markdown.ts'
import type { Section } from '../runbooks/outline.ts'
import { cleanWords } from '../runbooks/title.ts'

export type Saying = {
  text: string
  line: number
  kind: 'paragraph' | 'item' | 'row'
  /** The items of lists that it stands below, the nearest last. */
  under: Saying[]
  /** The line in bold above it that stands for a heading; null without one. */
  label: { text: string; line: number } | null
  /** Alert names in it. */
  alerts: string[]
  /** A box to tick. */
  isTask: boolean
}

export type Grid = { head: string[]; rows: { cells: string[]; line: number; alerts: string[] }[]; line: number }

/** A part of the document: a heading, or the beginning, with what stands right below it. */
export type Chapter = {
  /** Titles from the outermost down to its own. */
  titles: string[]
  /** As written, with severity and emoji; empty for the beginning. */
  raw: string
  line: number
  /** The last line before the next heading. */
  end: number
  sayings: Saying[]
  grids: Grid[]
  /** Belongs to a procedure: its prose is what the runbook says. */
  isProcedure: boolean
}

export function chaptersOf(document: Section, procedures: number[], lines: number): Chapter[] {
  const chapters: Chapter[] = []
  const walk = (section: Section, titles: string[], inside: boolean) => {
    const mine = section.heading === null ? titles : [...titles, section.title]
    const isProcedure = inside || (section.heading !== null && procedures.includes(section.line))
    const read = readBlocks(section.blocks)
    const { raw, line } = section
    chapters.push({ titles: mine, raw, line, end: lines, isProcedure, ...read })
    for (const child of section.children) walk(child, mine, isProcedure)
  }
  walk(document, [], false)
  return chapters.map((chapter, i) => ({ ...chapter, end: (chapters[i + 1]?.line ?? lines + 1) - 1 }))
}

function readBlocks(blocks: Block[]): { sayings: Saying[]; grids: Grid[] } {
  const sayings: Saying[] = []
  const grids: Grid[] = []
  let label: Saying['label'] = null
  for (const block of blocks) {
    if (block.type === 'table') grids.push(gridOf(block))
    else if (isLabel(block)) label = { text: cleanWords(textOf(block)).replace(/\s*:$/, ''), line: lineOf(block) }
    sayings.push(...sayingsIn(block, [], label))
  }
  return { sayings, grids }
}

/** A paragraph of bold words alone, or one that ends with a colon and announces what follows. */
function isLabel(block: Block): boolean {
  if (block.type !== 'paragraph') return false
  const [first, ...others] = block.children
  if (first?.type === 'strong' && others.every((one) => textOf(one).trim().replace(':', '') === '')) return true
  const text = textOf(block).trim()
  return text.endsWith(':') && text.length < 80 && !text.includes('\n')
}

function sayingsIn(block: Block, under: Saying[], label: Saying['label']): Saying[] {
  const of = (text: string, line: number, kind: Saying['kind'], blocks: Block[], isTask = false): Saying => ({
    ...{ text: text.replace(/\s+/g, ' ').trim(), line, kind, under, label, isTask },
    alerts: alertNamesIn(blocks),
  })
  switch (block.type) {
    case 'paragraph': {
      // Lines that a person ended with two blanks, or that begin alike, are said one by one.
      const lines = textOf(block).split('\n')
      const isList = lines.length > 1 && lines.every((line) => /^[^:]{1,40}:\s/.test(line))
      if (!isList) return [of(textOf(block), lineOf(block), 'paragraph', [block])]
      return lines.map((line, i) => of(line, lineOf(block) + i, 'paragraph', i === 0 ? [block] : []))
    }
    case 'list':
      return block.children.flatMap((item) => {
        const [first, ...rest] = item.children
        const text = first?.type === 'paragraph' ? textOf(first) : ''
        const task = typeof item.checked === 'boolean'
        const saying = of(text, lineOf(item), 'item', first ? [first as Block] : [], task)
        const below = first?.type === 'paragraph' ? rest : item.children
        return [saying, ...below.flatMap((child) => sayingsIn(child as Block, [...under, saying], label))]
      })
    case 'blockquote':
      return block.children.flatMap((child) => sayingsIn(child as Block, under, label))
    case 'table':
      return block.children
        .slice(1)
        .map((row) => of(row.children.map((cell) => textOf(cell).trim()).join(' · '), lineOf(row), 'row', [row]))
    default:
      return []
  }
}

function gridOf(table: Table): Grid {
  const [head, ...rows] = table.children
  const cells = (row: Table['children'][number]) => row.children.map((cell) => cleanWords(textOf(cell)))
  return {
    head: head === undefined ? [] : cells(head),
    rows: rows.map((row) => ({ cells: cells(row), line: lineOf(row), alerts: alertNamesIn([row]) })),
    line: lineOf(table),
  }
}
