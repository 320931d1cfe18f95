// Keeps what comes from outside from being anything but text once it stands in Markdown.
import { Remembered } from '../core/remembered.ts'
import { invisible, withoutInvisible } from '../invisible.ts'

/**
 * Private-use characters that stand in for what the layout looks for (line ends, ` :: `) inside a value that is Markdown
 * on purpose. They are put back when the layout is known, so a value can never become a field, a title or a blank line.
 */
const lineEnd = '\u{E000}'
const betweenColons = '\u{E001}'

/** Anything to be taken out of a line, or made a space. */
const untidy = new RegExp(`[${invisible}]|[^\\S ]| {2}|^ | $`, 'u')

/** One line, without what is invisible. Most texts are one already. */
export function oneLine(text: string): string {
  return untidy.test(text) ? withoutInvisible(text).replace(/\s+/g, ' ').trim() : text
}

/** All that is escaped below. */
const alive = /[\\`*_[\]<>|~&$^@]|::|:\/\/|www\.|^[#+=.)-]|^\d+[.)]/i

/**
 * Dead Markdown: one line of text that reads the same after rendering. A web address that is written out stays one;
 * it says where it leads.
 */
export function escapeMarkdown(text: string): string {
  const line = oneLine(text)
  if (!alive.test(line)) return line
  return (
    line
      .replace(/[\\`*_[\]<>|~&$^]/g, '\\$&')
      // Of an address only the colon: a reader takes backslashes within one for a part of it. In one pass, so that none is escaped twice.
      .replace(/::|:\/\//g, (signs) => (signs === '::' ? '\\:\\:' : '\\://'))
      .replace(/@/g, '\\@')
      .replace(/www\./gi, (start) => `${start.slice(0, 3)}\\.`)
      // Only the beginning of a line can make a heading, a list or a rule, and a value can only stand at one with its own.
      .replace(/^[#+=.)-]/, '\\$&')
      .replace(/^(\d+)([.)])/, '$1\\$2')
  )
}

/** The text behind escaped Markdown. */
export function unescapeMarkdown(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/** Marks Markdown as finished: the layout leaves it alone, byte for byte. */
export function shield(markdown: string): string {
  if (!/[\n\u{E000}\u{E001}]|::/u.test(markdown)) return markdown
  return markdown
    .replace(/[\u{E000}\u{E001}]/gu, '')
    .replace(/\r?\n/g, lineEnd)
    .replace(/::/g, `:${betweenColons}:`)
}

export function unshield(text: string): string {
  return text.replaceAll(lineEnd, '\n').replaceAll(betweenColons, '')
}

/** Inline code that no backtick in it can leave. */
export function inlineCode(text: string): string {
  const line = oneLine(text)
  if (line === '') return ''
  const fence = '`'.repeat(longestRun(line, '`') + 1)
  return line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}

/** A fenced block that no line in it can leave. */
export function fencedCode(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1))
  return `${fence}${language.replace(/[^\w+#-]/g, '')}\n${withoutInvisible(text).replace(/(?<!\n)\n+$/, '')}\n${fence}`
}

/** Several lines of outside text, dead, as a quotation. */
export function quotation(text: string): string {
  const lines = withoutInvisible(text)
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${escapeMarkdown(line)}`.trimEnd())
  return lines.join('\n')
}

/** The address when it leads to a web page, in a form that cannot leave a Markdown link; null otherwise. */
export function webAddress(address: unknown): string | null {
  if (typeof address !== 'string') return null
  const known = addresses.get(address)
  if (known !== undefined) return known
  const safe = safeAddress(address)
  addresses.set(address, safe)
  return safe
}

/** Every card has its links, and each time it is written they are the same. */
const addresses = new Remembered<string | null>(500)

function safeAddress(address: string): string | null {
  if (!/^https?:\/\//i.test(address.trim()) || !URL.canParse(address.trim())) return null
  const url = new URL(address.trim())
  // A name and a password in an address are a secret, or a disguise for where it leads.
  if (url.username !== '') url.username = ''
  if (url.password !== '') url.password = ''
  return url.href.replace(/[()<>[\]\\`|*_~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function longestRun(text: string, character: string): number {
  if (!text.includes(character)) return 0
  let longest = 0
  let run = 0
  for (const c of text) {
    run = c === character ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
