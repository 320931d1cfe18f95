// A post-mortem as HTML: made safe, its citations links to the entries they name, our own charts shown where it links to them.
import { HtmlThread } from './html-thread.ts'

export type Links = {
  /** What addresses of ours begin with; empty on pages of our own. */
  base: string
  incident: number
  /** Ids of entries that exist; any other number in square brackets is just that. */
  entries: ReadonlySet<number>
  /** Where a chart's picture is to be had; null: it is left a link. */
  picture(path: string): string | null
}

const thread = new HtmlThread()

/** Safe HTML. A section at a time: those that nobody changed need not be made again. */
export async function documentHtml(markdown: string, links: Links): Promise<string> {
  const sections = sectionsOf(markdown).map((section) => withCitations(section, links))
  const made = await thread.html(sections)
  return made.map((html) => linked(html, links)).join('\n')
}

/** The Markdown with an address for each citation, so that it is a link wherever it is read. */
export function withCitations(markdown: string, links: Pick<Links, 'base' | 'incident' | 'entries'>): string {
  const cited = new Set([...markdown.matchAll(/\[#(\d{1,15})\]/g)].map(([, id]) => Number(id)))
  const known = [...cited].filter((id) => links.entries.has(id)).sort((a, b) => a - b)
  if (known.length === 0) return markdown
  return `${markdown.trimEnd()}\n\n${known.map((id) => `[#${id}]: ${entryAddress(links, id)}`).join('\n')}\n`
}

function entryAddress({ base, incident }: Pick<Links, 'base' | 'incident'>, id: number): string {
  return `${base}/incidents/${incident}#entry-${id}`
}

/** The addresses of charts and of pinned pictures that a document shows, without what they begin with. */
export function picturePaths(markdown: string): string[] {
  return [
    ...new Set(
      markdown.match(/\/api\/v1\/incidents\/\d{1,15}\/(?:charts\/\d{1,15}\.png|files\/\d{1,15}#picture)/g) ?? [],
    ),
  ]
}

function linked(html: string, links: Links): string {
  const own = new RegExp(
    `<a href="${links.base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/incidents/\\d+#entry-\\d+)"[^>]*>`,
    'g',
  )
  // Citations stay in the window: they lead to another place in the same record.
  const cited = html.replace(own, (_, path: string) => `<a class="cite" href="${links.base}${path}">`)
  const chart =
    /<a href="[^"]*?(\/api\/v1\/incidents\/\d+\/(?:charts\/\d+\.png|files\/\d+#picture))"[^>]*>([^<]*)<\/a>([^<]*)/g
  return cited.replace(chart, (link: string, path: string, title: string) => {
    const source = links.picture(path)
    if (source === null) return link
    return `${link}<a class="chart" href="${links.base}${path}"><img src="${source}" alt="${title.replaceAll('"', '&quot;')}"></a>`
  })
}

/** At its headings of the second depth. One whose parts refer to each other (link definitions, footnotes) is left whole. */
function sectionsOf(markdown: string): string[] {
  if (/^ {0,3}\[[^\]]+\]:/m.test(markdown)) return [markdown]
  const sections: string[][] = [[]]
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null
    if (fence === null) {
      fence = mark
      if (line.startsWith('## ')) sections.push([])
    } else if (mark?.startsWith(fence)) fence = null
    sections.at(-1)?.push(line)
  }
  return sections.map((lines) => lines.join('\n')).filter((section) => section.trim() !== '')
}
