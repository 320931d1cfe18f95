// Action items beside the text: added, assigned, dated, done. They are kept at once, not with the text.
import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.js'
import { get, post, send } from './server.js'

export function Actions({ incident, people, act, by, changed }) {
  const [found, setFound] = useState(null)
  const [draft, setDraft] = useState({ text: '', owner: '', due: '' })
  const load = () => get('/api/v1/actions', { incident }).then(({ actions }) => setFound(actions))
  useEffect(() => void load(), [])
  const address = `/api/v1/incidents/${incident}/actions`
  const done = async () => {
    await load()
    await changed()
  }
  const change = (item, what) => act(() => send('PATCH', `${address}/${item}`, { ...what, by }).then(done))
  // Enter pressed twice is one action item: what is on its way is no longer there to be added.
  const isAdding = useRef(false)
  const add = async (event) => {
    event.preventDefault()
    if (isAdding.current) return
    isAdding.current = true
    await act(async () => {
      await post(address, { text: draft.text, owner: draft.owner || null, due: draft.due || null, by })
      setDraft({ text: '', owner: '', due: '' })
      await done()
    })
    isAdding.current = false
  }
  const set = (name) => (event) => setDraft({ ...draft, [name]: event.target.value })
  return html`<ul class="action-items">${(found ?? []).map(
    ({ item, text, owner, due, status }) => html`<li key=${item} class=${status}>
      <input type="checkbox" aria-label=${`Action item ${item} is done`} checked=${status === 'done'}
        onChange=${(event) => change(item, { status: event.target.checked ? 'done' : 'open' })} />
      <span class="action-text">${item}. ${text}</span>
      <${Owner} people=${people} value=${owner ?? ''} onChange=${(event) => change(item, { owner: event.target.value || null })} />
      <input type="date" aria-label="Due" value=${due ?? ''} onChange=${(event) => change(item, { due: event.target.value || null })} />
      ${status === 'open' && html`<button type="button" class="button small" onClick=${() => change(item, { status: 'dropped' })}>Drop</button>`}
    </li>`,
  )}</ul>
  ${found?.length === 0 && html`<p class="quiet">None yet. What will keep this from happening again?</p>`}
  <form class="action-new" onSubmit=${add}>
    <input aria-label="New action item" placeholder="What is to be done?" maxlength="500" required value=${draft.text} onInput=${set('text')} />
    <${Owner} people=${people} value=${draft.owner} onChange=${set('owner')} />
    <input type="date" aria-label="Due" value=${draft.due} onInput=${set('due')} />
    <button type="submit" class="button primary">Add</button>
  </form>`
}

function Owner({ people, value, onChange }) {
  return html`<select aria-label="Owner" value=${value} onChange=${onChange}><option value="">nobody</option>
    ${people.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select>`
}
