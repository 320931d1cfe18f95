// Whose shift a calendar's event is: by e-mail, name or key, written out. What is not understood is told, never guessed.

export type Known = { key: string; name: string; email: string | null }

export type Named = {
  summary: string
  /** Those who have not declined. */
  attendees: { name: string | null; email: string | null }[]
  organizer: { name: string | null; email: string | null } | null
}

/** `unknown`: as the calendar calls them. Empty `people`: the event is nobody's shift. */
export type Whose = { people: string[]; unknown: string[] }

/**
 * Attendees first; where none of them is known, the summary, in which names, keys and addresses stand as whole words; where
 * it says nothing but that it is a shift, the organizer.
 */
export function whoseEvent({ summary, attendees, organizer }: Named, known: readonly Known[], schedule: string): Whose {
  const invited = attendees.map((one) => ({ shown: shownName(one), key: personOf(one, known) }))
  const people = [...new Set(invited.flatMap(({ key }) => key ?? []))]
  if (people.length > 0) return { people, unknown: invited.filter(({ key }) => key === null).map(({ shown }) => shown) }
  const written = peopleIn(summary, known)
  if (written.length > 0) return { people: written, unknown: [] }
  if (invited.length > 0) return { people: [], unknown: invited.map(({ shown }) => shown) }
  if (!saysNobody(summary, schedule)) return { people: [], unknown: [summary.trim()] }
  const key = organizer && personOf(organizer, known)
  if (key) return { people: [key], unknown: [] }
  return { people: [], unknown: [organizer ? shownName(organizer) : summary.trim() || 'an event without a summary'] }
}

function shownName({ name, email }: { name: string | null; email: string | null }): string {
  return email ?? name ?? 'an attendee without a name'
}

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()
}

function personOf(
  { name, email }: { name: string | null; email: string | null },
  known: readonly Known[],
): string | null {
  const byMail =
    email === null ? undefined : known.find((one) => one.email !== null && plain(one.email) === plain(email))
  if (byMail) return byMail.key
  // The address of somebody else does not become theirs by its name.
  if (name === null || (email !== null && plain(name) === plain(email))) return null
  return known.find((one) => [one.key, one.name].some((mine) => plain(mine) === plain(name)))?.key ?? null
}

/** The longest first, each taken out: “Ann Smith” is not also Ann, nor is ann.smith@example.org, whoever that is. */
function peopleIn(summary: string, known: readonly Known[]): string[] {
  const found: { key: string; at: number }[] = []
  let left = plain(summary)
  const take = (before: string, words: Word[]) => {
    // An expression for each of hundreds of people, in each of hundreds of events, takes longer to compile than there is.
    for (const { key, word } of words.filter(({ word }) => left.includes(word))) {
      const match = new RegExp(`${before}${escaped(word)}${behind}`, 'u').exec(left)
      if (match === null) continue
      found.push({ key, at: match.index })
      left = left.slice(0, match.index) + blank(word) + left.slice(match.index + word.length)
    }
  }
  const { addresses, names } = wordsOf(known)
  take('(?<![\\p{L}\\p{N}_@.+-])', addresses)
  left = left.replace(address, blank)
  take('(?<![\\p{L}\\p{N}_@.-])', names)
  return [...new Set(found.sort((a, b) => a.at - b.at).map(({ key }) => key))]
}

type Word = { key: string; word: string }
const words = new WeakMap<readonly Known[], { addresses: Word[]; names: Word[] }>()

function wordsOf(known: readonly Known[]): { addresses: Word[]; names: Word[] } {
  const inOrder = (all: Word[]) => all.sort((a, b) => b.word.length - a.word.length)
  const made = words.get(known) ?? {
    addresses: inOrder(known.flatMap(({ key, email }) => (email === null ? [] : [{ key, word: plain(email) }]))),
    names: inOrder(known.flatMap(({ key, name }) => [key, name].map((word) => ({ key, word: plain(word) })))),
  }
  words.set(known, made)
  return made
}

/** A full stop ends a word, unless it goes on as `ada.smith` does. */
const behind = '(?![\\p{L}\\p{N}_@-]|\\.[\\p{L}\\p{N}_])'
/** Looked for where a word begins, and not from each of its letters: of a long one that would take minutes. */
const address = /(?<![\p{L}\p{N}_%+'.-])[\p{L}\p{N}_%+'.-]*[\p{L}\p{N}_]@[\p{L}\p{N}][\p{L}\p{N}.-]*/gu

function blank(text: string): string {
  return '\u0000'.repeat(text.length)
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const noName = /\b(on|call|oncall|pager|duty|shift|rota|rotation|schedule|primary|secondary)\b/g

function saysNobody(summary: string, schedule: string): boolean {
  return !/[\p{L}\p{N}]/u.test(plain(summary).replaceAll(plain(schedule), ' ').replace(noName, ' '))
}
