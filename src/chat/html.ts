// Markdown as HTML, for what is read in a browser. What comes from alerts is in it: nothing that runs, loads or poses as
// us survives.
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { messageTree } from './markdown.ts'

type HtmlNode = {
  type: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: HtmlNode[]
  value?: string
}

const processor = unified()
  .use(remarkRehype)
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

type Tree = Parameters<typeof processor.stringify>[0]

/** The same texts are read again with every change of a room. */
const rendered = new Map<string, string>()
const remembered = 2_000

/** Safe HTML of a Markdown text. */
export function toHtml(markdown: string): string {
  const known = rendered.get(markdown)
  if (known !== undefined) return known
  const html = safeHtml(markdown)
  const oldest = rendered.size >= remembered ? rendered.keys().next().value : undefined
  if (oldest !== undefined) rendered.delete(oldest)
  rendered.set(markdown, html)
  return html
}

function safeHtml(markdown: string): string {
  try {
    return processor.stringify(processor.runSync(messageTree(markdown)) as Tree)
  } catch (error) {
    // Nested too deeply for the stack: one such message must not close a room to everybody.
    if (!(error instanceof RangeError)) throw error
    const words: HtmlNode = {
      type: 'element',
      tagName: 'p',
      properties: {},
      children: [{ type: 'text', value: markdown }],
    }
    return processor.stringify({ type: 'root', children: [words] } as Tree)
  }
}

/** The same for one line: without the paragraph around it. */
export function toInlineHtml(markdown: string): string {
  const html = toHtml(markdown)
  return /^<p>(?:(?!<p>)[\s\S])*<\/p>$/.test(html) ? html.slice(3, -4) : html
}

function openElsewhere(node: HtmlNode): void {
  if (node.tagName === 'a') node.properties = { ...node.properties, target: '_blank', rel: 'noreferrer' }
  for (const child of node.children ?? []) openElsewhere(child)
}
