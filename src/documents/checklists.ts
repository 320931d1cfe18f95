// Work that comes back every day, week or month, as checklists say it.
import type { Checklist } from './facts.ts'
import type { Chapter, Saying } from './sayings.ts'

export type Checklists = { found: Checklist[]; unclear: { line: number; text: string }[] }

const rhythms: [Checklist['every'], RegExp][] = [
  ['day', /\b(daily|every (work)?day|each (work)?day|(morning|shift) check)/i],
  ['week', /\b(weekly|every week|each week|every (mon|tues|wednes|thurs|fri)day)\b/i],
  ['month', /\b(monthly|every month|each month)\b/i],
]
const unknownRhythm = /\b(quarterly|yearly|annual(ly)?|hourly|bi-?weekly|every (quarter|year|two weeks))\b/i

/** Lists below a heading, or a line in bold, that names a day, a week or a month. Nested items belong to the one above. */
export function checklistsIn(chapters: Chapter[]): Checklists {
  const found: Checklist[] = []
  const unclear: Checklists['unclear'] = []
  for (const { sayings, titles, line, isProcedure } of chapters) {
    if (isProcedure) continue
    const items = sayings.filter(({ kind, under }) => kind === 'item' && under.length === 0)
    const groups = new Map<string, { title: string; line: number; items: Saying[] }>()
    for (const item of items) {
      const title = everyOf(item.label?.text ?? '') === null ? (titles.at(-1) ?? '') : (item.label?.text ?? '')
      const at = title === item.label?.text ? item.label.line : line
      const group = groups.get(`${at}`) ?? { title, line: at, items: [] }
      groups.set(`${at}`, { ...group, items: [...group.items, item] })
    }
    for (const group of groups.values()) {
      const every = everyOf(group.title)
      if (isCadence(group.title)) continue
      const list = group.items.map((item) => ({ text: item.text, line: item.line }))
      if (every !== null) found.push({ name: group.title, every, items: list, line: group.line })
      else if (unknownRhythm.test(group.title))
        unclear.push({
          line: group.line,
          text: `“${group.title}” comes back in a rhythm that is not day, week or month. Which of them is it to be?`,
        })
    }
  }
  return { found, unclear }
}

function everyOf(title: string): Checklist['every'] | null {
  return rhythms.find(([, words]) => words.test(title))?.[0] ?? null
}

/** "Weekly rotation" is a rhythm of people, not of work. */
function isCadence(title: string): boolean {
  return /rotation|on-?call|digest|slo\b/i.test(title)
}
