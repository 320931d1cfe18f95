// Where a `{`, a `[` or a quotation mark that is never closed stands. The YAML parser notices only where the next key begins, which is a line
// that is right; and most often a `#incidents` has made a comment of the closing bracket.

const closing = { '{': '}', '[': ']' } as const
type Opening = keyof typeof closing

export type Unclosed = { offset: number; message: string }

/** `message` is the parser's; null when it is about something else, or the bracket cannot be found. */
export function unclosed(source: string, until: number, message: string): Unclosed | null {
  const opening = /^Flow map\b/.test(message) ? '{' : /^Flow sequence\b/.test(message) ? '[' : null
  if (opening === null) return null
  const found = openBefore(source.slice(0, until))
    .filter((one) => one.bracket === opening)
    .at(-1)
  if (found === undefined) return null
  const why = found.comment
    ? 'a # after a space begins a comment; quote what starts with one'
    : `end it with ${closing[opening]}`
  return { offset: found.offset, message: `not valid YAML: this ${opening} is never closed; ${why}` }
}

/** The same for a quotation mark: the parser tells the end of the file. Null when its message is about something else. */
export function unclosedQuote(source: string, message: string): Unclosed | null {
  const [, quote] = /^Missing closing (["'])quote/.exec(message) ?? []
  if (quote === undefined) return null
  // With one too few the next ones are taken for its end: the first text that goes over several lines is not meant to.
  const texts = [...source.matchAll(parts)].filter(({ 0: text }) => text.startsWith(quote))
  const found = texts.find(({ 0: text }) => text.length === 1 || text.includes('\n'))
  if (found === undefined) return null
  return { offset: found.index, message: `not valid YAML: this ${quote} is never closed; end the text with ${quote}` }
}

type Open = { bracket: Opening; offset: number; comment: boolean }

// Quoted texts, comments and brackets, whichever begins first, and a quotation mark without another. A quote begins only where a value may.
const parts = /(?<=^|[\s[{,:])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|["'])|(?<=^|\s)#[^\n]*|[[\]{}]/gms

/** The brackets still open at the end of `text`, and whether a comment came after them. */
function openBefore(text: string): Open[] {
  const open: Open[] = []
  for (const { 0: part, index } of text.matchAll(parts)) {
    const last = open.at(-1)
    if (part === '{' || part === '[') open.push({ bracket: part, offset: index, comment: false })
    else if (last !== undefined && part.startsWith('#')) last.comment = true
    else if (last !== undefined && part === closing[last.bracket]) open.pop()
  }
  return open
}
