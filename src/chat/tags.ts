// The HTML that people write within Markdown. Nobody here runs it: breaks break, marks of mere looks and comments go, and everything
// else is words: `<service>` in a command's description is no tag, and must not vanish.
import type { Nodes, PhrasingContent, Root, RootContent } from 'mdast'

/** How something looks, or what holds it: without it, all words are still there. `a<b and c>d` is none. */
const looks =
  /<\/?(?:a|abbr|b|big|center|code|del|details|div|em|figure|font|i|ins|kbd|mark|p|pre|q|s|samp|section|small|span|strike|strong|sub|sup|tt|u|var)(?:\s+(?:open\b|[\w:-]+\s*=)[^<>]*|\s*)\/?>/gi

const comment = /<!--[\s\S]*?(?:-->|$)/g

const lineBreak = /^<br\s*\/?>$/i

const link = /^<a\s[^<>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/i

/** Pieces of a paragraph; what is longer is no link. */
const longestLink = 20

/** Characters of HTML in which summaries are looked for. */
const longestSummaries = 10_000

/** The same tree, without HTML in it. */
export function withoutTags(root: Root): Root {
  return hasTags(root) ? { ...root, children: blocksOf(root.children) } : root
}

/** What a tag within a paragraph says: a line's end, nothing, or itself. */
export function wordsOfTag(html: string): string {
  return lineBreak.test(html) ? '\n' : html.replace(comment, '').replace(looks, '')
}

function hasTags(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasTags))
}

function blocksOf<T extends Nodes>(nodes: T[]): T[] {
  return nodes.flatMap((node): Nodes[] => {
    if (node.type === 'html') return blocksOfHtml(node.value)
    if (!('children' in node)) return [node]
    const isText = node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell'
    const children = isText ? phrasesOf(node.children) : blocksOf(node.children as RootContent[])
    return node.type === 'paragraph' && children.length === 0 ? [] : [{ ...node, children } as Nodes]
  }) as T[]
}

function blocksOfHtml(html: string): RootContent[] {
  const [, code] = /^\s*<pre[^>]*>\n?([\s\S]*?)<\/pre>\s*$/i.exec(html) ?? []
  if (code !== undefined) return [{ type: 'code', value: decoded(code.replace(/<\/?code[^<>]*>/gi, '')).trimEnd() }]
  return html
    .replace(comment, '')
    .split(html.length > longestSummaries ? /(?!)/ : /(<summary[^>]*>[\s\S]*?<\/summary>)/i)
    .flatMap((part): RootContent[] => {
      const [, title] = /^<summary[^>]*>([\s\S]*)<\/summary>$/i.exec(part) ?? []
      const words = decoded((title ?? part).replace(/<br\s*\/?>/gi, '\n').replace(looks, ''))
      const text = { type: 'text' as const, value: words.trim() }
      if (text.value === '') return []
      return [{ type: 'paragraph', children: title === undefined ? [text] : [{ type: 'strong', children: [text] }] }]
    })
}

function phrasesOf(nodes: PhrasingContent[]): PhrasingContent[] {
  const found: PhrasingContent[] = []
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as PhrasingContent
    if (node.type !== 'html') {
      found.push('children' in node ? ({ ...node, children: phrasesOf(node.children) } as PhrasingContent) : node)
      continue
    }
    const [, double, single] = link.exec(node.value) ?? []
    const url = double ?? single ?? ''
    const length = url === '' ? -1 : nodes.slice(at + 1, at + longestLink).findIndex(isEndOfLink)
    if (length >= 0 && /^(?:https?|mailto):/i.test(url)) {
      found.push({ type: 'link', url, children: phrasesOf(nodes.slice(at + 1, at + 1 + length)) } as PhrasingContent)
      at += length + 1
    } else if (lineBreak.test(node.value)) found.push({ type: 'break' })
    else {
      const value = wordsOfTag(node.value)
      if (value !== '') found.push({ type: 'text', value })
    }
  }
  return found
}

function isEndOfLink(node: PhrasingContent): boolean {
  return node.type === 'html' && /^<\/a>$/i.test(node.value)
}

function decoded(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ' }
  return text.replace(/&(lt|gt|quot|amp|nbsp);/g, (_, name: string) => named[name] ?? '')
}
