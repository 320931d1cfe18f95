// The HTML that people write within Markdown. Nobody here runs it: breaks break, marks of mere looks and comments go, and everything
// else is words: `<service>` in a command's description is no tag, and must not vanish; nor must `<a>` that nothing closes.
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

/** What holds paragraphs: on a line of its own it is no word, though its end may stand in another text. */
const holds = /^(?:center|details|div|figure|pre|section)$/i

type Html = Extract<Nodes, { type: 'html' }>

/** What a piece of HTML says without comments and what is only looks. */
type Words = (html: Html) => string

/** The same tree, without HTML in it. */
export function withoutTags(root: Root): Root {
  return hasTags(root) ? { ...root, children: blocksOf(root.children, wordsIn(root)) } : root
}

/** What a tag within a paragraph says: a line's end, nothing, or itself. */
export function wordsOfTag(html: Html, words: Words): string {
  return lineBreak.test(html.value) ? '\n' : words(html)
}

/** Of a tree, or of a part of it: `<a>` that nothing ends is the name of what somebody is to put there. */
export function wordsIn(tree: Nodes): Words {
  const names = new Map<Html, Set<number>>()
  const open = new Map<string, { html: Html; at: number; isName: boolean }[]>()
  for (const { html, isBlock } of htmlIn(tree, true)) {
    for (const [at, [tag]] of [...uncommented(html).matchAll(looks)].entries()) {
      const name = /[a-z]+/i.exec(tag)?.[0].toLowerCase() ?? ''
      const isName = tag === `<${name}>` && !(isBlock && holds.test(name))
      if (tag.startsWith('</')) open.get(name)?.pop()
      else open.set(name, push(open.get(name), { html, at, isName }))
    }
  }
  for (const { html, at, isName } of [...open.values()].flat())
    if (isName) names.set(html, (names.get(html) ?? new Set()).add(at))
  return (html) => {
    let at = 0
    return uncommented(html).replace(looks, (tag) => (names.get(html)?.has(at++) ? tag : ''))
  }
}

function push<T>(list: T[] = [], one: T): T[] {
  list.push(one)
  return list
}

function uncommented({ value }: Html): string {
  return value.replace(comment, '')
}

/** In the order of the text. `isBlock`: it stands on lines of its own. */
function htmlIn(node: Nodes, isBlock: boolean): { html: Html; isBlock: boolean }[] {
  if (node.type === 'html') return [{ html: node, isBlock }]
  if (!('children' in node)) return []
  const isText = node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell'
  return node.children.flatMap((child) => htmlIn(child, isBlock && !isText))
}

function hasTags(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasTags))
}

function blocksOf<T extends Nodes>(nodes: T[], words: Words): T[] {
  return nodes.flatMap((node): Nodes[] => {
    if (node.type === 'html') return blocksOfHtml(node, words)
    if (!('children' in node)) return [node]
    const isText = node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell'
    const children = isText ? phrasesOf(node.children, words) : blocksOf(node.children as RootContent[], words)
    return node.type === 'paragraph' && children.length === 0 ? [] : [{ ...node, children } as Nodes]
  }) as T[]
}

function blocksOfHtml(html: Html, wordsOf: Words): RootContent[] {
  const [, code] = /^\s*<pre[^>]*>\n?([\s\S]*?)<\/pre>\s*$/i.exec(html.value) ?? []
  if (code !== undefined) return [{ type: 'code', value: decoded(code.replace(/<\/?code[^<>]*>/gi, '')).trimEnd() }]
  return wordsOf(html)
    .split(html.value.length > longestSummaries ? /(?!)/ : /(<summary[^>]*>[\s\S]*?<\/summary>)/i)
    .flatMap((part): RootContent[] => {
      const [, title] = /^<summary[^>]*>([\s\S]*)<\/summary>$/i.exec(part) ?? []
      const words = decoded((title ?? part).replace(/<br\s*\/?>/gi, '\n'))
      const text = { type: 'text' as const, value: words.trim() }
      if (text.value === '') return []
      return [{ type: 'paragraph', children: title === undefined ? [text] : [{ type: 'strong', children: [text] }] }]
    })
}

function phrasesOf(nodes: PhrasingContent[], words: Words): PhrasingContent[] {
  const found: PhrasingContent[] = []
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as PhrasingContent
    if (node.type !== 'html') {
      found.push(
        'children' in node ? ({ ...node, children: phrasesOf(node.children, words) } as PhrasingContent) : node,
      )
      continue
    }
    const [, double, single] = link.exec(node.value) ?? []
    const url = double ?? single ?? ''
    const length = url === '' ? -1 : nodes.slice(at + 1, at + longestLink).findIndex(isEndOfLink)
    if (length >= 0 && /^(?:https?|mailto):/i.test(url)) {
      found.push({
        type: 'link',
        url,
        children: phrasesOf(nodes.slice(at + 1, at + 1 + length), words),
      } as PhrasingContent)
      at += length + 1
    } else if (lineBreak.test(node.value)) found.push({ type: 'break' })
    else {
      const value = words(node)
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
