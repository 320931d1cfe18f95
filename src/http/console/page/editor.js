// The editor of a post-mortem: Markdown on the left, beside it how it reads, what is missing, its history, what to cite.
import { render } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Actions } from './editor-actions.js'
import { address, number, useDocument } from './editor-document.js'
import { History } from './editor-history.js'
import { Insert } from './editor-insert.js'
import { html, Safe } from './html.js'
import { Time } from './parts.js'
import { ask, get } from './server.js'
import { setServerTime, setZone } from './time.js'

/** Milliseconds without a key before the preview is drawn again. */
const pause = 350

const isNarrow = () => innerWidth < 900

function Editor({ loaded, incident, setting }) {
  const { people } = setting
  const open = useDocument(loaded, people)
  const { doc, text, setText, note, setNote, conflict, setConflict, isDirty } = open
  const [tab, setTab] = useState(isNarrow() ? 'write' : 'preview')
  const box = useRef(null)
  const preview = usePreview(text)
  const insert = (words) => {
    const { selectionStart: from, selectionEnd: until } = box.current
    setText(text.slice(0, from) + words + text.slice(until))
    if (isNarrow()) setTab('write')
    requestAnimationFrame(() => {
      box.current.focus()
      box.current.setSelectionRange(from + words.length, from + words.length)
    })
  }
  const onKey = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
    event.preventDefault()
    open.save()
  }
  const missing = preview.missing ?? doc.missing.map(({ text }) => ({ html: text }))
  return html`<div class=${`editor at-${tab}`} onKeyDown=${onKey}>
    <${Bar} open=${open} incident=${incident} people=${people} />
    ${note && html`<${Note} note=${note} close=${() => setNote(null)} publish=${() => open.publish(true)} undo=${() => open.take(doc)} />`}
    ${conflict && html`<${Conflict} conflict=${conflict} people=${people} takeMerged=${open.takeMerged} close=${() => setConflict(null)} />`}
    <${Tabs} tab=${tab} setTab=${setTab} missing=${missing.length} />
    <textarea ref=${box} aria-label="Markdown of the post-mortem" spellcheck="true" value=${text}
      onInput=${(event) => setText(event.target.value)}></textarea>
    <section class="editor-side" role="tabpanel" tabindex="0">
      ${tab === 'missing' && html`<${Missing} missing=${missing} />`}
      ${tab === 'actions' && html`<${Actions} incident=${number} people=${people} act=${open.act} by=${open.as} changed=${open.refresh} />`}
      ${tab === 'insert' && html`<${Insert} incident=${incident} insert=${insert} />`}
      ${tab === 'history' && html`<${History} address=${address} version=${doc.version} people=${people} isDirty=${isDirty} restore=${open.restore} />`}
      ${
        (tab === 'preview' || tab === 'write') &&
        html`${preview.problem && html`<p class="problem">${preview.problem}</p>`}
        <article class="document-text"><${Safe} of=${preview.html} /></article>`
      }
    </section>
  </div>`
}

function Bar({ open, incident, people }) {
  const { doc, isDirty, as, setAs, busy, save, publish } = open
  return html`<header class="editor-bar">
    <a href=${`/incidents/${number}`} aria-label="Back to the incident">‹ #${number}</a>
    <h1 title=${incident.title}>${incident.title}</h1>
    <${State} doc=${doc} isDirty=${isDirty} people=${people} />
    <label class="editor-actor">Acting as <select value=${as ?? ''} onChange=${(event) => setAs(event.target.value || null)}>
      <option value="">choose…</option>${people.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}
    </select></label>
    <div class="buttons">
      <button type="button" class="button primary" disabled=${busy || !isDirty} title="Ctrl+S" onClick=${save}>Save</button>
      <button type="button" class="button" disabled=${busy || doc.publishedAt !== null} onClick=${() => publish(false)}>Publish</button>
      <a class="button" href=${`/incidents/${number}/postmortem`}>Print</a>
    </div>
  </header>`
}

