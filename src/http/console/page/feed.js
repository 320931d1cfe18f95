// The messages of a channel, newest below, as every other chat shows them.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { html, Safe } from './html.js'
import { memo } from './memo.js'
import { Buttons, Time } from './parts.js'

/** `hasCard`: the card above has the button to acknowledge, if one is needed; old messages need not repeat it. */
export function Feed({ messages, earlier, showEarlier, problem, say, pin, openTab, empty, hasCard }) {
  const box = useRef(null)
  const atEnd = useRef(true)
  const height = useRef(null)
  const place = useRef(null)
  const moved = useRef(null)
  const [news, setNews] = useState(false)
  const last = messages.at(-1)?.id
  const toEnd = () => {
    // A picture may arrive after the room was left.
    if (box.current === null) return
    box.current.scrollTop = box.current.scrollHeight
    setNews(false)
  }
  /** What is above may grow: a picture comes late, or what was said before is shown. What is read stays where it is. */
  const stay = () => {
    if (atEnd.current) return toEnd()
    const { message, top } = place.current ?? {}
    if (!message?.isConnected) return
    box.current.scrollTop += topOf(message, box.current) - top
    moved.current = box.current.scrollTop
  }
  useLayoutEffect(() => {
    if (atEnd.current) toEnd()
    else setNews(true)
  }, [last])
  useLayoutEffect(() => {
    stay()
    // The button that was pressed may be gone.
    if (place.current && document.activeElement === document.body) box.current.focus({ preventScroll: true })
  }, [messages[0]?.id])
  useEffect(() => {
    // Pictures come later and push the end away; an answer, or a telephone's keyboard, takes the room that the end had.
    const watch = new ResizeObserver(() => {
      height.current = box.current?.clientHeight ?? null
      stay()
    })
    watch.observe(box.current)
    for (const child of box.current.children) watch.observe(child)
    return () => watch.disconnect()
  }, [])
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current
    // It was told late, after the room had become smaller: nobody scrolled away from the end.
    if (clientHeight !== height.current) return
    // Told late of what was moved here: a picture above may have come by now, and what is read stands too low.
    if (scrollTop === moved.current) return
    moved.current = null
    atEnd.current = scrollHeight - scrollTop - clientHeight < 40
    if (atEnd.current) setNews(false)
    const message = Array.from(box.current.querySelectorAll('.message')).find((one) => topOf(one, box.current) > 0)
    place.current = message ? { message, top: topOf(message, box.current) } : null
  }
  return html`<section class="feed" aria-label="Messages" ref=${box} onScroll=${onScroll} tabindex="0"><div class="feed-inner" role="log">
    ${earlier && html`<button type="button" class="button earlier" onClick=${showEarlier}>Show earlier messages</button>`}
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${messages.length === 0 && html`<p class="quiet nothing">${empty}</p>`}
    ${messages.map(
      (message, i) => html`<${Message} key=${message.id} message=${message} say=${say} pin=${pin} openTab=${openTab}
      hasCard=${hasCard} follows=${isSame(messages[i - 1], message)} />`,
    )}
    </div>${news && html`<button type="button" class="news" onClick=${toEnd}>New messages ↓</button>`}
  </section>`
}

function topOf(message, box) {
  return message.getBoundingClientRect().top - box.getBoundingClientRect().top
}

/** A run of short lines by one voice needs its name once. */
function isSame(before, message) {
  return before !== undefined && (before.author?.key ?? null) === (message.author?.key ?? null)
}

const Message = memo(
  function Message({ message, say, pin, openTab, follows, hasCard }) {
    const { key, author, postedAt, title, tone, picture, mentions, sections } = message
    const buttons = hasCard
      ? message.buttons.filter((button) => !button.command.startsWith('incident ack'))
      : message.buttons
    const called = mentions.filter((name) => !title.includes(name))
    const isRunbook = /^inc-\d+\/runbook$/.test(key)
    return html`<article class=${`message ${tone} ${author ? 'by-person' : ''} ${follows ? 'follows' : ''}`} data-key=${key}>
      <div class="message-when"><${Time} of=${postedAt} /></div>
      <div class="message-body">
        ${!follows && html`<div class="message-author">${author ? author.name : 'Tocsin'}</div>`}
        ${title && html`<h3>${title}</h3>`}
        ${called.length > 0 && html`<p class="mentions">${called.map((name) => html`<span class="mention">@${name}</span> `)}</p>`}
        <${Content} message=${message} say=${say} />
        ${picture && html`<a class="picture" href=${picture.url} target="_blank" rel="noreferrer"><img src=${picture.url} alt=${picture.alt} /></a>`}
        ${
          isRunbook
            ? html`<div class="buttons"><button type="button" class="button" onClick=${() => openTab('runbook')}>Show the steps</button></div>`
            : sections.map((section, i) => html`<${Section} key=${i} section=${section} say=${say} />`)
        }
        <${Buttons} buttons=${buttons} say=${say} />
      </div>
      ${hasCard && html`<${Pin} message=${message} pin=${pin} />`}
    </article>`
  },
  (a, b) =>
    a.message.id === b.message.id &&
    a.message.editedAt === b.message.editedAt &&
    a.message.pinned === b.message.pinned &&
    a.pin === b.pin &&
    a.follows === b.follows &&
    a.hasCard === b.hasCard &&
    a.say === b.say,
)

/** Keeps a message for the timeline, or lets go of it. */
function Pin({ message, pin }) {
  const { id } = message
  // Shown as pressed at once; the bot's own word comes a moment later.
  const [wanted, setWanted] = useState(null)
  useEffect(() => setWanted(null), [message.pinned])
  const pinned = wanted ?? message.pinned
  const press = async () => {
    setWanted(!pinned)
    if (!(await pin(id, !pinned))) setWanted(null)
  }
  const title = pinned ? 'On the timeline; press to take the pin away' : 'Keep on the timeline'
  return html`<button type="button" class="pin" aria-pressed=${pinned} aria-label=${title} title=${title}
    onClick=${press}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 1h6v1.5l-1 .7v3.6l2.5 2V10H8.6v5L8 16l-.6-1v-5H3.5V8.8l2.5-2V3.2L5 2.5z" /></svg></button>`
}

export function Content({ message }) {
  return html`<${Safe} of=${message.html} />
    ${
      message.fields.length > 0 &&
      html`<dl class="fields">${message.fields.map(
        ({ label, html: value }) =>
          html`<div key=${label}><dt>${label}</dt><${Safe} tag="dd" of=${value} className="prose" /></div>`,
      )}</dl>`
    }`
}

export function Section({ section, say }) {
  return html`<div class="section"><${Safe} of=${section.html} /><${Buttons} buttons=${section.buttons} say=${say} /></div>`
}
