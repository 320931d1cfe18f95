// Walks through a procedure and collects its steps and the alerts its symptoms name.
import { alertNamesIn, alertsLabelledIn } from './alert-names.ts'
import { type Escalations, escalationsBeside, escalationsIn } from './escalations.ts'
import {
  type Block,
  cut,
  cutAfter,
  isTasks,
  type List,
  type ListItem,
  lineOf,
  type Paragraph,
  type Source,
  type Table,
  textOf,
} from './markdown.ts'
import { holdsSteps, isStepLine, labelOf, recurring, type Section, summaryOf } from './outline.ts'
import { type Part, partOf } from './parts.ts'
import type { Step } from './runbook.ts'
import { isStepsTable, rowsOf } from './step-table.ts'
import { cleanWords, withoutNumber } from './title.ts'

/** Longer titles are cut; the whole paragraph is then in the body. */
const titleLength = 100

type Draft = {
  title: string
  line: number
  part: string | null
  body: string[]
  kind: 'item' | 'numbered' | 'heading' | 'escalation'
}

/** How a procedure is laid out: what its first blocks are, and whether its steps have a part of their own. */
export type Layout = { mode: Part['kind']; namesSteps: boolean }

/** Collects in document order. */
class Collector {
  readonly alerts: string[] = []
  /** What the symptoms say, and what is said about escalation: blocks, to be read by whoever understands them. */
  readonly symptoms: Block[] = []
  readonly escalation: Block[] = []
  readonly beside: Block[] = []
  readonly #file: Source
  readonly #layout: Layout
  readonly #drafts: Draft[] = []
  #mode: Part['kind']
  #part: string | null = null
  /** The part that the headings below one another are in. */
  #ofHeading: string | null = null
  /** Whether a part began at all: what stands above them is about the whole. */
  #entered = false
  /** Headings deeper than this one belong to the part we are in. */
  #depth: number
  /** Where the part we are in begins. */
  #line = 1
  #open: Draft | null = null
  #intro: string[] = []
  /** What must not be done, said before any step: it comes with the first. */
  readonly #warnings: string[] = []

  constructor(file: Source, layout: Layout, depth: number) {
    this.#file = file
    this.#layout = layout
    this.#mode = layout.mode
    this.#depth = depth
  }

  section(section: Section): void {
    for (const block of section.blocks) this.#block(block)
    for (const child of section.children) {
      this.#heading(child)
      this.section(child)
    }
  }