/** On a narrow screen the text is one tab among the others; the style sheet tells which is seen. */
function Tabs({ tab, setTab, missing }) {
  const tabs = [
    { key: 'write', label: 'Write', narrow: true },
    { key: 'preview', label: 'Preview' },
    { key: 'missing', label: 'Missing', count: missing },
    { key: 'actions', label: 'Action items' },
    { key: 'insert', label: 'Cite' },
    { key: 'history', label: 'History' },
  ]
  return html`<nav class="tabs" role="tablist">${tabs.map(
    ({
      key,
      label,
      count,
      narrow,
    }) => html`<button key=${key} type="button" role="tab" class=${narrow ? 'narrow-only' : ''}
      aria-selected=${tab === key} onClick=${() => setTab(key)}>${label}${count > 0 && html` <span class="count">${count}</span>`}</button>`,
  )}</nav>`
}

/** How the text reads and what it lacks, as the bot sees it: drawn again whenever nobody types for a moment. */
function usePreview(text) {
  const [preview, setPreview] = useState({ html: '', missing: null, problem: null })
  const latest = useRef(0)
  const draw = useCallback(async (words) => {
    const turn = ++latest.current
    try {
      const drawn = await ask(`/console/postmortems/${number}/preview`, { markdown: words })
      if (turn === latest.current) setPreview({ ...drawn, problem: null })
    } catch (error) {
      if (turn === latest.current) setPreview((last) => ({ ...last, problem: error.message }))
    }
  }, [])
  useEffect(() => {
    const timer = setTimeout(() => draw(text), latest.current === 0 ? 0 : pause)
    return () => clearTimeout(timer)
  }, [text])
  return preview
}

function State({ doc, isDirty, people }) {
  const name = (key) => people.find((person) => person.key === key)?.name ?? key
  const state = doc.publishedAt
    ? html`published <${Time} of=${doc.publishedAt} /> by ${name(doc.publishedBy)}`
    : 'draft'
  return html`<p class="quiet editor-state" role="status">Version ${doc.version}${doc.by && ` by ${name(doc.by)}`}, ${state}${isDirty && html` · <b>not saved</b>`}</p>`
}

function Note({ note, close, publish, undo }) {
  return html`<div class=${`editor-note ${note.tone}`} role="alert"><span>${note.missing ? lacking(note.missing.length) : note.text}</span>
    ${note.missing && html`<button type="button" class="button" onClick=${publish}>Publish anyway</button>`}
    ${note.undo && html`<button type="button" class="button" onClick=${undo}>Discard it</button>`}
    <button type="button" class="button" aria-label="Close" onClick=${close}>×</button></div>`
}

/** What the API answers is for programs. */
function lacking(count) {
  return `Not published yet: ${count === 1 ? 'one thing is' : `${count} things are`} missing, see the tab Missing.`
}

/** Nothing was saved, and nothing is lost: both texts are offered as one. */
function Conflict({ conflict, people, takeMerged, close }) {
  const who = people.find((person) => person.key === conflict.by)?.name ?? conflict.by ?? 'Tocsin, from the timeline,'
  return html`<div class="editor-note warning" role="alert"><span><b>${who} wrote version ${conflict.version} meanwhile.</b>${' '}
    Your text is not saved, and still here. ${conflict.isClean ? 'The two go together without a clash.' : 'Where both changed the same lines, yours come first and the others stand below as a note.'}</span>
    <button type="button" class="button primary" onClick=${takeMerged}>Put both together</button>
    <button type="button" class="button" onClick=${close}>Not now</button></div>`
}

function Missing({ missing }) {
  if (missing.length === 0) return html`<p class="quiet nothing">Nothing is missing. It can be published.</p>`
  return html`<p class="quiet">A question is answered when its box is ticked, its words are changed, or something is written below it,
    indented. It is struck when it is deleted.</p>
    <ul class="editor-missing">${missing.map(({ html: words }, i) => html`<li key=${i}><${Safe} of=${words} tag="span" /></li>`)}</ul>`
}

async function start() {
  const [loaded, incident, setting] = await Promise.all([
    ask(`${address}/draft`, {}),
    get(`/api/v1/incidents/${number}`),
    get('/console/setting'),
  ])
  setServerTime(new Date().toISOString())
  setZone(setting.zone)
  document.title = `Post-mortem of #${number} · Tocsin`
  render(html`<${Editor} loaded=${loaded} incident=${incident} setting=${setting} />`, document.getElementById('app'))
}

start().catch((error) =>
  render(
    html`<main class="empty"><h1>${error.message}</h1><p><a href=${`/incidents/${number}`}>Back to the incident</a></p></main>`,
    document.getElementById('app'),
  ),
)
