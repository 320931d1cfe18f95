// Markdown as HTML, for what is read in a browser. What comes from alerts is in it: nothing that runs, loads or poses as
// us survives.
import { createRequire } from 'node:module'
import { unified } from 'unified'
import { messageTree } from './markdown.ts'

type HtmlNode = {
  type: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: HtmlNode[]
  value?: string
}

const require = createRequire(import.meta.url)

/** Its hundred files are loaded with the first text: a bot that starts has nobody looking at it. */
function makeProcessor() {
  const { default: remarkRehype }: typeof import('remark-rehype') = require('remark-rehype')
  const { default: rehypeSanitize, defaultSchema }: typeof import('rehype-sanitize') = require('rehype-sanitize')
  const { default: rehypeStringify }: typeof import('rehype-stringify') = require('rehype-stringify')
  return unified()
    .use(remarkRehype)
    .use(() => (tree: HtmlNode) => sayPlaces(tree))
    .use(rehypeSanitize, {
      ...defaultSchema,
      // A picture from elsewhere would tell its server who reads this, and when.
      tagNames: (defaultSchema.tagNames ?? []).filter(
        (name) => name !== 'img' && name !== 'picture' && name !== 'source',
      ),
      protocols: { href: ['http', 'https', 'mailto'] },
    })
    .use(() => (tree: HtmlNode) => openElsewhere(tree))
    .use(rehypeStringify)
    .freeze()
}

type Processor = ReturnType<typeof makeProcessor>

let made: Processor | null = null

function processor(): Processor {
  made ??= makeProcessor()
  return made
}

type Tree = Parameters<Processor['stringify']>[0]

/** The same texts are read again with every change of a room. */
const rendered = new Map<string, string>()
/** Characters of all of them: a draft that somebody writes is another long text every second. */
const mostRemembered = 8_000_000
let remembered = 0

/** Safe HTML of a Markdown text. */
export function toHtml(markdown: string): string {
  const known = rendered.get(markdown)
  if (known !== undefined) return known
  const html = safeHtml(markdown)
  remember(markdown, html)
  return html
}

function remember(markdown: string, html: string): void {
  rendered.set(markdown, html)
  remembered += markdown.length + html.length
  for (const [oldest, its] of rendered) {
    if (remembered <= mostRemembered) return
    rendered.delete(oldest)
    remembered -= oldest.length + its.length
  }
}

function safeHtml(markdown: string): string {
  try {
    return processor().stringify(processor().runSync(messageTree(markdown)) as Tree)
  } catch (error) {
    // Nested too deeply for the stack: one such message must not close a room to everybody.
    if (!(error instanceof RangeError)) throw error
    const words: HtmlNode = {
      type: 'element',
      tagName: 'p',
      properties: {},
      children: [{ type: 'text', value: markdown }],
    }
    return processor().stringify({ type: 'root', children: [words] } as Tree)
  }
}

/** The same for one line: without the paragraph around it. */
export function toInlineHtml(markdown: string): string {
  const html = toHtml(markdown)
  return /^<p>(?:(?!<p>)[\s\S])*<\/p>$/.test(html) ? html.slice(3, -4) : html
}

/** A picture becomes a link to it. What a document links to beside itself is nowhere here: the place is said instead. */
function sayPlaces(node: HtmlNode): void {
  for (const child of node.children ?? []) {
    sayPlaces(child)
    const { src, alt } = child.properties ?? {}
    if (child.tagName === 'img' && typeof src === 'string') {
      child.tagName = 'a'
      child.properties = { href: src }
      child.children = [{ type: 'text', value: typeof alt === 'string' && alt !== '' ? alt : src }]
    }
    const href = child.properties?.href
    if (child.tagName !== 'a' || typeof href !== 'string' || !leadsNowhere(href)) continue
    child.tagName = 'span'
    child.properties = {}
    child.children = [...(child.children ?? []), { type: 'text', value: ` (${readable(href)})` }]
  }
}

/** Without a scheme, and none of our own pages. */
function leadsNowhere(href: string): boolean {
  if (/^([a-z][a-z\d+.-]*:|#|\/\/)/i.test(href)) return false
  return !/^\/(api|incidents|rooms|tonight|console|calendars)(\/|$)/.test(href)
}

function readable(href: string): string {
  try {
    return decodeURI(href)
  } catch {
    return href
  }
}

function openElsewhere(node: HtmlNode): void {
  if (node.tagName === 'a') node.properties = { ...node.properties, target: '_blank', rel: 'noreferrer' }
  for (const child of node.children ?? []) openElsewhere(child)
}
