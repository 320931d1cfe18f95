// What must not be overlooked: a page nobody answered yet, and a connection that is gone.
import { html } from './html.js'
import { CommandButton, Severity, Time } from './parts.js'
import { clockTime, now, since, useSeconds } from './time.js'

export function PageBanner({ pages, actor, say, go }) {
  useSeconds()
  const [page] = pages
  if (page === undefined) return null
  const ack = { label: 'Acknowledge', command: `incident ack ${page.incident}`, style: 'primary' }
  return html`<div class="page-banner" role="alert">
    <${Severity} of=${page.severity} />
    <div class="page-text"><b>${actor}, you are being paged</b> <span>${page.service}: ${page.title}
      · <${Time} of=${page.dueAt} />, ${since(page.dueAt)} ago${page.count > 1 && `, ${page.count} times`}${pages.length > 1 && ` · and ${pages.length - 1} more`}</span></div>
    <div class="buttons"><${CommandButton} key=${page.incident} button=${ack} say=${say} />
      <a class="button" href=${`/incidents/${page.incident}`} onClick=${go}>Open</a></div>
  </div>`
}

export function Lost({ since: lostSince }) {
  useSeconds()
  if (lostSince === null) return null
  return html`<div class="lost" role="alert"><b>Connection lost</b> since ${clockTime(lostSince + (now() - Date.now()))}. What you see may be old; trying again.</div>`
}
