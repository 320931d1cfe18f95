// Puts newly found facts into a text that people have edited. The rule above all others: no line that a person wrote is lost.
// Where both changed the same place the person's words stay, and the new fact stands below them as a note.
import { diff3Merge } from 'node-diff3'
import { segmentsOf } from './segments.ts'

/** `base`: what `mine` and `theirs` both began as. `mine` is kept wherever the two disagree. */
export type Merge = { base: string; mine: string; theirs: string }

/** What a note begins with, as Markdown, e.g. `**New on the record:**`. */
export type NoteLabel = string

/** Lines of text, merged. `isClean`: nothing had to become a note. */
export function merge({ base, mine, theirs }: Merge, label: NoteLabel): { text: string; isClean: boolean } {
  if (mine === base || mine === theirs) return { text: theirs, isClean: true }
  if (theirs === base) return { text: mine, isClean: true }
  const out = new Output(label)
  for (const { parts, anchor } of segmentsOf([mine, base, theirs].map(linesOf))) {
    const [a = [], o = [], b = []] = parts
    if (isSame(b, o)) out.write(a)
    else if (isSame(a, o)) out.write(b)
    else if (a.length * o.length > mostCompared || b.length * o.length > mostCompared) out.writeBoth(a, o, b)
    else
      for (const region of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
        if (region.ok) out.write(region.ok)
        else if (region.conflict) out.writeBoth(region.conflict.a, region.conflict.o, region.conflict.b)
      }
    if (anchor !== null) out.write([anchor])
  }
  return out.end()
}

/** Pairs of lines. Beyond, it would take seconds; the person's lines stay, and the new facts are notes below them. */
const mostCompared = 250_000

function isSame(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((line, i) => line === other[i])
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/)
}

/** Collects lines; a note that would tear a table or a block of code apart waits for its end. */
class Output {
  readonly #label: string
  readonly #lines: string[] = []
  #waiting: string[] = []
  #fence: string | null = null
  #isClean = true

  constructor(label: string) {
    this.#label = label
  }

