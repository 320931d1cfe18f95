// Headings as people write them: with emoji, with emoji that a wrong character set has mangled, with a severity.
import { parseSeverity, type Severity } from '../core/severity.ts'

export type Heading = { title: string; severity: Severity | null }

/** The words of a heading, and the severity it names: `🚨 Service Down (P1 – Critical)` is `Service Down`, P1. */
export function readHeading(text: string): Heading {
  const { rest, severity } = takeSeverity(repairCharacters(text.replace(attributes, '')))
  return { title: cleanWords(rest).replace(/^[\s\-–—:·|]+|[\s\-–—:·|]+$/g, '') || text.trim(), severity }
}

/** `## Check {#check}`, `## Check { .wide #check }`: what documentation tools take for a heading's own, and people do not see. */
const attributes = /\s*\{:?\s*[#.][\w-][^{}]*\}\s*$/

/** The anchor that a heading gives itself; null when it is made of its words. */
export function ownAnchorOf(text: string): string | null {
  return /#([\w-]+)/.exec(attributes.exec(text)?.[0] ?? '')?.[1]?.toLowerCase() ?? null
}

/** One line without emoji, whole or mangled. */
export function cleanWords(text: string): string {
  return repairCharacters(text)
    .replace(/(?<!\S):[a-z0-9_+-]+:(?!\S)/g, ' ')
    .replace(pictures, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !isDebris(word))
    .join(' ')
}

const pictures =
  /\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u{E0020}-\u{E007F}]|\p{Variation_Selector}|\u{200D}|\u{20E3}/gu

/** `Step 3: Restart` and `3. Restart` without their number; null when there is none. */
export function withoutNumber(title: string): string | null {
  const [, named, plain] = /^(?:step\s+\d+\s*[:.)\-–—]*\s*(.*)|\d+\s*[.):]\s+(.+))$/i.exec(title) ?? []
  return named ?? plain ?? null
}

/** `2.1 Disk is full` and `3) Disk is full` without the number of the chapter. `500 errors` has none. */
export function withoutChapter(title: string): string {
  return title.replace(/^\d{1,2}(?:(?:\.\d{1,2})+[.)]?|[.)])\s+(?=\S)/, '')
}

/** Lower-case words with hyphens. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
}

/** The anchor that code forges make of a heading. */
export function anchorOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}

/** What Windows-1252 shows for the bytes 0x80 to 0x9F. */
const windows1252 = '€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ'

/** UTF-8 that was once read as Windows-1252 (`ðŸš¨`, `Ãœberlast`) becomes what it was. Anything else stays. */
export function repairCharacters(text: string): string {
  return text.replace(/[\u{80}-\u{FF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2,}/gu, (run) => {
    const bytes = [...run].map((c) => {
      const place = windows1252.indexOf(c)
      return place >= 0 ? 0x80 + place : (c.codePointAt(0) ?? 0)
    })
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))
    } catch {
      return run
    }
  })
}

/** What is left of a mangled emoji: no ASCII in it, and characters that only bytes read wrongly give. */
function isDebris(word: string): boolean {
  if (/[!-~]/.test(word)) return false
  return (
    /[\u{80}-\u{9F}\u{FFFD}]/u.test(word) || /^(?=.*[ðâïÃÂ])[\u{80}-\u{17F}‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]{2,}$/u.test(word)
  )
}

function takeSeverity(text: string): { rest: string; severity: Severity | null } {
  for (const found of text.matchAll(/[([{]([^()[\]{}]*)[)\]}]/g)) {
    const severity = severityIn(found[1] ?? '')
    if (severity !== null) return { rest: text.replace(found[0], ' '), severity }
  }
  const [, before, rest] = /^[^\p{L}\p{N}]*([\p{L}\p{N}]+(?:[ -]?\d)?)\s*(?:[:|·–—]|-\s)\s*(.+)$/u.exec(text) ?? []
  const first = before === undefined ? null : severityOfWord(before)
  if (first !== null && rest) return { rest, severity: first }
  const [, start, after] = /^(.+?)(?:\s[:|·–—-]|[:,])\s*([\p{L}]+(?:[ -]?\d)?)[^\p{L}\p{N}]*$/u.exec(text) ?? []
  const last = after === undefined ? null : severityOfWord(after)
  if (last !== null && start) return { rest: start, severity: last }
  const [, named, title] = /^[^\p{L}\p{N}]*(P[1-4]|SEV[ -]?[1-4])\s+(?=\p{L})(.+)$/iu.exec(text) ?? []
  return named && title ? { rest: title, severity: severityOfWord(named) } : { rest: text, severity: null }
}

/** `P1`, `P1 - Critical`, `Severity: critical`, `Sev 2`. */
function severityIn(text: string): Severity | null {
  const words = text
    .replace(/\bsev[ -]?(?=\d)/gi, 'P')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !/^(severity|sev|priority|prio|level)$/i.test(word))
  const read = words.map(severityOfWord)
  return read.length > 0 && read.length <= 3 && read[0] ? read[0] : null
}

/** As people write it in a document: `P1`, `SEV-2`, `Critical`. A bare number is none: `Error 3: …` is about something else. */
export function severityOfWord(word: string): Severity | null {
  const [, digit] = /^(?:P|sev(?:erity)?[ -]?|prio(?:rity)?[ -]?)([1-4])$/i.exec(word) ?? []
  if (digit !== undefined) return parseSeverity(digit)
  return /^\d+$/.test(word) || !/^\p{L}+$/u.test(word) ? null : parseSeverity(word)
}
