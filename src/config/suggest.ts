// "Did you mean": the word somebody probably wanted to write.

/** The closest of `known`, when it is close enough to be a slip of the pen; null otherwise. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = plain(word)
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const found = distance(wanted, plain(candidate), least)
    if (found < least) [best, least] = [candidate, found]
  }
  return best
}

/** `did you mean x?`, or the whole list when it is short. Empty when there is nothing to offer. */
export function hint(word: string, known: readonly string[]): string {
  const close = nearest(word, known)
  if (close !== null) return `did you mean ${close}?`
  return known.length > 0 && known.length <= 12 ? `known: ${known.join(', ')}` : ''
}

/** `reopenWithin`, `reopen-within` and `reopen_within` are one word to the person who typed it. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Edits (insert, delete, replace) between two words; stops counting at `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? limit
}
