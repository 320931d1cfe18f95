// The left column: what is on fire, the channels, who one acts as.
import { useState } from 'preact/hooks'
import { html } from './html.js'
import { alertCounts, Severity, ShortClock, urgentClock, whoHas } from './parts.js'
import { get } from './server.js'
import { since, useSeconds } from './time.js'

/** As many active incidents as the state holds, the worst. */
const mostActive = 500

export function Board({ state, setting, place, as, setAs, go, sample, seen }) {
  useSeconds()
  const active = state.incidents.filter((incident) => incident.status !== 'resolved')
  const resolved = state.incidents.filter((incident) => incident.status === 'resolved')
  const row = (incident) => html`<${Row} key=${incident.number} incident=${incident} go=${go}
    chosen=${place?.incident === incident.number} />`
  return html`<nav class="board" aria-label="Incidents and channels">
    <header class="brand"><a href="/" onClick=${go}><img src="/assets/icon.svg" alt="" />Tocsin</a><span>${setting.team}</span></header>
    <div class="board-scroll">
      <h2>Active${active.length > 0 && html` <span class="count">${active.length >= mostActive ? `${mostActive} and more` : active.length}</span>`}</h2>
      ${active.length === 0 && html`<p class="quiet nothing">All quiet.</p>`}
      ${active.map(row)}
      <h2>Channels</h2>
      ${state.channels.map(
        (one) => html`<${Channel} key=${one.channel} ...${one} go=${go} seen=${seen}
        chosen=${place?.channel === one.channel} calls=${one.channel.startsWith('@') ? state.pages.length : 0} />`,
      )}
      <h2>Before the night</h2>
      <a class=${`channel ${place?.tonight ? 'chosen' : ''}`} href="/tonight" onClick=${go}>Simulate a night</a>
      ${resolved.length > 0 && html`<h2>Resolved</h2>`}
      ${resolved.map(row)}
      <${Older} resolved=${resolved} people=${setting.people} row=${row} />
    </div>
    <${Footer} setting=${setting} as=${as} setAs=${setAs} sample=${sample} />
  </nav>`
}

/** As many resolved incidents as the state holds; the others are asked for. */
const held = 30

/** What was resolved before: the API's list, a page at a time. */
function Older({ resolved, people, row }) {
  const [older, setOlder] = useState({ incidents: [], next: undefined, problem: null })
  const known = new Set(resolved.map((incident) => incident.number))
  const rows = older.incidents.filter((incident) => !known.has(incident.number))
  const more = older.next === undefined ? resolved.length >= held : older.next !== null
  const name = (key) => people.find((person) => person.key === key)?.name ?? key
  const show = async () => {
    try {
      const asked = { status: 'resolved', limit: 100, cursor: older.next }
      const { incidents, next } = await get('/api/v1/incidents', asked)
      const named = incidents.map((one) => ({ ...one, resolvedBy: one.resolvedBy && name(one.resolvedBy), clocks: [] }))
      setOlder({ incidents: [...older.incidents, ...named.map(countAlerts)], next, problem: null })
    } catch (error) {
      setOlder({ ...older, problem: error.message })
    }
  }
  return html`${rows.map(row)}
    ${older.problem && html`<p class="quiet nothing">${older.problem}</p>`}
    ${more && html`<button type="button" class="button older" onClick=${show}>Show older incidents</button>`}`
}

function countAlerts(incident) {
  const { firing, all } = alertCounts(incident)
  return { ...incident, alerts: all, firing }
}

function Row({ incident, chosen, go }) {
  const { number, severity, title, service, status, openedAt, alerts, firing, clocks } = incident
  const clock = status === 'resolved' ? null : urgentClock(clocks)
  const cleared = status !== 'resolved' && alerts > 0 && firing === 0
  return html`<a class=${`row ${status} ${chosen ? 'chosen' : ''}`} href=${`/incidents/${number}`} onClick=${go}
    aria-current=${chosen ? 'page' : null}>
    <${Severity} of=${severity} />
    <span class="row-title">${title}</span>
    ${clock && html`<${ShortClock} clock=${clock} />`}
    <span class="row-number">#${number}</span>
    <span class="row-line"><span class="row-about"><b>${whoHas(incident)}</b>${cleared && ' · clear'} · ${service}</span>
      ${status !== 'resolved' && html`<span class="row-age" title="open for">${since(openedAt)}</span>`}</span>
  </a>`
}

function Channel({ channel, lastPostAt, chosen, go, seen, calls }) {
  const unread = !chosen && lastPostAt !== null && lastPostAt > (seen[channel] ?? '')
  return html`<a class=${`channel ${chosen ? 'chosen' : ''} ${unread ? 'unread' : ''}`} href=${`/rooms/${encodeURIComponent(channel)}`}
    onClick=${go}>${channel.startsWith('@') ? html`<span>My pages <small>${channel}</small></span>` : `# ${channel}`}
    ${calls > 0 ? html`<span class="count loud">${calls}</span>` : unread && html`<span class="dot" title="new"></span>`}</a>`
}

function Footer({ setting, as, setAs, sample }) {
  const trust = setting.protected
    ? 'Whoever holds the access token may act as anybody.'
    : 'Whoever reaches this page (only this machine does) may act as anybody.'
  return html`<footer class="board-foot">
    ${
      setting.sample &&
      html`<div class="buttons samples">
      <button type="button" class="button" onClick=${() => sample('firing')}>Send a sample alert</button>
      <button type="button" class="button" onClick=${() => sample('resolved')}>Send recovery</button></div>`
    }
    <label class=${`acting ${as === null ? 'missing' : ''}`} title=${trust}>Acting as
      <select value=${as ?? ''} onChange=${(event) => setAs(event.target.value || null)}>
        <option value="">choose…</option>
        ${setting.people.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}
      </select></label>
    <p class="quiet fine">${trust}</p>
    ${setting.protected && html`<form method="post" action="/logout"><button class="button">Sign out</button></form>`}
  </footer>`
}
