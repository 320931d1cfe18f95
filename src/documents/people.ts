// Who is on call and who else can be asked: rotations, how often they change, contacts, channels.
import type { Facts, RotationFact } from './facts.ts'
import type { Chapter, Grid, Saying } from './sayings.ts'

const onCall = /on-?\s?call|rotation|roster|duty|rota\b|escalation (path|contacts?|matrix|chain|policy|levels?)|pager/i
const contacts = /contacts?\b|vendors?|external|emergency|phone|who to call|stakeholders?/i
const role =
  /^(primary|secondary|tertiary|backup|back-up|escalation|manager|management|incident (?:commander|manager)|engineering manager|team lead|lead|duty manager|l[1-4]|tier \d|level \d|first line|second line|third line|first|second|third)((?: on-?\s?call)?(?: engineer| rotation| responder| contact| level)?)\s*(?:\(([^)]*)\))?\s*[:–—-]\s*(.+)$/i
const handle = /(?<![\w.])@([a-z0-9][\w.-]*[\w])(?![\w.]*@)/i

export function readPeople(chapters: Chapter[], facts: Facts): void {
  for (const chapter of chapters.filter(({ isProcedure }) => !isProcedure)) {
    const title = chapter.titles.slice(-2).join(' / ')
    for (const grid of chapter.grids) readGrid(grid, title, facts)
    for (const saying of chapter.sayings) {
      if (saying.kind === 'row') continue
      const above = `${title} / ${saying.label?.text ?? ''} ${saying.under.map(({ text }) => text).join(' ')}`
      if (onCall.test(above)) readCadence(saying, facts)
      if (/escalat|on-?\s?call/i.test(above)) readLevel(saying, facts)
      if (readRotation(saying, onCall.test(above), facts)) continue
      if (contacts.test(above) || /^(owner|contact|maintainer|call|phone)\b/i.test(saying.text))
        readContact(saying, facts)
    }
    for (const saying of chapter.sayings) readChannels(saying, facts)
  }
}

function readRotation({ text, line }: Saying, isOnCall: boolean, facts: Facts): boolean {
  const [, name, , inside, who] = role.exec(text) ?? []
  const at = handle.exec(text)?.[1] ?? null
  if (name !== undefined && who !== undefined && (isOnCall || at !== null)) {
    put({ name: nameOf(name), who: inside ? `${who} (${inside})` : who, handle: at, line }, facts)
    return true
  }
  // A handle says by itself who it is.
  const [, word] = /on-?call-(\w+)$/i.exec(at ?? '') ?? []
  if (at === null || word === undefined) return false
  put({ name: nameOf(word), who: text, handle: at, line }, facts)
  return true
}

function readLevel({ text, line }: Saying, facts: Facts): void {
  const [, level, begin, unit, who] =
    /^(?:level|tier|stage|l)\s*(\d)\b[^(]*\(\s*(\d+)\s*(?:(?:-|–|to)\s*\d+|\+)?\s*(min(?:utes?)?|m|h(?:ours?)?)\b[^)]*\)\s*[:–—-]?\s*(.+)$/i.exec(
      text,
    ) ?? []
  if (level === undefined || begin === undefined || who === undefined) return
  const from = Number(begin) * (/^h/i.test(unit ?? '') ? 3_600_000 : 60_000)
  if (!facts.levels.some((one) => one.level === Number(level)))
    facts.levels.push({ level: Number(level), from, who, line })
}

function put(found: RotationFact, facts: Facts): void {
  const same = facts.rotations.find(({ name }) => name === found.name)
  if (same === undefined) facts.rotations.push(found)
  else if (same.handle === null && found.handle !== null) same.handle = found.handle
  else if (same.who !== found.who && same.handle !== found.handle)
    facts.questions.push({
      line: found.line,
      text: `${found.name} is somebody else on line ${same.line}, which was taken. Who is right?`,
    })
}

