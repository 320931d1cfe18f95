// The parser of Markdown, kept from what was made to take its time: each mark in a paragraph may cost it as much as all marks
// before it, and a page of them is a minute in which nobody is paged.
import type { Nodes, Root } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Processor, unified } from 'unified'
import { joinedWords } from './joined.ts'

function joining(this: Processor): void {
  const data = this.data()
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), joinedWords]
}

const parser = unified().use(remarkParse).use(remarkGfm).use(joining)

/** The same without marks within paragraphs: it only finds these. */
const blocks = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(joining)
  .use(function () {
    const data = this.data()
    const disable = {
      null: [
        'attention',
        'labelStartImage',
        'labelStartLink',
        'labelEnd',
        'strikethrough',
        'gfmFootnoteCall',
        'gfmPotentialFootnoteCall',
      ],
    }
    data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable }]
  })

/** Marks of one paragraph, heading or cell that are read; in a text where one has more, all marks are letters like others. */
const most = 1_500

const mark = /\*+|_+|~+|[[\]]/g

/** CommonMark, with GitHub's additions. Throws RangeError for what nests too deeply. */
export function readMarkdown(text: string): Root {
  if (!mayTakeLong(text)) return parser.parse(text)
  // In code, for one, marks are none: so it is the tree that says which paragraphs there are.
  const tree = blocks.parse(text)
  return phrases(tree).some(([start, end]) => hasExcess(text.slice(start, end))) ? tree : parser.parse(text)
}

/** No paragraph goes on behind a blank line. */
function mayTakeLong(text: string): boolean {
  return text.length > most && text.split(/\n[ \t]*\r?\n/).some(hasExcess)
}

function hasExcess(text: string): boolean {
  let count = 0
  for (const _ of text.matchAll(mark)) if (++count > most) return true
  return false
}

/** Where the text of paragraphs, headings and cells begins and ends. */
function phrases(node: Nodes): [number, number][] {
  if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') {
    const { start, end } = node.position ?? {}
    return start?.offset === undefined || end?.offset === undefined ? [] : [[start.offset, end.offset]]
  }
  return 'children' in node ? node.children.flatMap(phrases) : []
}
