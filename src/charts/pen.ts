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
 * One line without what no bundled letter exists for: an emoji would be an empty box. Nothing on a picture is longer
 * than 400 characters; measuring a megabyte of label would take seconds.
 */
export function cleaned(text: string): string {
  const line = shortened(text.slice(0, 2000), 400)
  return line
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?|[\u200D\uFE0F]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
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

/** At most `lines` lines, broken at spaces. */
export function wrapped(text: string, width: number, pixels: number, lines: number, bold = false): string[] {
  const words = cleaned(text).split(' ')
  const out: string[] = []
  while (words.length > 0 && out.length < lines - 1) {
    let line = words.shift() ?? ''
    while (words[0] !== undefined && widthOf(`${line} ${words[0]}`, pixels, bold) <= width) line += ` ${words.shift()}`
    if (widthOf(line, pixels, bold) > width)
      return [...out, fitted([line, ...words].join(' '), width, pixels, 'end', bold)]
    out.push(line)
  }
  if (words.length > 0) out.push(fitted(words.join(' '), width, pixels, 'end', bold))
  return out
}
