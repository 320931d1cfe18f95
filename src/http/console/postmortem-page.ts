// The post-mortem as a page of its own, made to be printed or sent on.
import { type Bot, nameOf } from '../../bot.ts'
import { toHtml } from '../../chat/html.ts'
import { RejectedInput } from '../../errors.ts'
import { postmortem } from '../../store/views.ts'
import { escapeHtml, page } from '../page.ts'

/** Throws RejectedInput (404) when there is none yet. */
export async function postmortemPage(bot: Bot, number: number): Promise<string> {
  const found = await postmortem(bot.db, number)
  if (found === null)
    throw new RejectedInput(`incident ${number} has no post-mortem yet: it is drafted when it is resolved`, 404)
  const by = found.publishedBy === null ? '' : ` by ${nameOf(bot, found.publishedBy)}`
  const status =
    found.publishedAt === null
      ? `Draft of ${day(found.draftedAt, bot.config.zone)}, not yet published`
      : `Published ${day(found.publishedAt, bot.config.zone)}${by}`
  return page(`Post-mortem of incident ${number}`, [
    '<nav class="document-bar">',
    `<a href="/incidents/${number}">← Incident ${number}</a>`,
    `<span class="quiet">${escapeHtml(status)}</span>`,
    `<a class="button" href="/api/v1/incidents/${number}/postmortem.md" download>Markdown</a>`,
    '</nav>',
    `<article class="prose">${postmortemHtml(found.markdown)}</article>`,
  ])
}

/** The document as HTML, with our own charts and the pictures of pinned messages shown where it links to them: toHtml lets no picture through. */
export function postmortemHtml(markdown: string): string {
  const chart =
    /<a href="[^"]*?(\/api\/v1\/incidents\/\d+\/(?:charts\/\d+\.png|files\/\d+#picture))"[^>]*>([^<]*)<\/a>([^<]*)/g
  return toHtml(markdown).replace(
    chart,
    (link: string, path: string, title: string) =>
      `${link}<a class="chart" href="${path}"><img src="${path}" alt="${title.replaceAll('"', '&quot;')}"></a>`,
  )
}

function day(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: zone }).format(at)
}
