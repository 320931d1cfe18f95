// A post-mortem as files to send on: Markdown with its addresses, and one HTML file with its pictures and its looks inside.
import { type Bot, nameOf } from '../bot.ts'
import { RejectedInput } from '../errors.ts'
import { sealLine } from '../messages/seal.ts'
import { chainHeads } from '../store/chain.ts'
import { keptFile } from '../store/kept.ts'
import { entryIds } from '../store/timeline.ts'
import { chartPng, type PostmortemRow, postmortem } from '../store/views.ts'
import { escapeHtml } from './page.ts'
import { documentHtml, picturePaths, withCitations } from './postmortem-document.ts'

/** Throws RejectedInput (404) when there is none yet. */
export async function postmortemOf(bot: Bot, number: number): Promise<PostmortemRow> {
  const found = await postmortem(bot.db, number)
  if (found !== null) return found
  throw new RejectedInput(`incident ${number} has no post-mortem yet: it is drafted when it is resolved`, 404)
}

export async function exportMarkdown(bot: Bot, number: number): Promise<string> {
  const { markdown } = await postmortemOf(bot, number)
  return withCitations(`${markdown}${await sealOf(bot, number)}`, {
    ...linksOf(bot),
    incident: number,
    entries: await entryIds(bot.db, number),
  })
}

/** One file that needs nothing else: pictures as data, no script, nothing loaded from anywhere. */
export async function exportHtml(bot: Bot, number: number): Promise<string> {
  const found = await postmortemOf(bot, number)
  const pictures = await picturesOf(bot, found.markdown, number)
  const body = await documentHtml(`${found.markdown}${await sealOf(bot, number)}`, {
    ...linksOf(bot),
    incident: number,
    entries: await entryIds(bot.db, number),
    picture: (path) => pictures.get(path) ?? null,
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(`Post-mortem of incident ${number}`)}</title><style>${style}</style></head>
<body><p class="status">${escapeHtml(statusOf(bot, found))}</p>
<article>${body}</article></body></html>
`
}

/** When it was drafted or published, and by whom; plain text. */
export function statusOf(bot: Bot, { draftedAt, publishedAt, publishedBy }: PostmortemRow): string {
  const day = (at: Date) =>
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: bot.config.zone }).format(at)
  if (publishedAt === null) return `Draft of ${day(draftedAt)}, not yet published`
  return `Published ${day(publishedAt)}${publishedBy === null ? '' : ` by ${nameOf(bot, publishedBy)}`}`
}

function linksOf({ config }: Bot): { base: string } {
  return { base: config.server.publicUrl.replace(/\/+$/, '') }
}

/** As data, by their paths. A picture of another incident is not shown: whoever reads this may not see that. */
async function picturesOf(bot: Bot, markdown: string, number: number): Promise<Map<string, string>> {
  const pictures = new Map<string, string>()
  for (const path of picturePaths(markdown)) {
    const [, incident, kind, id] = /\/incidents\/(\d+)\/(charts|files)\/(\d+)/.exec(path) ?? []
    if (Number(incident) !== number) continue
    if (kind === 'charts') {
      const png = await chartPng(bot.db, Number(id), number)
      if (png !== null) pictures.set(path, `data:image/png;base64,${png.toString('base64')}`)
      continue
    }
    const file = await keptFile(bot.db, number, Number(id))
    if (file !== null && /^image\/(png|jpeg|gif|webp)$/.test(file.type))
      pictures.set(path, `data:${file.type};base64,${file.bytes.toString('base64')}`)
  }
  return pictures
}

const style = `
body{max-width:820px;margin:0 auto;padding:24px;color:#1b1f27;background:#fff;font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:25px;line-height:1.25}h2{font-size:18px;margin-top:30px;padding-bottom:4px;border-bottom:1px solid #dfe2e8}
a{color:#1f5fd6;text-decoration:none}a:hover{text-decoration:underline}a.cite{font-size:12px;color:#5d6675}.status{color:#5d6675}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #dfe2e8;padding:4px 9px;text-align:left;vertical-align:top}
code,pre{background:#f0f2f5;border-radius:4px;font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}code{padding:1px 4px}
pre{padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere}blockquote{margin:8px 0;padding:2px 12px;border-left:3px solid #d99413;background:#fff4dc}
img{display:block;max-width:100%;height:auto;margin:8px 0}.contains-task-list{list-style:none;padding-left:4px}li,p,td{overflow-wrap:anywhere}
@media print{body{padding:0;max-width:none;font-size:11pt}h2,h3{break-after:avoid}tr,li,pre,img{break-inside:avoid}thead{display:table-header-group}table{display:table;width:100%}}
`

/** Empty while nothing is sealed. */
async function sealOf(bot: Bot, number: number): Promise<string> {
  const [head] = await chainHeads(bot.db, [number])
  return head === undefined ? '' : `\n${sealLine(bot, number, head.position, head.hash)}\n`
}
