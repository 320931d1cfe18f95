// Reads a team's operations document whole: its procedures as runbooks, and all else that a configuration can be made of.
import type { Section } from '../runbooks/outline.ts'
import { parseFile } from '../runbooks/parse.ts'
import type { Runbook } from '../runbooks/runbook.ts'
import { type Note, readBytes } from '../runbooks/text.ts'
import { checklistsIn } from './checklists.ts'
import { linesOfHtml, readCode } from './code.ts'
import { type Facts, noFacts } from './facts.ts'
import { readObjectives } from './objectives.ts'
import { readPeople } from './people.ts'
import { type Chapter, chaptersOf } from './sayings.ts'
import { readSeverities } from './severities.ts'

export type Document = Facts & {
  path: string
  lines: number
  /** As it can be kept: UTF-8, `\n` at the ends of lines, mangled characters repaired. */
  text: string
  notes: Note[]
  /** What keeps a part of it from being read. */
  problem: Note | null
  runbooks: Runbook[]
  /** Chapters of which nothing was understood, with their lines. */
  ignored: { title: string; from: number; until: number }[]
}

/** Throws RunbookProblem when its front matter cannot be used. */
export function readDocument(path: string, bytes: Uint8Array): Document {
  const { text, written, notes } = readBytes(bytes)
  const parsed = parseFile(path, text, written)
  const facts = noFacts()
  const lines = text.replace(/\n$/, '').split('\n').length
  const last = parsed.problem?.line ?? lines
  const chapters = chaptersOf(parsed.document, parsed.procedures, lines).filter(({ line }) => line <= last)
  readSeverities(chapters, facts)
  readPeople(chapters, facts)
  readObjectives(chapters, facts)
  const { found, unclear } = checklistsIn(chapters)
  facts.checklists.push(...found)
  readCode(parsed.document, facts)
  facts.questions.push(...unclear, ...escalationQuestions(parsed), ...htmlQuestions(parsed.document))
  nameAlerts(parsed.runbooks, facts)
  facts.questions.sort((a, b) => a.line - b.line)
  return {
    ...facts,
    ...{ path, lines, text, notes, runbooks: parsed.runbooks },
    problem: parsed.problem && { line: parsed.problem.line, what: parsed.problem.message },
    ignored: ignoredOf(chapters, parsed.runbooks, facts),
  }
}

/** HTML is not read, whatever stands in it: whoever wrote it would miss it at night. */
function htmlQuestions(document: Section): Facts['questions'] {
  return linesOfHtml(document).map((line) => ({
    line,
    text: 'this is HTML, of which nothing is read: write tables and lists as Markdown',
  }))
}

function escalationQuestions({ unclear }: ReturnType<typeof parseFile>) {
  return unclear.map(({ line, text }) => ({
    line,
    text: `a time in an escalation that was not understood: “${text.length > 80 ? `${text.slice(0, 79)}…` : text}” Write one time to a sentence.`,
  }))
}

/** A procedure that says how bad it is says it of its alerts, too. What is said twice, and differently, is a question. */
function nameAlerts(runbooks: Runbook[], facts: Facts): void {
  for (const { alerts, severity, line } of runbooks)
    if (severity !== null) facts.alerts.push(...alerts.map((alert) => ({ alert, severity, line })))
  const known = new Map<string, Facts['alerts'][number]>()
  for (const fact of facts.alerts.splice(0).sort((a, b) => a.line - b.line)) {
    const same = known.get(fact.alert)
    if (same === undefined) known.set(fact.alert, fact)
    else if (same.severity !== fact.severity)
      facts.questions.push({
        line: fact.line,
        text: `${fact.alert} is ${fact.severity} here and ${same.severity} on line ${same.line}, which was taken. Which is right?`,
      })
  }
  facts.alerts.push(...known.values())
}

/** Chapters with words in them on whose lines nothing was found. */
function ignoredOf(chapters: Chapter[], runbooks: Runbook[], facts: Facts): Document['ignored'] {
  const { questions, ...rest } = facts
  const lines = [...Object.values(rest).flat(), ...questions].map(({ line }) => line)
  for (const { steps, line } of runbooks) lines.push(line, ...steps.map((step) => step.line))
  const items = facts.checklists.flatMap((one) => one.items.map(({ line }) => line))
  const known = new Set([...lines, ...items])
  const silent = chapters.filter(
    ({ line, end, isProcedure, sayings }) =>
      !isProcedure && sayings.length > 0 && ![...known].some((one) => one >= line && one <= end),
  )
  return silent.map(({ titles, line, end }) => ({ title: titles.at(-1) ?? 'the beginning', from: line, until: end }))
}
