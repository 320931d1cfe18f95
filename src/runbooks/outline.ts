// The outline of a document: its headings as a tree, each with the blocks under it.
import { alertNameOf } from './alert-names.ts'
import { type Block, type Heading, isTasks, lineOf, type Paragraph, type Root, textOf } from './markdown.ts'
import { type Part, partOf } from './parts.ts'
import { isStepsTable } from './step-table.ts'
import { cleanWords, readHeading, withoutNumber } from './title.ts'

export type Section = {
  /** Null for what stands before the first heading, and for the document itself. A line in bold may stand for one. */
  heading: Heading | Paragraph | null
  depth: number
  line: number
  /** As written, and as read. */
  raw: string
  title: string
  blocks: Block[]
  children: Section[]
}

/** Deeper than any heading that is marked as one. */
const boldDepth = 7

export function outlineOf(root: Root): Section {
  const document: Section = { heading: null, depth: 0, line: 1, raw: '', title: '', blocks: [], children: [] }
  const path = [document]
  const bold = boldHeadings(root)
  for (const node of root.children) {
    const depth = node.type === 'heading' ? node.depth : bold.has(node) ? boldDepth : null
    if (depth === null || (node.type !== 'heading' && node.type !== 'paragraph')) {
      path.at(-1)?.blocks.push(node)
      continue
    }
    while ((path.at(-1)?.depth ?? 0) >= depth) path.pop()
    const raw = textOf(node)
    const { title } = readHeading(raw)
    const section = { heading: node, depth, line: lineOf(node), raw, title, blocks: [], children: [] }
    path.at(-1)?.children.push(section)
    path.push(section)
  }
  return document
}

/**
 * Lines in bold that stand for headings: those under which a part such as "Symptoms" begins, in a chapter that has none
 * before them. A procedure's own steps may be bold lines, too.
 */
function boldHeadings({ children }: Root): Set<Block> {
  const found = new Set<Block>()
  let candidate: Block | null = null
  let isTaken = false
  for (const node of children) {
    if (node.type === 'heading') {
      candidate = null
      isTaken = partOf(readHeading(textOf(node)).title) !== null
    } else if (isBoldLine(node)) {
      candidate = isTaken ? null : node
    } else if (labelOf(node) !== null) {
      if (candidate === null) isTaken = true
      else found.add(candidate)
    }
  }
  return found
}

function isBoldLine(node: Block): boolean {
  if (node.type !== 'paragraph' || node.children.length !== 1 || node.children[0]?.type !== 'strong') return false
  const words = textOf(node)
  return partOf(words) === null && withoutNumber(cleanWords(words)) === null && !/[.!?]$/.test(words)
}

/** The sections that are procedures, in order: those that hold the parts of one. */
export function proceduresIn(section: Section): Section[] {
  const isOne = partsOf(section).includes('symptoms')
  const below = section.children.flatMap((child) => {
    if (partOf(child.title) === null) return proceduresIn(child)
    // A chapter may be called like a part: "Procedures", "Alerts"; so it is where what is below goes by the names of alerts.
    const inChapter = child.children.flatMap(proceduresIn)
    const isChapter = !namesSteps(section) && child.children.some((one) => alertNameOf(one.title) !== null)
    return isOne && !isChapter ? [] : inChapter.filter((one) => namesSteps(one) || saysWhatIsWrong(one))
  })
  if (below.length > 0) return below
  return section.heading !== null && isProcedure(section) ? [section] : []
}

/**
 * A document whose title stands in its front matter, as for Docusaurus, Hugo and Jekyll: its first headings are the parts of one
 * procedure. `titled`: there is such a title.
 */
export function isProcedureItself(document: Section, titled: boolean): boolean {
  const parts = partsOf(document)
  return (
    (parts.includes('steps') && titled) ||
    (parts.includes('symptoms') && (parts.includes('steps') || hasSteps(document)))
  )
}

function isProcedure(section: Section): boolean {
  if (namesSteps(section)) return true
  return hasSteps(section) && (partsOf(section).includes('symptoms') || answersAnAlert(section))
}

/** Whether its steps stand in a part of their own, such as "Investigation". */
export function namesSteps(section: Section): boolean {
  return partsOf(section).includes('steps')
}

