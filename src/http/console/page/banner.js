// What must not be overlooked: a page nobody answered yet, whether one still has an incident, and a connection that is gone.
import { html } from './html.js'
import { CommandButton, Severity, Time } from './parts.js'
import { clockTime, countdown, now, since, useSeconds } from './time.js'

/** `here`: the incident whose room is open. */
export function PageBanner({ pages, actor, say, go, here }) {
  useSeconds()
  const page = pages.find((one) => one.incident === here) ?? pages[0]
  if (page === undefined) return null
  const ack = {
    label: page.help ? 'I am coming' : 'Acknowledge',
    command: `incident ack ${page.incident}`,
    style: 'primary',
  }
  const times = page.count > 1 ? ` (${page.count} times)` : ''
  const others = pages.length > 1 ? ` · and ${pages.length - 1} more` : ''
  // Read out when it comes, and not again with each second that it stands.
  return html`<div class=${`page-banner ${page.incident === here ? 'here' : ''}`} role="alert" aria-atomic="false">
    <${Severity} of=${page.severity} />
    <div class="page-text"><b>${actor}, you are being paged${page.help ? ' to help' : ''}.</b> <span class="page-about">#${page.incident} ${short(page.title)}</span>
      <span class="page-since" aria-live="off">since <${Time} of=${page.firstAt} />, ${since(page.firstAt)}${times}${others}</span></div>
    <div class="buttons"><${CommandButton} key=${page.incident} button=${ack} say=${say} />
      ${page.incident !== here && html`<a class="button" href=${`/incidents/${page.incident}`} onClick=${go}>Open</a>`}</div>
  </div>`
}

/** Whoever has an incident must say now and then that this is still so. A copy of the version before knows of no questions. */
export function QuestionBanner({ questions = [], actor, say, go, here }) {
  useSeconds()
  const asked = questions.find((one) => one.incident === here) ?? questions[0]
  if (asked === undefined) return null
  const others = questions.length > 1 ? ` · and ${questions.length - 1} more` : ''
  const left = Date.parse(asked.until) - now()
  return html`<div class=${`page-banner question ${asked.incident === here ? 'here' : ''}`} role="alert" aria-atomic="false">
    <${Severity} of=${asked.severity} />
    <div class="page-text"><b>${actor}, are you still on it?</b> <span class="page-about">#${asked.incident} ${short(asked.title)}</span>
      <span class="page-since" aria-live="off">otherwise open again at <${Time} of=${asked.until} />${left > 0 && html`, in ${countdown(left)}`}${others}</span></div>
    <div class="buttons"><${CommandButton} key=${asked.incident} button=${asked.button} say=${say} />
      ${asked.incident !== here && html`<a class="button" href=${`/incidents/${asked.incident}`} onClick=${go}>Open</a>`}</div>
  </div>`
}

/** A title may be a whole page of text; the banner must not push the room off the screen. */
function short(title) {
  return title.length > 140 ? `${title.slice(0, 139)}…` : title
}

/** `of`: since when what is shown may be old, by this machine's clock, and why. */
export function Old({ of }) {
  useSeconds()
  if (of === null) return null
  return html`<div class="lost" role="alert"><b>${of.why}</b> since ${clockTime(of.since + (now() - Date.now()))}. What you see may be old; trying again.</div>`
}