  steps(): Step[] {
    this.#closePart()
    const [first] = this.#drafts
    first?.body.unshift(...this.#warnings.filter((warning) => !first.body.includes(warning)))
    return this.#drafts.map(({ title, body, part, line }) => ({
      title,
      part,
      line,
      body: body.filter((b) => b !== '').join('\n\n'),
    }))
  }

  #heading(section: Section): void {
    const { title, depth, line } = section
    const part = partOf(title)
    const numbered = withoutNumber(title)
    const inside = this.#mode === 'steps' && (numbered !== null || depth > this.#depth)
    if (part !== null) this.#enter(part, depth, line)
    else if (!inside && numbered === null) this.#enter(partInOwnWords(section), depth, line)
    else {
      if (!inside) this.#enter({ kind: 'steps', name: null }, depth, line)
      // The heading before may have had a list of steps, and been a part of them.
      this.#part = this.#ofHeading
      this.#add({
        title: numbered ?? title,
        line,
        part: this.#part,
        body: [],
        kind: numbered === null ? 'heading' : 'numbered',
      })
    }
  }

  #enter(part: Part, depth: number, line: number): void {
    this.#closePart()
    this.#mode = part.kind
    this.#part = part.name
    this.#ofHeading = part.name
    this.#entered = true
    this.#depth = depth
    this.#line = line
    if (part.kind === 'escalation')
      this.#add({ title: part.name ?? '', line, part: null, body: [], kind: 'escalation' })
  }

  /** A part of prose alone is one step, called like the part. */
  #closePart(): void {
    if (this.#mode === 'steps' && this.#open === null && this.#intro.length > 0)
      this.#add({ title: this.#part ?? 'What to do', line: this.#line, part: this.#part, body: [], kind: 'item' })
    this.#open = null
    this.#intro = []
  }

  #add(draft: Draft): void {
    // What a part says before its first step belongs to that step.
    draft.body.unshift(...this.#intro)
    this.#intro = []
    this.#drafts.push(draft)
    this.#open = draft
  }

  #block(block: Block): void {
    if (block.type === 'definition' || block.type === 'thematicBreak') return
    const summary = summaryOf(block)
    if (summary !== null) {
      const part = partOf(summary)
      if (part === null) this.#prose(`**${summary}**`)
      else this.#enter(part, 7, lineOf(block))
      return
    }
    if (block.type === 'html' && block.value.replace(/<!--[\s\S]*?-->|<[^>]*>/g, '').trim() === '') return
    if (this.#open === null && this.#mode !== 'symptoms') this.alerts.push(...alertsLabelledIn(block))
    if (block.type === 'paragraph' && this.#label(block)) return
    // Without a part of their own, the steps are the first list that looks like them.
    if (this.#mode === 'symptoms' && !this.#layout.namesSteps && (isTasks(block) || isStepsTable(block)))
      this.#enter({ kind: 'steps', name: null }, this.#depth, lineOf(block))
    if (this.#mode === 'symptoms') this.#symptom(block)
    else this.#listen(block)
    if (this.#mode === 'steps' && block.type === 'list') this.#list(block)
    else if (this.#mode === 'steps' && isStepsTable(block)) this.#table(block)
    else this.#prose(cut([block], this.#file))
  }

  #symptom(block: Block): void {
    this.alerts.push(...alertNamesIn([block]))
    this.symptoms.push(block)
  }

  #listen(block: Block): void {
    if (this.#mode === 'escalation') this.escalation.push(block)
    else this.beside.push(block)
  }

  /** `**Investigation Steps:**`, `**Symptoms**: HighErrorRate fires` or `**2. Restart**` standing for a heading. */
  #label(paragraph: Paragraph): boolean {
    const [first, ...others] = paragraph.children
    if (first?.type !== 'strong' && first?.type !== 'emphasis') return this.#plainLabel(paragraph)
    const name = textOf(first).trim()
    const after = cutAfter(paragraph, first.position?.end.offset ?? 0, this.#file)
    const rest = after.replace(/^:\s*/, '')
    const part = partOf(name)
    const endsLine = this.#file.text.startsWith('\n', first.position?.end.offset)
    if (part !== null && (rest === '' || name.endsWith(':') || after.startsWith(':') || endsLine)) {
      // `**Severity:** P2` above the steps is a remark, and nothing that they would belong to.
      if (part.kind === 'other' && rest !== '' && this.#mode === 'steps' && this.#open === null) return true
      this.#enter(part, 7, lineOf(paragraph))
      const said = { ...paragraph, children: others }
      if (part.kind === 'symptoms') this.#symptom(said)
      else if (rest !== '') {
        this.#listen(said)
        this.#prose(rest)
      }
      return true
    }
    const numbered = withoutNumber(name)
    const isFirst = this.#mode === 'symptoms' && !this.#layout.namesSteps && isStepLine(paragraph)
    if (numbered === null || (this.#mode !== 'steps' && !isFirst)) return false
    if (isFirst) this.#enter({ kind: 'steps', name: null }, this.#depth, lineOf(paragraph))
    this.#add({
      title: cleanWords(numbered),
      line: lineOf(paragraph),
      part: this.#part,
      body: [rest],
      kind: 'numbered',
    })
    return true
  }

  /** `Symptoms: HighErrorRate fires`, or `Steps:` alone. */
  #plainLabel(paragraph: Paragraph): boolean {
    const part = labelOf(paragraph)
    if (part === null) return this.#stepLine(paragraph)
    this.#enter(part, 7, lineOf(paragraph))
    if (part.kind === 'symptoms') this.#symptom(paragraph)
    else if (part.kind === 'escalation') {
      this.#listen(paragraph)
      this.#prose(cut([paragraph], this.#file).replace(/^[^:]*:\s*/, ''))
    }
    return true
  }

  /** `Step 2: Restart it` as a line of text. */
  #stepLine(paragraph: Paragraph): boolean {
    const [line = '', ...others] = cut([paragraph], this.#file).split('\n')
    const [, title] = /^step\s+\d+\s*[:.)–—-]\s*(.+)$/i.exec(line) ?? []
    if (this.#mode !== 'steps' || title === undefined || title.length > titleLength) return false
    const body = [others.join('\n')]
    this.#add({ title: plainTitle(title), line: lineOf(paragraph), part: this.#part, body, kind: 'numbered' })
    return true
  }

  #prose(markdown: string): void {
    if (this.#drafts.length === 0 && (this.#mode !== 'steps' || this.#part === null) && isWarning(markdown))
      this.#warnings.push(markdown)
    if (this.#mode === 'other' || this.#mode === 'symptoms') return
    if (this.#open !== null) this.#open.body.push(markdown)
    else if (this.#part !== null || this.#entered) this.#intro.push(markdown)
  }

  #list(list: List): void {
    const open = this.#open
    const bare = open?.kind === 'heading' && open.body.length === 0
    // Bullets are steps only where nothing else is said; below a step they belong to it.
    const isSteps = isTasks(list)
      ? open?.kind !== 'numbered'
      : bare || (open === null && (this.#part === null || this.#intro.length === 0))
    if (isSteps && bare) this.#part = this.#drafts.pop()?.title ?? this.#part
    if (!isSteps) this.#prose(cut([list], this.#file))
    else
      for (const item of list.children)
        this.#add({ ...readItem(item, this.#file), line: lineOf(item), part: this.#part, kind: 'item' })
  }

  #table(table: Table): void {
    if (this.#open?.kind === 'numbered') this.#prose(cut([table], this.#file))
    else
      for (const { title, body, line } of rowsOf(table, this.#file))
        this.#add({ title, line, body: [body], part: this.#part, kind: 'item' })
  }
}

/** A heading of the team's own words is a part all the same where numbered steps stand right below it. */
function partInOwnWords(section: Section): Part {
  const holds = holdsSteps(section) && !recurring.test(section.title)
  return holds ? { kind: 'steps', name: section.title } : { kind: 'other', name: null }
}

/** `**Warning:** never restart both`, `> [!CAUTION]`, `:::danger`, `!!! danger`, `⚠️ …`. */
function isWarning(markdown: string): boolean {
  return /^[^\p{L}\p{N}]*(?:warning|danger|caution|important|attention|achtung|vorsicht|do not|don[’']t|never)\b|^\W*⚠/iu.test(
    markdown,
  )
}

export type Collected = {
  steps: Step[]
  /** Alert names in the symptoms. */
  alerts: string[]
  symptoms: string
  escalations: Escalations
}

/** The steps of a procedure, what its symptoms say, and when it says to escalate. */
export function collectSteps(section: Section, file: Source, layout: Layout): Collected {
  const collector = new Collector(file, layout, section.depth)
  collector.section(section)
  const named = escalationsIn(collector.escalation)
  const beside = escalationsBeside(collector.beside)
  return {
    steps: collector.steps(),
    alerts: [...new Set(collector.alerts)],
    symptoms: cut(collector.symptoms, file),
    escalations: { found: [...named.found, ...beside.found], unclear: [...named.unclear, ...beside.unclear] },
  }
}

/** The bold words, or the first paragraph, are the title; the rest is the body. */
function readItem(item: ListItem, file: Source): { title: string; body: string[] } {
  const [first, ...others] = item.children
  const rest = others.map((block) => cut([block], file))
  if (first === undefined) return { title: '…', body: [] }
  if (first.type !== 'paragraph')
    return { title: firstLine(summaryOf(first) ?? textOf(first)), body: [cut([first], file), ...rest] }
  const head = first.children[0]
  if (head?.type === 'strong') {
    const after = cutAfter(first, head.position?.end.offset ?? 0, file)
    const endsThere = after === '' || /^[:.;\-–—\n]/.test(after) || /[:.]$/.test(textOf(head).trim())
    if (endsThere) return { title: plainTitle(textOf(head)), body: [after.replace(/^[:.;\-–—]+\s*/, ''), ...rest] }
  }
  const text = textOf(first)
  const plain = first.children.every((child) => ['text', 'emphasis', 'strong'].includes(child.type))
  if (plain && text.length <= titleLength && !text.includes('\n')) return { title: plainTitle(text), body: rest }
  return { title: firstLine(text), body: [cut([first], file), ...rest] }
}

function plainTitle(text: string): string {
  return cleanWords(text).replace(/[:.]+$/, '') || text
}

function firstLine(text: string): string {
  const sentence = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(.*?[.!?:])\s.*$/, '$1')
    .replace(/[.:]+$/, '')
  if (sentence.length <= titleLength) return sentence
  // Half a character at the end is none.
  return `${sentence
    .slice(0, titleLength - 1)
    .replace(/\p{Surrogate}$/u, '')
    .trimEnd()}…`
}
