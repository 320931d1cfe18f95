// Reads a team's Markdown as it is and finds the procedures in it.
import { alertNameOf } from './alert-names.ts'
import { type FrontMatter, takeFrontMatter } from './front-matter.ts'
import { isTasks, readMarkdown, type Source } from './markdown.ts'
import { hasSteps, namesSteps, outlineOf, proceduresIn, type Section } from './outline.ts'
import type { Runbook } from './runbook.ts'
import { collectSteps } from './steps.ts'
import { anchorOf, readHeading, repairCharacters, slugOf } from './title.ts'

/**
 * All runbooks of a file, in order; none when it holds no steps. `path` is only remembered. Throws RunbookProblem, with
 * the line, for front matter that cannot be used and for code blocks that are never closed.
 */
export function parseRunbooks(path: string, markdown: string): Runbook[] {
  const { matter, markdown: text } = takeFrontMatter(markdown.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'))
  const document = outlineOf(readMarkdown(text))
  const file: Source = { text }
  const procedures = proceduresIn(document)
  const found =
    procedures.length > 0
      ? procedures.map((section) => readProcedure(path, section, file, matter, procedures.length === 1))
      : [readWholeFile(path, document, file, matter)]
  return withOwnNames(found.filter((runbook) => runbook.steps.length > 0))
}

function readProcedure(path: string, section: Section, file: Source, matter: FrontMatter, only: boolean): Runbook {
  // Numbered lists before the first named part are steps too.
  const flat = section.children.length === 0 || section.blocks.some(isTasks) || !namesSteps(section)
  const layout = { mode: flat ? 'steps' : 'other', namesSteps: namesSteps(section) } as const
  const { steps, alerts } = collectSteps(section, file, layout)
  const own = alertNameOf(section.title)
  const title = (only && matter.title) || own || section.title
  return { ...describe(path, section, title, matter, own === null ? alerts : [own, ...alerts], only), steps }
}

/** A file without named parts is one runbook: its numbered steps. */
function readWholeFile(path: string, document: Section, file: Source, matter: FrontMatter): Runbook {
  const top = document.children.length === 1 && document.blocks.length === 0 ? document.children[0] : undefined
  const section = top ?? document
  const heading = document.children[0]
  const title = matter.title ?? heading?.title ?? titleOfFile(path)
  const { steps, alerts } = collectSteps(section, file, { mode: 'steps', namesSteps: false })
  const counts = hasSteps(section)
  return { ...describe(path, heading ?? document, title, matter, alerts, true), steps: counts ? steps : [] }
}

function describe(path: string, section: Section, title: string, matter: FrontMatter, alerts: string[], only: boolean) {
  const named = alertNameOf(title)
  const file = only ? alertNameOf(baseName(path)) : null
  return {
    path,
    section: slugOf(title),
    title,
    alerts: [...new Set([...matter.alerts, ...alerts, ...[named, file].filter((name) => name !== null)])],
    labels: matter.labels,
    service: matter.service,
    severity: readHeading(section.raw).severity ?? matter.severity,
    line: section.line,
    anchors: [
      ...new Set([anchorOf(section.raw), anchorOf(repairCharacters(section.raw)), slugOf(section.title)]),
    ].filter((a) => a !== ''),
  }
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
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.md$/i, '')
}

function titleOfFile(path: string): string {
  const words = baseName(path).replace(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
