// The bytes of a document as text: in whatever character set an editor has left them in, and with what an editor or a
// wiki has put between the words taken out. Code is left alone, byte for byte.
import { withPlainCallouts } from './callouts.ts'
import { linesOf } from './lines.ts'
import { withAddresses } from './references.ts'
import { repairCharacters } from './title.ts'

/** What was done to a line, for the person whose file it is. */
export type Note = { line: number; what: string }

/** `written`: before anything was repaired. */
export type Reading = { text: string; written: string; notes: Note[] }

/** Bytes. A document for people is not longer; reading a longer one would keep the bot busy for seconds. */
export const mostBytes = 2_000_000

export function readBytes(bytes: Uint8Array): Reading {
  const { text: written, notes } = decode(bytes)
  const tidy = tidyText(written)
  return { text: tidy.text, written, notes: [...notes, ...tidy.notes] }
}

/** Line ends, and in prose the characters that only look like blanks, or were read in a wrong character set. */
export function tidyText(written: string): Reading {
  const text = written.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const repaired: number[] = []
  const lines = withAddresses(withPlainCallouts(linesOf(text))).map((line) => {
    if (line.isCode || /^(?: {4}|\t)/.test(line.text)) return line.text
    // A blank that is none may be a byte of what was mangled: first the characters, then the blanks.
    const right = repairTwice(line.text)
    if (right !== line.text) repaired.push(line.number)
    return withPlainBlanks(right)
  })
  const [first] = repaired
  if (first === undefined) return { text: lines.join('\n'), written, notes: [] }
  const others = repaired.length > 1 ? ` (and in ${repaired.length - 1} other lines)` : ''
  const what = `characters that were saved in a wrong character set are read as what they were${others}`
  return { text: lines.join('\n'), written, notes: [{ line: first, what }] }
}

function decode(bytes: Uint8Array): Omit<Reading, 'written'> {
  const [a, b] = bytes
  if (a === 0xff && b === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), notes: [] }
  if (a === 0xfe && b === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), notes: [] }
  if (isBareUtf16(bytes)) {
    const what = 'not UTF-8: read as UTF-16 without a byte order mark; save the file as UTF-8'
    return { text: new TextDecoder('utf-16le').decode(bytes), notes: [{ line: 1, what }] }
  }
  const text = new TextDecoder('utf-8').decode(bytes)
  const wrong = text.indexOf('\u{FFFD}')
  if (wrong < 0) return { text, notes: [] }
  const line = lineAt(text, wrong)
  // A file in an old character set has hardly a byte that UTF-8 could have written; a lone one may be anything.
  if (isOldCharacterSet(bytes, text)) {
    const what = 'not UTF-8: read as Windows-1252; save the file as UTF-8'
    return { text: new TextDecoder('windows-1252').decode(bytes), notes: [{ line, what }] }
  }
  return {
    text,
    notes: [{ line, what: 'not UTF-8 here; read with \u{FFFD} for what is unreadable, save the file as UTF-8' }],
  }
}

/** Every second byte of Latin letters is zero then, and no text has zeros otherwise. */
function isBareUtf16(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64)
  return head.length >= 4 && head.every((byte, i) => i % 2 === 0 || byte === 0)
}

/** Every character that UTF-8 does not know stands beside or among letters, and no other one beyond ASCII is valid UTF-8. */
function isOldCharacterSet(bytes: Uint8Array, decoded: string): boolean {
  if (bytes.includes(0)) return false
  return !/[^\0-\u{7F}\u{FFFD}]/u.test(decoded)
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** Blanks that Markdown does not take for blanks, and characters without a width, which hide a mark at a line's start. */
function withPlainBlanks(line: string): string {
  return line.replace(/[\u{200B}\u{200C}\u{2060}\u{FEFF}]/gu, '').replace(/[\u{A0}\u{2007}\u{202F}\u{3000}]/gu, ' ')
}

/** What was mangled twice is repaired twice. */
function repairTwice(line: string): string {
  return repairCharacters(repairCharacters(line))
}
