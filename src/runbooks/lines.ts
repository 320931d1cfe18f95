// Walks over the lines of a Markdown file and knows which of them are code: what is done to prose must never be done to it.

export type Line = {
  /** Without its end. */
  text: string
  /** From 1. */
  number: number
  /** Where it begins. */
  offset: number
  /** Inside a fenced block, or one of its fences. */
  isCode: boolean
}

/** Lines end with `\n`. Where a document is odd (a fence that a list ends), too much counts as code rather than too little. */
export function linesOf(text: string): Line[] {
  let fence: { mark: string; indent: number } | null = null
  let offset = 0
  return text.split('\n').map((line, index) => {
    const found: Line = { text: line, number: index + 1, offset, isCode: fence !== null }
    offset += line.length + 1
    const [, indent = '', mark = '', info = ''] = /^([ \t]*)(`{3,}|~{3,})(.*)$/.exec(line) ?? []
    if (mark === '') return found
    if (fence === null) {
      if (mark.startsWith('`') && info.includes('`')) return found
      fence = { mark, indent: indent.length }
    } else if (mark.startsWith(fence.mark) && info.trim() === '' && indent.length <= fence.indent + 3) fence = null
    return { ...found, isCode: true }
  })
}

const heading = /^ {0,3}#{1,6}(?:[ \t]|$)/

/** A piece is at least this long, in characters; and it is cut between paragraphs when no heading comes for so long. */
const shortest = 4_000
const longest = 24_000

export type Piece = { text: string; line: number; offset: number }

/**
 * The file in pieces that read alone as they read in it: the Markdown parser needs four times as long for twice the text. Cut
 * before headings; where there are none for long, before a line that begins a paragraph.
 */
export function piecesOf(text: string): Piece[] {
  const cuts: Line[] = []
  let last = 0
  let isComment = false
  let isBlank = true
  for (const line of linesOf(text)) {
    const length = line.offset - last
    const begins =
      !line.isCode && !isComment && (heading.test(line.text) || (length > longest && isBlank && isPlain(line)))
    if (begins && length >= shortest) {
      cuts.push(line)
      last = line.offset
    }
    if (!line.isCode)
      isComment =
        line.text.lastIndexOf('<!--') > line.text.lastIndexOf('-->') || (isComment && !line.text.includes('-->'))
    isBlank = line.text.trim() === ''
  }
  const starts = [{ offset: 0, number: 1 }, ...cuts]
  return starts.map(({ offset, number }, i) => ({
    text: text.slice(offset, starts[i + 1]?.offset),
    line: number,
    offset,
  }))
}

function isPlain({ text }: Line): boolean {
  return /^[^\s>\-+*|<\d]/.test(text)
}
