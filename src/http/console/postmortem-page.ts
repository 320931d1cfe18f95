// The post-mortem as a page of its own, made to be printed or sent on.
import type { Bot } from '../../bot.ts'
import { entryIds } from '../../store/timeline.ts'
import { escapeHtml, page } from '../page.ts'
import { documentHtml } from '../postmortem-document.ts'
import { postmortemOf, statusOf } from '../postmortem-export.ts'

/** Throws RejectedInput (404) when there is none yet. */
export async function postmortemPage(bot: Bot, number: number): Promise<string> {
  const found = await postmortemOf(bot, number)
  const api = `/api/v1/incidents/${number}/postmortem`
  return page(`Post-mortem of incident ${number}`, [
    '<nav class="document-bar">',
    `<a href="/incidents/${number}">← Incident ${number}</a>`,
    `<span class="quiet">${escapeHtml(statusOf(bot, found))}</span>`,
    '<span class="document-acts">',
    `<a class="button primary" href="/incidents/${number}/postmortem/edit">Edit</a>`,
    `<a class="button" href="${api}.md" download>Markdown</a>`,
    `<a class="button" href="${api}.html" download>HTML</a>`,
    '</span></nav>',
    `<article class="prose">${await postmortemHtml(bot, number, found.markdown)}</article>`,
  ])
}

/** The document as safe HTML for a page of ours. */
export async function postmortemHtml(bot: Bot, number: number, markdown: string): Promise<string> {
  const entries = await entryIds(bot.db, number)
  return documentHtml(markdown, { base: '', incident: number, entries, picture: (path) => path })
}
