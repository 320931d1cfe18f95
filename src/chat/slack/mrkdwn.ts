// Markdown to Slack's mrkdwn. Slack has no escape character for * _ ~ `, so marks that are only words are replaced by
// look-alikes, and only where Slack would take them for formatting: metric names and globs stay copyable.
import { type Dialect, messageTree, writeBlocks } from '../markdown.ts'

// Stand for "bold starts here" and so on until a whole block is known; private-use characters, removed from what comes in.
const marks = { bold: ['\uE000', '\uE001'], italic: ['\uE002', '\uE003'], strike: ['\uE004', '\uE005'] } as const
const signs: Record<string, string> = {
  '\uE000': '*',
  '\uE001': '*',
  '\uE002': '_',
  '\uE003': '_',
  '\uE004': '~',
  '\uE005': '~',
}
const openers = new Map<string, string>(Object.values(marks).map(([open, close]) => [open, close]))
const anyMark = /[\uE000-\uE005]/g
/** Takes no room on the screen, but makes Slack see a border between words. */
const border = '\u200b'
const lookAlikes: Record<string, string> = { '*': '∗', _: 'ˍ', '~': '∼' }

/** Text that Slack shows as it is: no mention, link or entity survives it. https://docs.slack.dev/messaging/formatting-message-text/ */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Whatever may not stay as it is. */
const alive = /[*_~`&<>\uE000-\uE005]/

/** Plain words for a place that reads mrkdwn: escaped, and no part of them becomes formatting. */
export function words(text: string, alone = true): string {
  if (!alive.test(text)) return text
  const clean = text.replace(anyMark, '').replaceAll('`', 'ˋ')
  const marked = [...clean.matchAll(/(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])/gu)]
  const counts = new Map<string, number>()
  for (const [sign] of marked) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  // One alone formats nothing: `~30s`, `*.example.com`.
  const indexes = new Set(marked.filter(({ 0: sign }) => !alone || counts.get(sign) !== 1).map(({ index }) => index))
  const defused = clean.replace(/[*_~]/g, (sign, at: number) => (indexes.has(at) ? (lookAlikes[sign] ?? sign) : sign))
  // Slack reads `&gt;` at the start of a line as a quotation.
  return escapeText(defused).replace(/(^|\n)([ \t]*)&gt;/g, `$1$2${border}&gt;`)
}

const dialect: Dialect = {
  text: words,
  strong: (inner) => marks.bold[0] + inner + marks.bold[1],
  emphasis: (inner) => marks.italic[0] + inner + marks.italic[1],
  strike: (inner) => marks.strike[0] + inner + marks.strike[1],
  inlineCode: (value) => `\`${escapeText(value.replace(anyMark, '').replaceAll('`', 'ˋ').replaceAll('\n', ' '))}\``,
  code: (value) =>
    `\`\`\`\n${escapeText(value.replace(anyMark, '').replaceAll('```', `\`${border}\`${border}\``))}\n\`\`\``,
  link,
  heading: (inner) => marks.bold[0] + inner + marks.bold[1],
  quote: (inner) =>
    inner
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
  marker: (bullet) => (bullet === null ? '•  ' : `${bullet}.  `),
  rule: () => '──────────',
}

/** One piece of mrkdwn for each block of the Markdown. */
export function mrkdwnBlocks(markdown: string): string[] {
  return writeBlocks(messageTree(markdown), dialect).map(settle)
}

/** The whole Markdown as one piece of mrkdwn. */
export function mrkdwn(markdown: string): string {
  return joinBlocks(mrkdwnBlocks(markdown))
}

/** Paragraphs get a blank line between them; lists and code stay with what introduces them, text with its heading. */
export function joinBlocks(blocks: string[]): string {
  return blocks
    .map((block, i) => {
      const before = blocks[i - 1]
      if (before === undefined) return block
      const close = /^(•|\d+\.|```)/.test(block) || /^\*[^*\n]+\*$/.test(before)
      return `${close ? '\n' : '\n\n'}${block}`
    })
    .join('')
}

function link(label: string, _inner: string, url: string): string {
  const shown = label.replace(anyMark, '').replace(/\s+/g, ' ').trim()
  const address = safeAddress(url)
  if (address === null) return words(shown === url ? shown : `${shown} (${url})`, false)
  if (shown === '' || shown === url) return `<${address}>`
  return `<${address}|${escapeText(shown).replaceAll('|', '¦')}>`
}

/** Only what opens a page or a mail; anything that could end Slack's link early is percent-encoded. */
function safeAddress(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, href } = new URL(url)
  if (!['http:', 'https:', 'mailto:'].includes(protocol)) return null
  const encoded = href.replace(/[\s<>|"\uE000-\uE005]/g, (c) => encodeURIComponent(c))
  return escapeText(encoded)
}

/** Turns the stand-ins into Slack's signs: none inside itself, closed at each line's end, with a border beside letters. */
function settle(block: string): string {
  const open: string[] = []
  let out = ''
  let told = 0
  const write = (mark: string) => {
    // The last letter may be one of two halves.
    if (openers.has(mark) && /[\p{L}\p{N}]$/u.test(out.slice(-2))) out += border
    out += signs[mark] ?? ''
  }
  for (const { 0: character, index } of block.matchAll(/[\uE000-\uE005\n]/g)) {
    out += block.slice(told, index)
    told = index + 1
    if (openers.has(character)) {
      if (!open.includes(character)) write(character)
      open.push(character)
    } else if (character === '\n') {
      const kinds = [...new Set(open)]
      for (const kind of [...kinds].reverse()) write(openers.get(kind) ?? '')
      out += character
      for (const kind of kinds) write(kind)
    } else {
      const opener = open.pop()
      if (opener !== undefined && !open.includes(opener)) {
        write(character)
        if (/^[\p{L}\p{N}]/u.test(block.slice(told, told + 2))) out += border
      }
    }
  }
  return out + block.slice(told)
}
