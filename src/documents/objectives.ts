// What is promised in the long run (SLOs) and what is normal (baselines with their three bands).
import type { BaselineFact, Facts, ObjectiveFact } from './facts.ts'
import type { Chapter, Grid, Saying } from './sayings.ts'

const chapterOf = /\bslos?\b|\bslis?\b|service level|objectives?|error budget|reliability target/i

export function readObjectives(chapters: Chapter[], facts: Facts): void {
  for (const chapter of chapters.filter(({ isProcedure }) => !isProcedure)) {
    const about = `${chapter.titles.slice(-2).join(' / ')}`
    for (const grid of chapter.grids) {
      if (!readBaselines(grid, facts) && (chapterOf.test(about) || grid.head.some((name) => chapterOf.test(name))))
        readGrid(grid, facts)
    }
    for (const saying of chapter.sayings.filter(({ kind }) => kind !== 'row')) {
      const above = `${about} ${saying.label?.text ?? ''} ${saying.under.map(({ text }) => text).join(' ')}`
      const baseline = baselineIn(saying)
      if (baseline !== null) facts.baselines.push(baseline)
      else if (chapterOf.test(above) || /\bslo\b/i.test(saying.text)) readSaying(saying, above, facts)
    }
  }
}

function readBaselines({ head, rows }: Grid, facts: Facts): boolean {
  const column = (words: RegExp) => head.findIndex((name, i) => i > 0 && words.test(name))
  const [target, acceptable, critical] = [
    /target|normal|good|healthy|ideal/i,
    /acceptable|warn|degraded|tolerable/i,
    /critical|bad|unacceptable|alert/i,
  ].map(column)
  if (
    target === undefined ||
    acceptable === undefined ||
    critical === undefined ||
    Math.min(target, acceptable, critical) < 0
  )
    return false
  for (const { cells, line } of rows)
    facts.baselines.push({
      name: cells[0] ?? '',
      target: cells[target] ?? '',
      acceptable: cells[acceptable] ?? '',
      critical: cells[critical] ?? '',
      line,
    })
  return true
}

const value = String.raw`((?:[<>≤≥]=?|under|below|above|over)?\s*[\d.,]+\s*[^\s,;:()/|]*)`

/** `inference p95: < 100 ms target, < 500 ms acceptable, > 1 s critical`, or with the words before the values. */
function baselineIn({ text, line }: Saying): BaselineFact | null {
  if (!/target|normal/i.test(text) || !/critical/i.test(text)) return null
  const [, name = '', rest = ''] = /^(.{2,60}?)\s*(?::|–|—|\s-\s)\s*(.+)$/.exec(text) ?? []
  const find = (words: string) => {
    const before = new RegExp(String.raw`(?:${words})\s*[:=(]?\s*${value}`, 'i').exec(rest)?.[1]
    const after = new RegExp(String.raw`${value}(?:\s+\w{1,3})?\s*\(?(?:${words})`, 'i').exec(rest)?.[1]
    // The words stand on the same side of all values.
    return (/^\W*(target|normal)/i.test(rest) ? before : after)?.trim()
  }
  const [target, acceptable, critical] = [find('target|normal'), find('acceptable|warning'), find('critical')]
  if (name === '' || target === undefined || critical === undefined) return null
  return { name, target, acceptable: acceptable ?? '', critical, line }
}

function readGrid({ head, rows }: Grid, facts: Facts): void {
  for (const { cells, line } of rows) {
    const window = head.findIndex((name) => /window|period/i.test(name))
    const text = cells
      .slice(1)
      .filter((_, i) => i + 1 !== window)
      .join(', ')
    readText({ name: cells[0] ?? '', text, window: windowIn(`${cells[window] ?? ''} ${text}`), line }, facts)
  }
}

function readSaying({ text, line, under, label }: Saying, above: string, facts: Facts): void {
  const [, named, rest] = /^([^:<>%\d]{3,60}?)\s*(?::|\s[–—-]\s)\s*(.+)$/.exec(text) ?? []
  const parent = under.at(-1)?.text ?? label?.text ?? ''
  const name = named ?? (/\d/.test(parent) ? '' : parent.replace(/:$/, ''))
  readText({ name, text: rest ?? text, window: windowIn(`${text} ${above}`), line }, facts)
}

function windowIn(text: string): number | null {
  const [, count, unit] = /(\d+)[\s-]*(d(?:ays?)?|weeks?)\b/i.exec(text) ?? []
  if (count !== undefined) return Number(count) * (/^w/i.test(unit ?? '') ? 7 : 1)
  return /\b(a|per|each|every|calendar|rolling)?\s*month(ly)?\b/i.test(text) ? 30 : null
}

type Said = { name: string; text: string; window: number | null; line: number }

/** `< 2 s`, `within 500 ms`, `faster than 300ms`. */
const speed =
  /(?:[<≤]=?|within|under|below|less than|faster than|in)\s*(\d[\d.,]*\s*(?:ms|milliseconds?|s|secs?|seconds?|min(?:utes?)?))\b/i

function readText({ name, text, window, line }: Said, facts: Facts): void {
  const before = facts.objectives.length
  const put = (one: Omit<ObjectiveFact, 'name' | 'window' | 'line'>, usual: string) =>
    facts.objectives.push({ ...one, name: tidy(name) || usual, window, line })
  for (const part of partsOf(text)) {
    const percent =
      /\b(\d{2}(?:\.\d+)?)(?:th|st|nd|rd)? percentile/i.exec(part)?.[1] ??
      /(\d{1,3}(?:[.,]\d+)?)\s*%/.exec(part)?.[1] ??
      /\bp(\d{2,3})\b/i.exec(part)?.[1]?.replace(/^(99)(9+)$/, '$1.$2')
    const share = percent === undefined ? null : Number(percent.replace(',', '.'))
    const threshold = speed.exec(part)
    if (share !== null && share > 0 && share < 100) {
      if (threshold) put({ kind: 'latency', objective: share, condition: `< ${threshold[1]}` }, 'Latency')
      else if (/error|fail/i.test(`${name} ${part}`) && share <= 20) {
        const good = Math.round((100 - share) * 1e6) / 1e6
        put({ kind: 'errors', objective: good, condition: `errors < ${share} %` }, 'Error rate')
      } else {
        const kind = /availab|uptime|\bup\b/i.test(`${name} ${part}`) || name === '' ? 'availability' : 'ratio'
        put({ kind, objective: share, condition: null }, 'Availability')
      }
    } else {
      const [bound] = /[<>≤≥]=?\s*\d[\d.,]*\s*[^\s(),;]*/.exec(part) ?? []
      if (bound !== undefined)
        put({ kind: 'value', objective: null, condition: bound.trim() }, part.replace(bound, '').trim().slice(0, 60))
    }
  }
  if (facts.objectives.length === before && /\d\s*%|[<>]\s*\d/.test(text))
    facts.questions.push({ line, text: `is this an objective? “${text.slice(0, 80)}”` })
}

/** "95 % < 2 s and 99 % < 5 s" are two; "(43.2 minutes of error budget)" is what follows from one. */
function partsOf(text: string): string[] {
  const plain = text.replace(/\([^)]*\)/g, ' ')
  const parts = plain.split(/;|,\s|\band\b/).filter((part) => /\d/.test(part))
  const counted = parts.filter((part) => /%|\bp\d{2}|percentile|[<>≤≥]/.test(part))
  return counted.length > 0 ? counted : parts.slice(0, 1)
}

function tidy(name: string): string {
  return name.replace(/\*+|\s*\bSLO\b\s*$/gi, '').trim()
}
