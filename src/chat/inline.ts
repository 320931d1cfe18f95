// The plain part of Markdown, read fast: paragraphs of words, strong and emphasized ones, code and links, which is what our own
// templates write. A storm's first messages wait for their Markdown, and the full parser takes twenty times as long.
// Whatever is not that plain is declined and left to the full parser; what is read comes out as the same tree.
import type { Paragraph, PhrasingContent, Root } from 'mdast'

/** Null: let the full parser read it. Trees have no positions. */
export function readPlain(text: string): Root | null {
  if (!maybePlain(text)) return null
  const paragraphs: Paragraph[] = []
  for (const part of text.split(/\n\n+/)) {
    const reader = new Reader(part)
    const children = reader.phrases('')
    if (children === null) return null
    paragraphs.push({ type: 'paragraph', children })
  }
  return { type: 'root', children: paragraphs }
}

/** A sign that is never ours, an entity, a definition, a footnote. */
const foreign = /[\p{Cc}\uFEFF|<~]|&#|&[a-z\d]+;|\]:|\[\^|``|\*\*\*/iu

/** What a line begins with when it is, or may be, something else than words; and its end, when it is not where it seems to be. */
const odd = /^(?:[\s#>+=:-]|\*(?:\s|$)|\d{1,9}[.)](?:\s|$))|\s$/

function maybePlain(text: string): boolean {
  if (text === '' || foreign.test(text.replaceAll('\n', ' '))) return false
  if (text.startsWith('\n') || text.endsWith('\n')) return false
  return text.split('\n').every((line) => !odd.test(line))
}

/** What may become an address by itself. */
const address = /www|:\/\/|@/i

const escapable = /[!-/:-@[-`{-~]/

/** Everything that is not plainly a word or a mark. */
const special = /[\\`*_[\]!]/

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** What stands before `end`, which is passed over, or before the end of the text. Null: not plain. */
  phrases(end: ']' | ''): PhrasingContent[] | null {
    const open: { run: number; before: PhrasingContent[] }[] = []
    let here: PhrasingContent[] = []
    let words = ''
    const flush = () => {
      if (words !== '') here.push({ type: 'text', value: words })
      const isPlain = !address.test(words)
      words = ''
      return isPlain
    }
    for (;;) {
      const plain = this.#plain()
      words += plain
      const sign = this.#text[this.#at] ?? ''
      if (sign === end) {
        this.#at++
        return flush() && open.length === 0 && here.length > 0 ? here : null
      }
      if (sign === '\\') {
        const escaped = this.#escaped()
        if (escaped === null) return null
        words += escaped
        continue
      }
      if (!flush()) return null
      if (sign === '*') {
        const mark = this.#mark()
        if (mark === null) return null
        if (mark.opens) {
          open.push({ run: mark.run, before: here })
          here = []
        } else {
          const opener = open.pop()
          if (opener?.run !== mark.run || here.length === 0) return null
          opener.before.push({ type: mark.run === 2 ? 'strong' : 'emphasis', children: here })
          here = opener.before
        }
        continue
      }
      const node = sign === '`' ? this.#code() : sign === '[' && end === '' ? this.#link() : null
      if (node === null) return null
      here.push(node)
    }
  }

  /** Up to the next sign. */
  #plain(): string {
    const rest = this.#text.slice(this.#at)
    const next = rest.search(special)
    const plain = next < 0 ? rest : rest.slice(0, next)
    this.#at += plain.length
    return plain
  }

  #escaped(): string | null {
    const next = this.#text[this.#at + 1] ?? ''
    if (!escapable.test(next)) return null
    this.#at += 2
    return next
  }

  /** One or two asterisks that can only open, or only close. */
  #mark(): { run: number; opens: boolean } | null {
    const run = this.#text[this.#at + 1] === '*' ? 2 : 1
    const before = kindOf(this.#text[this.#at - 1])
    const after = kindOf(this.#text[this.#at + run])
    this.#at += run
    if (before === null || after === null) return null
    const opens = after === 'letter' ? before !== 'letter' : after === 'sign' && before === 'space'
    const closes = before === 'letter' ? after !== 'letter' : before === 'sign' && after === 'space'
    return opens === closes ? null : { run, opens }
  }

  #code(): PhrasingContent | null {
    const end = this.#text.indexOf('`', this.#at + 1)
    const value = this.#text.slice(this.#at + 1, end)
    if (end < 0 || value === '' || /^\s|\s$|\n/.test(value)) return null
    this.#at = end + 1
    return { type: 'inlineCode', value }
  }

  #link(): PhrasingContent | null {
    this.#at++
    const children = this.phrases(']')
    if (children === null) return null
    const url = /^\(([^\s()\\]+)\)/.exec(this.#text.slice(this.#at, this.#at + longestAddress))?.[1]
    if (url === undefined) return null
    this.#at += url.length + 2
    return { type: 'link', title: null, url, children }
  }
}

const longestAddress = 4_000

/** Null: half a character, of which nobody knows. */
function kindOf(character: string | undefined): 'space' | 'sign' | 'letter' | null {
  if (character === undefined || /\s/.test(character)) return 'space'
  if (/[\uD800-\uDFFF]/.test(character)) return null
  return /[\p{P}\p{S}]/u.test(character) ? 'sign' : 'letter'
}
