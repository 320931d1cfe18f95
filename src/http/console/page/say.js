// The command box: completion from the commands' own specs, and the answer only its author sees.
import { useEffect, useRef, useState } from 'preact/hooks'
import { complete } from './complete.js'
import { useDraft } from './draft.js'
import { Content, Section } from './feed.js'
import { html } from './html.js'
import { Buttons } from './parts.js'

export function Say({ setting, state, reply, setReply, say, channel, actingAs }) {
  const [text, setText, putBack] = useDraft(channel)
  const [chosen, setChosen] = useState(0)
  const [past, setPast] = useState([])
  const [hidden, setHidden] = useState(false)
  const box = useRef(null)
  const offers = hidden ? [] : complete(text, setting, state)
  useEffect(() => focusOnSlash(box), [])

  const take = (offer) => {
    setText(offer.fills)
    setChosen(0)
    box.current.focus()
  }
  const send = async () => {
    const words = text.trim()
    if (words === '') return
    setPast([words, ...past.filter((one) => one !== words)].slice(0, 30))
    // Emptied at once: what is typed while the bot answers must not be lost, nor what it did not take.
    setText('')
    if (!(await say(words))) putBack(words)
  }
  const onKeyDown = (event) => {
    // Japanese, for one, is typed in parts: Enter ends a part, and nothing is said yet.
    if (event.isComposing) return
    const offer = offers[chosen]
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') return offers.length > 0 ? setHidden(true) : setReply(null)
    if (event.key === 'Tab' && offer?.fills && !event.shiftKey) {
      event.preventDefault()
      return take(offer)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      return chosen > 0 && offer?.fills ? take(offer) : send()
    }
    if (move === undefined) return
    event.preventDefault()
    if (text === '' && event.key === 'ArrowUp' && past[0]) return setText(past[0])
    if (offers.length > 0) setChosen((chosen + move + offers.length) % offers.length)
  }
  const onSubmit = (event) => {
    event.preventDefault()
    send()
  }
  const onInput = (event) => {
    setText(event.target.value)
    setChosen(0)
    setHidden(false)
  }
  return html`<section class="say">
    <${Reply} reply=${reply} close=${() => setReply(null)} say=${say} />
    ${
      offers.length > 0 &&
      html`<ul class="offers" role="listbox" aria-label="Completions">${offers.map(
        (offer, i) =>
          html`<li key=${offer.label} role="option" aria-selected=${i === chosen} onMouseDown=${(event) => {
            event.preventDefault()
            if (offer.fills) take(offer)
          }}><code>${offer.label}</code><span>${offer.help}</span></li>`,
      )}</ul>`
    }
    <form onSubmit=${onSubmit}>
      <input ref=${box} value=${text} onInput=${onInput} onKeyDown=${onKeyDown} onBlur=${() => setHidden(true)} onFocus=${() => setHidden(false)}
        aria-label="Command or message" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="send"
        placeholder=${placeholder(channel, actingAs)} />
      <button class="button primary" disabled=${text.trim() === ''}>Send</button>
    </form>
  </section>`
}

function placeholder(channel, actingAs) {
  if (actingAs === null) return 'Choose whom you act as first'
  return !channel || channel.startsWith('@') ? `as ${actingAs}: /incident list` : `as ${actingAs}: /command or message`
}

function focusOnSlash(box) {
  const onKey = (event) => {
    if (
      event.key !== '/' ||
      event.ctrlKey ||
      event.metaKey ||
      /INPUT|SELECT|TEXTAREA/.test(document.activeElement?.tagName)
    )
      return
    box.current?.focus()
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}

/** What the bot says back, to this person only. */
function Reply({ reply, close, say }) {
  if (reply === null) return null
  const role = reply.tone === 'warning' || reply.tone === 'critical' ? 'alert' : 'status'
  return html`<div class=${`reply message ${reply.tone}`} role=${role}>
    <div class="message-body"><div class="reply-head"><span class="quiet">Only you see this</span>
      <button type="button" class="close" aria-label="Close" onClick=${close}>×</button></div>
      <div class="reply-scroll"><h3>${reply.title}</h3><${Content} message=${reply} />
      ${reply.choose && html`<${Choice} of=${reply.choose} />`}
      ${reply.picture && html`<img class="picture" src=${reply.picture.url} alt=${reply.picture.alt} />`}
      ${reply.sections.map((section, i) => html`<${Section} key=${i} section=${section} say=${say} />`)}
      <${Buttons} buttons=${reply.buttons} say=${say} /></div></div></div>`
}

function Choice({ of: { people, done } }) {
  const box = useRef(null)
  useEffect(() => box.current?.focus(), [])
  return html`<label class="acting missing">Acting as <select ref=${box} onChange=${(event) => done(event.target.value || null)}>
    <option value="">choose…</option>
    ${people.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select></label>`
}
