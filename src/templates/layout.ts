// Reads a rendered message template: its title, its fields, its text.
import type { Rendered } from '../templates.ts'
import { oneLine, unescapeMarkdown, unshield } from './escape.ts'

/** Errors when the first line is not a title: a message without one cannot be a notification. */
export function readLayout(rendered: string): Rendered {
  const [first = '', ...lines] = rendered.trim().split('\n')
  if (!first.startsWith('# ')) throw new Error('the first line must be the title: `# …`')
  const fields: Rendered['fields'] = []
  const text: string[] = []
  let fenced = false
  for (const line of lines) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced
    const field = fenced || !line.includes(' ::') ? null : /^(\S[^\n]*?) ::(?: (.*))?$/.exec(line)
    if (field === null) text.push(line)
    else if (field[2]?.trim()) fields.push({ label: plain(field[1] ?? ''), value: oneLine(unshield(field[2])) })
  }
  return { title: plain(first.slice(2)), fields, text: readDocument(text.join('\n')) }
}

/** Markdown with the blank lines that tags leave behind taken out. Values marked as Markdown stay as they are. */
export function readDocument(rendered: string): string {
  // Each run of spaces is looked at from its beginning only: a page of them took minutes, in which nobody was paged.
  const tidy = rendered.replace(/(?<![ \t])[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n')
  return unshield(tidy.trim())
}

function plain(markdown: string): string {
  return oneLine(unescapeMarkdown(unshield(markdown)))
}
