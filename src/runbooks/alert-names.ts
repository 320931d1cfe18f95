// Names of alerts in the words of a document: code that looks like a name, and words in CamelCase.
import type { Block } from './markdown.ts'

const camelCase = /(?<![\w./:-])[A-Z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*(?![\w/])/g

export function alertNamesIn(blocks: Block[]): string[] {
  return [...new Set(blocks.flatMap(namesIn))]
}

/** A title that is nothing but a name: `HighErrorRate`, `Alert: HighErrorRate`. */
export function alertNameOf(title: string): string | null {
  const word = title.replace(/^alert\s*:\s*/i, '').trim()
  return word.replace(camelCase, '') === '' && word !== '' ? word : null
}

function namesIn(node: Block): string[] {
  if (node.type === 'inlineCode') return isName(node.value) ? [node.value] : []
  if (node.type === 'text') return node.value.match(camelCase) ?? []
  if (node.type === 'code') return []
  return 'children' in node ? node.children.flatMap((child) => namesIn(child as Block)) : []
}

/** One word with a capital inside or with words joined; a command, an expression or a plain word is not. */
function isName(code: string): boolean {
  return /^[A-Za-z][\w-]*$/.test(code) && (/[a-z0-9][A-Z]/.test(code) || /[_-]/.test(code))
}
