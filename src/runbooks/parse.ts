// Reads a team's Markdown as it is and finds the procedures in it.
import type { Severity } from '../core/severity.ts'
import { alertNameOf } from './alert-names.ts'
import type { UnclearTime } from './escalations.ts'
import { type FrontMatter, type Slip, takeFrontMatter } from './front-matter.ts'
import { isTasks, readMarkdown, type Source, textOf } from './markdown.ts'
import {
  chaptersOfSteps,
  holdsSteps,
  isProcedureItself,
  namesSteps,
  onlyChapter,
  outlineOf,
  proceduresIn,
  type Section,
} from './outline.ts'
import { partOf } from './parts.ts'
import { RunbookProblem } from './problem.ts'
import type { Runbook } from './runbook.ts'
import { type Collected, collectSteps } from './steps.ts'
import { tidyText } from './text.ts'
import { anchorOf, ownAnchorOf, readHeading, severityOfWord, slugOf, withoutChapter } from './title.ts'
import { placedWords } from './words.ts'

export type ParsedFile = {
  runbooks: Runbook[]
  /** Times in its escalations that were not understood. */
  unclear: UnclearTime[]
  /** What keeps a part of the file from being read; null: all of it is. */
  problem: RunbookProblem | null
  /** Keys of its front matter that are probably misspelt. */
  slips: Slip[]
  /** For whoever wants to know more of the document; `procedures`: the lines of their headings, of those with steps. */
  document: Section
  procedures: number[]
}

/** All runbooks of a file, in order; none when it holds no steps. As `parseFile`, but throws what it finds wrong. */
export function parseRunbooks(path: string, markdown: string): Runbook[] {
  const { runbooks, problem } = parseFile(path, tidyText(markdown).text, markdown)
  if (problem !== null) throw problem
  return runbooks
}

/**
 * `text`: as `readBytes` leaves it, with `\n` at the ends of lines. `written`: as it was before, for the anchors that others
 * made of its headings. `path` is only remembered. Throws RunbookProblem, with the line, for front matter that cannot be
 * used. From a code block that is never closed on nothing is read: not the procedure it stands in either, because half of
 * one is a trap.
 */
export function parseFile(path: string, text: string, written: string = text): ParsedFile {
  const { matter, markdown } = takeFrontMatter(text)
  const { root, openFence } = readMarkdown(markdown)
  const document = outlineOf(root)
  const file: Source = { text: markdown, written: written.split(/\r\n?|\n/) }
  const headings = headingsOf(document)
  const anchors = anchorsIn(headings)
  const sections = new Map(headings.map((section) => [section.line, section]))
  const named = proceduresIn(document)
  const whole = named.length === 0 && isProcedureItself(document, matter.title !== null)
  const procedures = whole ? [document] : named.length > 0 ? named : chaptersOfSteps(document)
  const found =
    procedures.length > 0
      ? procedures.map((section) => readProcedure(path, section, file, matter, procedures.length === 1))
      : [readWholeFile(path, document, file, matter)]
  const read = found.filter((_, i) => openFence === null || (procedures[i + 1]?.line ?? Infinity) <= openFence.line)
  const endless = read.find(({ runbook }) => runbook.steps.length > mostSteps)?.runbook
  const empty = new Set(read.filter(({ runbook }) => runbook.steps.length === 0).map(({ runbook }) => runbook.line))
  return {
    runbooks: withOwnNames(
      read.map(({ runbook }) => runbook).filter(({ steps }) => steps.length > 0 && steps.length <= mostSteps),
    ).map((runbook) => ({ ...runbook, below: anchorsBelow(sections.get(runbook.line) ?? document, anchors) })),
    unclear: read.flatMap(({ unclear }) => unclear),
    slips: matter.slips,
    problem: openFence ? neverClosed(openFence) : endless ? tooManySteps(endless) : null,
    document,
    procedures: procedures.map(({ line }) => line).filter((line) => !empty.has(line)),
  }
}

/** By line: what a code forge calls each heading; the second of the same words is `…-1`. */
function anchorsIn(headings: Section[]): Map<number, string> {
  const seen = new Map<string, number>()
  return new Map(
    headings.map(({ line, raw }) => {
      const anchor = ownAnchorOf(raw) ?? anchorOf(raw)
      const times = seen.get(anchor) ?? 0
      seen.set(anchor, times + 1)
      return [line, times === 0 ? anchor : `${anchor}-${times}`]
    }),
  )
}

function anchorsBelow(section: Section, anchors: Map<number, string>): string[] {
  return headingsOf(section).flatMap((one) => anchors.get(one.line) ?? [])
}

/** Those below a section, in order. */
function headingsOf(section: Section): Section[] {
  return section.children.flatMap((child) => [child, ...headingsOf(child)])
}

