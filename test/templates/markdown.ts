// Reads a message's Markdown the way every platform does, to see what would be alive in it.
import type { Root, RootContent } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

type Node = Root | RootContent

/** Kinds of everything in it that is more than plain text in paragraphs. A written-out address shows where it leads. */
export function alive(markdown: string): string[] {
  const kinds: string[] = []
  walk(parse(markdown), (node) => {
    if (node.type === 'link' && /^(mailto:|https?:\/\/)/.test(node.url) && node.url.endsWith(plain(node))) return
    if (!['root', 'paragraph', 'text'].includes(node.type)) kinds.push(node.type)
  })
  return kinds
}

export function linksIn(markdown: string): [string, string][] {
  const links: [string, string][] = []
  walk(parse(markdown), (node) => {
    if (node.type === 'link') links.push([plain(node), node.url])
  })
  return links
}

/** What a reader sees. */
export function seen(markdown: string): string {
  return plain(parse(markdown))
}

export function codeIn(markdown: string): string[] {
  const found: string[] = []
  walk(parse(markdown), (node) => {
    if (node.type === 'code' || node.type === 'inlineCode') found.push(node.value)
  })
  return found
}

function parse(markdown: string): Root {
  return unified().use(remarkParse).use(remarkGfm).parse(markdown)
}

function plain(node: Node): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map((child) => plain(child as RootContent)).join('') : ''
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  if ('children' in node) for (const child of node.children) walk(child as RootContent, visit)
}