  write(lines: string[]): void {
    for (const line of lines) {
      if (this.#waiting.length > 0 && this.#isBetweenBlocks(line)) this.#writeNotes()
      this.#lines.push(line)
      this.#follow(line)
    }
  }

  /**
   * A person's lines. What they left as it was in `base` becomes what `theirs` has in its place; what they changed stays, and
   * the new fact stands below it.
   */
  writeBoth(mine: string[], base: string[], theirs: string[]): void {
    const known = new Set([...mine, ...base].map((line) => line.trim()))
    const { head, instead } = pairs(base, theirs)
    const places = new Places(base)
    const said = mine.join('\n')
    const add = (lines: string[]) => {
      for (const line of lines) if (line.trim() !== '' && !known.has(line.trim())) this.#add(line, said)
    }
    add(head)
    let next = 0
    for (const line of mine) {
      const found = line.trim() === '' ? (base[next] === line ? next : -1) : places.from(next, line)
      if (found < 0) {
        this.write([line])
        continue
      }
      for (; next < found; next++) add(instead[next]?.all ?? [])
      const { first, more } = instead[next++] ?? { first: line, more: [] }
      if (first !== null) this.write([first])
      add(more)
    }
    for (; next < base.length; next++) add(instead[next]?.all ?? [])
    this.#settle()
  }

  /** A new fact: an item of its own where it can be one, else a note. */
  #add(line: string, mine: string): void {
    const fits = kindOf(this.#lines.at(-1) ?? '') === kindOf(line)
    if (this.#fence === null && fits && isNewItem(line, mine)) this.write([line])
    else {
      this.#waiting.push(asWords(line))
      this.#isClean = false
      this.#settle()
    }
  }

  #settle(): void {
    if (kindOf(this.#lines.at(-1) ?? '') === 'item' && this.#fence === null) this.#writeNotes('  ')
  }

  end(): { text: string; isClean: boolean } {
    this.#writeNotes()
    return { text: this.#lines.join('\n'), isClean: this.#isClean }
  }

  #isBetweenBlocks(next: string): boolean {
    return this.#fence === null && kindOf(next) !== 'row'
  }

  /** `indent`: it belongs to the item above, and the list goes on. */
  #writeNotes(indent = ''): void {
    const notes = this.#waiting
    this.#waiting = []
    if (notes.length === 0) return
    // A fence that was never closed swallows what follows: then the note is text in it, and is there all the same.
    const isApart = indent === '' && (this.#lines.at(-1) ?? '').trim() !== ''
    if (isApart) this.#lines.push('')
    for (const [i, note] of notes.entries()) {
      if (i > 0) this.#lines.push(`${indent}>`)
      this.#lines.push(`${indent}> ${this.#label} ${note}`)
    }
    if (indent === '') this.#lines.push('')
  }

  #follow(line: string): void {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark === undefined) return
    if (this.#fence === null) this.#fence = mark
    else if (mark.startsWith(this.#fence) && line.trim() === mark) this.#fence = null
  }
}

type Instead = {
  /** What the line became; null: it is gone. */
  first: string | null
  /** New lines that come after it. */
  more: string[]
  all: string[]
}

/** Where each text stands in a list: thousands of lines that nearly agree would take minutes if each were looked for among all. */
class Places {
  readonly #of = new Map<string, number[]>()
  constructor(texts: string[]) {
    for (const [place, text] of texts.entries()) {
      const known = this.#of.get(text)
      if (known === undefined) this.#of.set(text, [place])
      else known.push(place)
    }
    for (const places of this.#of.values()) places.reverse()
  }

  /** The first of a text at `least` or later; -1: there is none. Each time `least` is no smaller than the times before. */
  from(least: number, text: string): number {
    const places = this.#of.get(text)
    while (places !== undefined && (places.at(-1) ?? least) < least) places.pop()
    return places?.at(-1) ?? -1
  }
}

/** For each line of `base` what `theirs` has in its place: the same line, or the next one that goes by the same name. */
function pairs(base: string[], theirs: string[]): { head: string[]; instead: Instead[] } {
  const key = (line: string) => nameOf(line) ?? line
  const places = new Places(base.map(key))
  const instead = base.map((): Instead => ({ first: null, more: [], all: [] }))
  const head: string[] = []
  let at = -1
  const sameLength = base.length === theirs.length
  for (const [i, line] of theirs.entries()) {
    const found = sameLength ? i : places.from(at + 1, key(line))
    if (found >= 0) at = found
    const place = instead[at]
    if (place === undefined) head.push(line)
    else {
      if (found >= 0) place.first = line
      else place.more.push(line)
      if (line !== base[at]) place.all.push(line)
    }
  }
  return { head, instead }
}

function kindOf(line: string): 'row' | 'item' | 'other' {
  if (/^\s*\|/.test(line)) return 'row'
  return /^\s*(?:[-+*]|\d+[.)])\s/.test(line) ? 'item' : 'other'
}

/** An item or a row about something the person's lines do not speak of: it can stand among them as it is. */
function isNewItem(line: string, mine: string): boolean {
  const name = nameOf(line)
  return name !== null && !mine.includes(name)
}

/** What tells an item from its neighbours: its first bold words, else the entry it cites last, else a row's first cell. */
function nameOf(line: string): string | null {
  const kind = kindOf(line)
  if (kind === 'row') return /^\s*\|\s*([^|]*[^|\s])\s*\|/.exec(line)?.[1] ?? null
  if (kind === 'other') return null
  return /\*\*(.+?)\*\*/.exec(line)?.[1] ?? [...line.matchAll(/\[#\d+\]/g)].at(-1)?.[0] ?? null
}

/** A line as a part of a sentence: no box to tick, no cells. */
function asWords(line: string): string {
  const words = line.trim()
  if (kindOf(line) !== 'row') return words.replace(/^(?:[-+*]|\d+[.)])\s+(?:\[[ xX]\]\s+)?|^(?:#{1,6}|>)\s+/, '')
  return words
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' · ')
}
