// Drawing and measuring text on the canvas under a chart.
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas'
import { shortened, shortenedMiddle } from './format.ts'
import { font } from './theme.ts'

export type Pen = SKRSContext2D

export function fontOf(pixels: number, bold = false): string {
  return `${bold ? 'bold ' : ''}${pixels}px ${font}`
}

let scratch: Pen | null = null

/** Width in pixels of a line of text in the bundled font. */
export function widthOf(text: string, pixels: number, bold = false): number {
  scratch ??= createCanvas(8, 8).getContext('2d')
  scratch.font = fontOf(pixels, bold)
  return scratch.measureText(text).width
}

/**
 * One line without what cannot be drawn (an emoji or, without a font for it, a script would be a row of empty boxes) and
 * without what turns text around. Nothing on a picture is longer than 400 characters; measuring a megabyte of label would
 * take seconds.
 */
export function cleaned(text: string): string {
  const line = shortened(text.slice(0, 2000), 400)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?/gu, '')
    .replace(/[\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|\uFE0F/g, '')
  return [...line]
    .map((character) => (isDrawn(character) ? character : '…'))
    .join('')
    .replace(/…{2,}/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
}

const box = 20
const drawn = new Map<string, boolean>()
let nothing: string | null = null

/** Whether there is a letter for it, in our font or in one of the machine's: it does not look like one that nobody has. */
function isDrawn(character: string): boolean {
  if (character < '\u0500') return true
  const known = drawn.get(character)
  if (known !== undefined) return known
  nothing ??= shapeOf('\u{10FFFD}')
  const is = /\p{M}|\s/u.test(character) || shapeOf(character) !== nothing
  if (drawn.size < 5000) drawn.set(character, is)
  return is
}

function shapeOf(character: string): string {
  const pen = createCanvas(box, box).getContext('2d')
  pen.font = fontOf(16)
  pen.textBaseline = 'alphabetic'
  pen.fillText(character, 1, 16)
  return pen.getImageData(0, 0, box, box).data.join()
}

/** The text, or what of it fits into `width` pixels with an ellipsis at its end or in its middle. */
export function fitted(
  text: string,
  width: number,
  pixels: number,
  cut: 'end' | 'middle' = 'end',
  bold = false,
): string {
  const line = cleaned(text)
  if (widthOf(line, pixels, bold) <= width) return line
  const shorten = cut === 'end' ? shortened : shortenedMiddle
  let low = 1
  let high = [...line].length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (widthOf(shorten(line, middle), pixels, bold) <= width) low = middle
    else high = middle - 1
  }
  return shorten(line, low)
}

/** At most `lines` lines, broken at spaces, and within words that are longer than a line. */
export function wrapped(text: string, width: number, pixels: number, lines: number, bold = false): string[] {
  const words = cleaned(text)
    .split(' ')
    .flatMap((word) => broken(word, width, pixels, bold))
  const out: string[] = []
  while (words.length > 0 && out.length < lines - 1) {
    let { word: line } = words.shift() ?? { word: '' }
    while (words[0] !== undefined) {
      const longer = `${line}${words[0].glued ? '' : ' '}${words[0].word}`
      if (widthOf(longer, pixels, bold) > width) break
      line = longer
      words.shift()
    }
    out.push(line)
  }
  const rest = words.map(({ word, glued }, index) => `${glued || index === 0 ? '' : ' '}${word}`).join('')
  return rest === '' ? out : [...out, fitted(rest, width, pixels, 'end', bold)]
}

/** A word in parts that fit into a line; all but the first are glued to what is before them. */
function broken(word: string, width: number, pixels: number, bold: boolean): { word: string; glued: boolean }[] {
  if (widthOf(word, pixels, bold) <= width) return [{ word, glued: false }]
  const parts: { word: string; glued: boolean }[] = []
  let part = ''
  for (const character of word) {
    if (widthOf(part + character, pixels, bold) > width && part !== '') {
      parts.push({ word: part, glued: parts.length > 0 })
      part = ''
    }
    part += character
  }
  return [...parts, { word: part, glued: parts.length > 0 }]
}
