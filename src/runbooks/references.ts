// Links whose addresses stand elsewhere in the file, `[the board][1]`: a step is cut out of it, and would have a number for a link.
import type { Line } from './lines.ts'

const definition = /^ {0,3}\[(?!\^)([^[\]]+)\]:[ \t]+(?:<([^<>]+)>|(\S+))/

/** Code by its indent: `a[i][1]` is no link there. An item of a list is none. */
const mayBeCode = /^(?: {4}|\t)\s*(?![-+*\s]|\d+[.)])/

/** Characters; no such line is longer. */
const longest = 5_000

/** The same lines, each link with its address. */
export function withAddresses(lines: Line[]): Line[] {
  const addresses = new Map<string, string>()
  // Too much may count as code; an address in a block of it is hardly asked for by its name.
  for (const { text } of lines) {
    const [, name, between, bare] = definition.exec(text.slice(0, longest)) ?? []
    if (name !== undefined && !addresses.has(known(name))) addresses.set(known(name), between ?? bare ?? '')
  }
  if (addresses.size === 0) return lines
  const first = afterFrontMatter(lines)
  return lines.map((line, i) => {
    const { text, isCode } = line
    if (i < first || isCode || mayBeCode.test(text) || text.length > longest || definition.test(text)) return line
    return { ...line, text: outsideCode(text, (words) => addressed(words, addresses)) }
  })
}

/** There `alerts: [DiskFull]` is a list, and no link. */
function afterFrontMatter([first, ...others]: Line[]): number {
  const mark = /^(---|\+\+\+)[ \t]*$/.exec(first?.text ?? '')?.[1]
  if (mark === undefined) return 0
  const end = mark === '---' ? /^(?:---|\.\.\.)[ \t]*$/ : /^\+\+\+[ \t]*$/
  return 2 + others.findIndex(({ text }) => end.test(text))
}

/** `[words][name]`, `[words][]` and `[words]` alone. */
function addressed(text: string, addresses: Map<string, string>): string {
  return text.replace(
    /(?<!\\)\[([^[\]]+)\](?:\[([^[\]]*)\]|(?![([:]))/g,
    (all: string, words: string, name: string | undefined) => {
      const address = addresses.get(known(name || words))
      return address === undefined ? all : `[${words}](<${address}>)`
    },
  )
}

function outsideCode(text: string, change: (words: string) => string): string {
  return text
    .split(/(`+[^`]*`+)/)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('')
}

/** Names are compared without regard to case and blanks. */
function known(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase()
}
