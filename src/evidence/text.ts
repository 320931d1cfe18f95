// Text of others made fit to be kept and shown: printable, and cut where a reader sees it.

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point.
const colours = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g
/** Controls but tab and line end, what reorders or hides words, private use, halves of characters: none of it can be read. */
const unprintable = /[^\P{C}\t\n\u200d]|\ufffd/gu

/** Without colours and what nobody can read. What is mostly that is not text at all. */
export function printable(text: string): string {
  const plain = text.replace(colours, '').replace(/\r\n?/g, '\n')
  const bare = plain.replace(unprintable, '')
  return plain.length - bare.length > plain.length / 5 && plain.length > 8
    ? `(${text.length} characters that are no text)`
    : bare
}

/** What should be an answer for programs is a page for people, often one to sign in on. */
export function isWebPage(answer: unknown): boolean {
  return typeof answer === 'string' && /^\s*</.test(answer)
}

/** One line of at most `limit` characters; what is left out is counted. */
export function cutLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= limit ? line : `${whole(line.slice(0, limit))}… (+${line.length - limit} characters)`
}

/** At most so many lines and characters; what is left out is counted, and said at the end. */
export function cutBlock(text: string, limits: { lines: number; width: number }): string {
  const lines = text.replace(/\s+$/, '').split('\n')
  const kept = lines.slice(0, limits.lines).map((line) => {
    const bare = line.trimEnd()
    return bare.length <= limits.width
      ? bare
      : `${whole(bare.slice(0, limits.width))}… (+${bare.length - limits.width} characters)`
  })
  const more = lines.length - kept.length
  return [...kept, ...(more > 0 ? [`… ${more} more ${more === 1 ? 'line' : 'lines'}`] : [])].join('\n')
}

/** Half a character at the end is none. */
function whole(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '')
}