/** Nobody works through more in a night; and all of them are written with the incident, before anybody is paged. */
const mostSteps = 500

function tooManySteps({ title, steps, line }: Runbook): RunbookProblem {
  return new RunbookProblem(
    `“${title}” has ${steps.length} steps (${mostSteps} at most) and is not read: split it into procedures of their own`,
    line,
  )
}

function neverClosed({ line, fence }: { line: number; fence: string }): RunbookProblem {
  return new RunbookProblem(
    `this code block is never closed: end it with ${fence}; until then, this procedure and all after it are not read`,
    line,
  )
}

type Read = { runbook: Runbook; unclear: UnclearTime[] }

function readProcedure(path: string, section: Section, file: Source, matter: FrontMatter, only: boolean): Read {
  // Numbered lists before the first named part are steps too.
  const flat = section.children.length === 0 || section.blocks.some(isTasks) || !namesSteps(section)
  const layout = { mode: flat ? 'steps' : 'other', namesSteps: namesSteps(section) } as const
  const said = collectSteps(section, file, layout)
  const own = alertNameOf(section.title)
  const title = (only && matter.title) || own || unnumbered(section) || titleOfFile(path)
  return finished(
    { path, section, title, matter, only, file },
    own === null ? said : { ...said, alerts: [own, ...said.alerts] },
  )
}

/** Without the number of its chapter; a bare one, as in `2 Disk is full`, is that where the headings below go on with 2.1. */
function unnumbered({ title, children }: Section): string {
  const [, number, words] = /^(\d{1,2})\s+(\S.*)$/.exec(title) ?? []
  const isChapter = number !== undefined && children.some((child) => child.title.startsWith(`${number}.`))
  return isChapter && words !== undefined ? words : withoutChapter(title)
}

/** A file without named parts is one runbook: its numbered steps. */
function readWholeFile(path: string, document: Section, file: Source, matter: FrontMatter): Read {
  const section = onlyChapter(document) ?? document
  const heading = document.children[0]
  const said = heading === undefined || partOf(heading.title) !== null ? titleOfFile(path) : heading.title
  const title = matter.title ?? said
  const found = collectSteps(section, file, { mode: 'steps', namesSteps: false })
  const steps = holdsSteps(section) ? found.steps : []
  return finished({ path, section: heading ?? document, title, matter, only: true, file }, { ...found, steps })
}

type Origin = { path: string; section: Section; title: string; matter: FrontMatter; only: boolean; file: Source }

function finished({ path, section, title, matter, only, file }: Origin, said: Collected): Read {
  const named = [alertNameOf(title), only ? alertNameOf(baseName(path)) : null].filter((name) => name !== null)
  const written = file.written[section.line - 1] ?? ''
  const anchors = [
    ...[ownAnchorOf(section.raw) ?? '', anchorOf(section.raw), slugOf(section.title)],
    section.heading === null ? '' : anchorOf(written.replace(/^\s*#+\s*/, '')),
    ...(only ? matter.addresses : []),
  ]
  const bare: Omit<Runbook, 'words'> = {
    path,
    section: slugOf(title),
    title,
    alerts: [...new Set([...matter.alerts, ...said.alerts, ...named])],
    labels: matter.labels,
    service: matter.service,
    severity: readHeading(section.raw).severity ?? labelledSeverity(section) ?? matter.severity,
    line: section.line,
    anchors: [...new Set(anchors)].filter((anchor) => anchor !== ''),
    below: [],
    steps: said.steps,
    symptoms: said.symptoms,
    escalations: said.escalations.found.sort((a, b) => a.after - b.after),
  }
  return { runbook: { ...bare, words: placedWords(bare) }, unclear: said.escalations.unclear }
}

/** `**Severity:** Critical`, right below the heading. */
function labelledSeverity({ blocks }: Section): Severity | null {
  for (const block of blocks) {
    const [, words = ''] =
      /^(?:severity|priority)\s*:\s*([^\n]+)/im.exec(block.type === 'paragraph' ? textOf(block) : '') ?? []
    const [first = ''] = words.trim().split(/[^\p{L}\p{N}-]+/u)
    const severity = severityOfWord(first)
    if (severity !== null) return severity
  }
  return null
}

/** Two headings of the same words: the later ones get a number, as code forges number their anchors. */
function withOwnNames(runbooks: Runbook[]): Runbook[] {
  const seen = new Map<string, number>()
  return runbooks.map((runbook) => {
    const times = seen.get(runbook.section) ?? 0
    seen.set(runbook.section, times + 1)
    if (times === 0) return runbook
    const numbered = (name: string) => `${name}-${times}`
    return { ...runbook, section: numbered(runbook.section), anchors: runbook.anchors.map(numbered) }
  })
}

function baseName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.(mdx?|markdown)$/i, '')
}

function titleOfFile(path: string): string {
  const words = baseName(path).replace(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
