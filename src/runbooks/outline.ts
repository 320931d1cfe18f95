// The outline of a document: its headings as a tree, each with the blocks under it.
import { alertNameOf } from './alert-names.ts'
import { type Block, type Heading, isTasks, lineOf, type Root, textOf } from './markdown.ts'
import { partOf } from './parts.ts'
import { readHeading, withoutNumber } from './title.ts'

export type Section = {
  /** Null for what stands before the first heading, and for the document itself. */
  heading: Heading | null
  depth: number
  line: number
  /** As written, and as read. */
  raw: string
  title: string
  blocks: Block[]
  children: Section[]
}

export function outlineOf(root: Root): Section {
  const document: Section = { heading: null, depth: 0, line: 1, raw: '', title: '', blocks: [], children: [] }
  const path = [document]
  for (const node of root.children) {
    if (node.type !== 'heading') {
      path.at(-1)?.blocks.push(node)
      continue
    }
    while ((path.at(-1)?.depth ?? 0) >= node.depth) path.pop()
    const raw = textOf(node)
    const { title } = readHeading(raw)
    const section = { heading: node, depth: node.depth, line: lineOf(node), raw, title, blocks: [], children: [] }
    path.at(-1)?.children.push(section)
    path.push(section)
  }
  return document
}

/** The sections that are procedures, in order: those that hold the parts of one. */
export function proceduresIn(section: Section): Section[] {
  const below = section.children.filter((child) => partOf(child.title) === null).flatMap(proceduresIn)
  if (below.length > 0) return below
  return section.heading !== null && isProcedure(section) ? [section] : []
}

function isProcedure(section: Section): boolean {
  if (namesSteps(section)) return true
  return hasSteps(section) && (partsOf(section).includes('symptoms') || answersAnAlert(section))
}

/** Whether its steps stand in a part of their own, such as "Investigation". */
export function namesSteps(section: Section): boolean {
  return partsOf(section).includes('steps')
}

/** Kinds of the parts right below a section, whether they are headings or bold words. */
function partsOf(section: Section): string[] {
  const headings = section.children.map((child) => partOf(child.title)?.kind)
  const labels = section.blocks.map((block) => labelOf(block)?.kind)
  return [...headings, ...labels].filter((kind) => kind !== undefined)
}

/** `**Investigation Steps:**` used as a heading. */
function labelOf(block: Block) {
  if (block.type !== 'paragraph') return null
  const first = block.children[0]
  return first?.type === 'strong' || first?.type === 'emphasis' ? partOf(textOf(first)) : null
}

/** Numbered items, boxes to tick or numbered headings, here or below. */
export function hasSteps(section: Section): boolean {
  const numbered = section.children.filter((child) => withoutNumber(child.title) !== null)
  return section.blocks.some(isTasks) || numbered.length > 1 || section.children.some(hasSteps)
}

/** A heading that is an alert's name, or that says how bad it is, is about one thing that goes wrong. */
function answersAnAlert({ heading, raw, title }: Section): boolean {
  if (heading?.children.some((child) => child.type === 'inlineCode')) return true
  return alertNameOf(title) !== null || readHeading(raw).severity !== null
}