/**
 * Where nothing is called a procedure: the chapters that hold steps, if the document itself does not. What comes back every
 * day, and what a severity means, are none.
 */
export function chaptersOfSteps(document: Section): Section[] {
  const only = onlyChapter(document)
  if (holdsSteps(document) || (only !== null && holdsSteps(only))) return []
  const below = (section: Section): Section[] =>
    section.children.flatMap((child) => {
      const counts = partOf(child.title) === null && !recurring.test(child.title) && !general.test(child.title)
      return counts && holdsSteps(child) ? [child] : partOf(child.title) === null ? below(child) : []
    })
  return below(document)
}

/** The one that all of a document's words stand in, but for what may precede its heading: a comment, a badge, another tool's front matter. */
export function onlyChapter(document: Section): Section | null {
  const [only, ...others] = document.children
  return only === undefined || others.length > 0 || document.blocks.some((block) => isTasks(block)) ? null : only
}

/** Numbered items, boxes to tick or numbered headings, right here. */
export function holdsSteps({ blocks, children }: Section): boolean {
  const numbered = children.filter((child) => withoutNumber(child.title) !== null)
  const counts = numbered.length > 1 || blocks.filter(isStepLine).length > 1
  return counts || blocks.some((block) => isTasks(block) || isStepsTable(block))
}

/** `**Step 2: Restart it**`, with or without what there is to say of it. */
export function isStepLine(block: Block): boolean {
  const first = block.type === 'paragraph' ? block.children[0] : undefined
  return (
    first?.type === 'strong' &&
    /^\W*step\s+\d/i.test(textOf(first)) &&
    withoutNumber(cleanWords(textOf(first))) !== null
  )
}

export const recurring = /\b(daily|weekly|monthly|quarterly|yearly|annual|every (day|week|month)|contents)\b/i

/** Kinds of the parts right below a section, whether they are headings or bold words. */
function partsOf(section: Section): string[] {
  const headings = section.children.map((child) => partOf(child.title)?.kind)
  const labels = section.blocks.map((block) => labelOf(block)?.kind)
  return [...headings, ...labels].filter((kind) => kind !== undefined)
}

/** `**Investigation Steps:**` used as a heading, or `Steps:` as a line of its own. */
export function labelOf(block: Block): Part | null {
  const summary = summaryOf(block)
  if (summary !== null) return partOf(summary)
  if (block.type !== 'paragraph') return null
  const first = block.children[0]
  if (first?.type === 'strong' || first?.type === 'emphasis') return partOf(textOf(first))
  const [, words = '', rest = ''] = /^([\p{L} ]{3,40}):(?:\s+([\s\S]*))?$/u.exec(textOf(block)) ?? []
  const part = words === '' ? null : partOf(words)
  // Many a sentence begins with "Check:" or "Note:".
  return part?.kind === 'symptoms' || part?.kind === 'escalation' || (part?.kind === 'steps' && rest === '')
    ? part
    : null
}

/** What `<details>` shows while it is closed; null: the block is nothing but that no more. */
export function summaryOf(block: Block): string | null {
  if (block.type !== 'html') return null
  const bare = block.value.replace(/<\/?details[^>]*>/gi, '').trim()
  const [, inner] = /^<summary[^>]*>([\s\S]*?)<\/summary>$/i.exec(bare) ?? []
  return inner?.replace(/<[^>]*>/g, '').trim() || null
}

/** The same, here or below. */
function hasSteps(section: Section): boolean {
  return holdsSteps(section) || section.children.some(hasSteps)
}

/** A heading that is an alert's name, or that says how bad it is, is about one thing that goes wrong. */
function answersAnAlert(section: Section): boolean {
  return section.heading?.children.some((child) => child.type === 'inlineCode') || saysWhatIsWrong(section)
}

function saysWhatIsWrong({ raw, title }: Section): boolean {
  return alertNameOf(title) !== null || (readHeading(raw).severity !== null && !general.test(title))
}

/** "P1 – critical incidents" says what a severity means, not what is wrong. */
const general =
  /^(critical|major|minor|high|medium|low|warning|info(rmational)?|p[1-4]|sev\S*)?[^\p{L}\p{N}]*(priority|severity|level)?[^\p{L}\p{N}]*(incidents?|issues?|alerts?|problems?|events?|response|level)?[^\p{L}\p{N}]*(\(.*)?$/iu
