// Boxes and tabs as documentation tools write them, in plain Markdown: a chat shows none of their signs, and what stands indented below
// them would be read as code, steps and all.
import type { Line } from './lines.ts'

/** What MkDocs calls a box without a title; prose that begins with exclamation marks is none. */
const kinds =
  `note|abstract|summary|tldr|info|todo|tip|hint|important|success|check|done|question|help|faq|warning|caution|attention|failure|fail|
missing|danger|error|bug|example|quote|cite|details`.replace(/\s/g, '')

/** MkDocs: `!!! danger "Stop"`, `??? note`, `=== "Kubernetes"`. Docusaurus: `:::danger Stop`. GitHub, Obsidian: `> [!CAUTION]- Stop`. Hugo: `{{< warning >}}`. */
const box = new RegExp(
  `^([ \\t]*)(?:!!!|\\?\\?\\?\\+?)[ \\t]+(?:(${kinds})((?: +inline| +end)*)|([\\w-]+)(?: +[\\w-]+)*[ \\t]+"(.*)")[ \\t]*$`,
  'i',
)
const tab = /^([ \t]*)===[!+]?[ \t]+"(.+)"[ \t]*$/
const fenced =
  /^([ \t]*):{3,}[ \t]*(?:\{[^}]*?\.)?([A-Za-z][\w-]*)?(?:[^}]*\})?(?:\[(.*)\]|[ \t]+(?!\{)(.*?))?[ \t]*(?:\{.*\})?$/
const quoted = /^([ \t]*>[ \t]?)\[!([A-Za-z][\w-]*)\][+-]?[ \t]*(.*)$/
const shortcode = /\{\{[<%]\s*(\/?)\s?([\w-]+)[^{}]*[%>]\}\}/g

/** Characters; no such line is longer. */
const longest = 500

/** The same lines, of which those that made a box say what it is called. */
export function withPlainCallouts(lines: Line[]): Line[] {
  const margins: { margin: number; shift: number }[] = []
  return lines.map((line) => {
    const indent = widthOf(line.text)
    if (line.text.trim() !== '') while ((margins.at(-1)?.margin ?? 0) > indent) margins.pop()
    const shift = margins.at(-1)?.shift ?? 0
    const opens = line.isCode || line.text.length > longest ? null : opened(line.text)
    if (opens === null) {
      const text = shift === 0 ? line.text : line.text.slice(blanks(line.text, shift))
      return { ...line, text: line.isCode || text.length > longest ? text : named(text) }
    }
    margins.push({ margin: indent + 4, shift: shift + 4 })
    return { ...line, text: `${' '.repeat(Math.max(0, indent - shift))}${opens}` }
  })
}

/** What a line says that opens a box, or a tab; null: it opens none. */
function opened(text: string): string | null {
  const found = box.exec(text)
  if (found !== null) return bold(found[2] ?? found[4], found[5])
  const title = tab.exec(text)?.[2]
  return title === undefined ? null : bold(undefined, title)
}

function named(text: string): string {
  const [all, before, kind, inBrackets, after] = fenced.exec(text) ?? []
  if (all !== undefined) return kind === undefined ? '' : before + bold(kind, inBrackets ?? after)
  const [, mark, name, title] = quoted.exec(text) ?? []
  if (mark !== undefined) return mark + bold(name, title)
  if (!text.includes('{{')) return text
  return text.replace(shortcode, (_, closes: string, name: string) =>
    closes === '' && /^(warning|danger|caution|important)$/i.test(name) ? `${bold(name, undefined)} ` : '',
  )
}

/** `**Danger: Stop**`; of a tab its title alone. */
function bold(kind: string | undefined, title: string | undefined): string {
  const name = kind === undefined ? '' : kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase()
  return `**${[name, title?.trim()].filter(Boolean).join(': ')}**`
}

/** Columns before the first word. */
function widthOf(text: string): number {
  let column = 0
  for (const c of text) {
    if (c !== ' ' && c !== '\t') break
    column += c === '\t' ? 4 - (column % 4) : 1
  }
  return column
}

/** Characters that make up so many columns at the beginning, as far as there are blanks. */
function blanks(text: string, columns: number): number {
  let at = 0
  for (let column = 0; column < columns && /[ \t]/.test(text.charAt(at)); at++)
    column += text[at] === '\t' ? 4 - (column % 4) : 1
  return at
}