function nameOf(words: string): string {
  return words
    .toLowerCase()
    .replace(/back-up/, 'backup')
    .replace(/[^a-z0-9]+/g, '-')
}

function readGrid({ head, rows }: Grid, title: string, facts: Facts): void {
  const place = head.findIndex((name) => /^(role|rotation|position|level|tier|on-?call|responsibility)/i.test(name))
  const who = head.findIndex(
    (name, i) => i !== place && /who|person|name|contact|engineer|owner|handle|slack|responsible|team/i.test(name),
  )
  const isContacts = contacts.test(title) || head.some((name) => /phone|e-?mail/i.test(name))
  for (const { cells, line } of rows) {
    const others = cells.filter((cell, i) => i !== Math.max(place, 0) && cell !== '')
    if (place >= 0 && who >= 0 && onCall.test(`${title} ${head[place]}`)) {
      const text = `${cells[place]}: ${others.join(', ')}`
      if (role.test(text)) {
        readRotation({ text, line } as Saying, true, facts)
        continue
      }
    }
    if (isContacts && others.length > 0)
      facts.contacts.push({ name: cells[Math.max(place, 0)] ?? '', how: others.join(', '), line })
  }
}

function readContact({ text, line, kind }: Saying, facts: Facts): void {
  const [, name, how] = /^([^:–]{2,60}?)\s*(?::|\s[–—-]\s)\s*(.{3,})$/.exec(text) ?? []
  if (name !== undefined && how !== undefined && kind === 'item')
    facts.contacts.push({ name: name.trim(), how: how.trim(), line })
  else {
    const address = /[\w.+-]+@[\w-]+\.[\w.]+\w|\+?\d[\d ()/-]{7,}\d/.exec(text)?.[0]
    if (address !== undefined)
      facts.contacts.push({
        name:
          text
            .replace(address, '')
            .replace(/[\s:–-]+$/, '')
            .trim() || address,
        how: address,
        line,
      })
  }
}

const weekday = /\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b/i
const time = /\b([01]?\d|2[0-3])[:.]([0-5]\d)\b|\b(1[0-2]|[1-9])\s?(am|pm)\b/i

function readCadence({ text, line }: Saying, facts: Facts): void {
  const [, word = ''] =
    /\b(daily|weekly|bi-?weekly|fortnightly|every two weeks|monthly)\b(?=.*(rotat|shift|hand-?\s?over|hand-?\s?off|on-?\s?call|change))/i.exec(
      `${text} rotation`,
    ) ?? []
  const isAbout = /rotat|shift|hand-?\s?over|hand-?\s?off|change/i.test(text)
  if (word === '' || !isAbout || facts.cadences.length > 0) return
  const every = /^da/i.test(word) ? 'day' : /^week/i.test(word) ? 'week' : /^month/i.test(word) ? 'month' : '2 weeks'
  facts.cadences.push({ every, handover: handoverIn(text), line })
}

function handoverIn(text: string): string | null {
  const day = weekday.exec(text)?.[1]?.slice(0, 3)
  const [, hour, minute, half, noon] = time.exec(text) ?? []
  const whole = half === undefined ? Number(hour) : (Number(half) % 12) + (noon?.toLowerCase() === 'pm' ? 12 : 0)
  const at = hour === undefined && half === undefined ? null : `${String(whole).padStart(2, '0')}:${minute ?? '00'}`
  if (at === null) return null
  return day === undefined ? at : `${day.charAt(0).toUpperCase()}${day.slice(1).toLowerCase()} ${at}`
}

function readChannels({ text, line }: Saying, facts: Facts): void {
  for (const [, name = ''] of text.matchAll(/(?<![\w&/#?=.-])#([a-z][a-z0-9_-]{2,60})\b/g))
    if (!/^[0-9a-f]{3,8}$/.test(name) && !facts.channels.some((one) => one.name === name))
      facts.channels.push({ name, line })
}
