// What can be cited: entries of the timeline and charts, one press each.
import { useState } from 'preact/hooks'
import { html } from './html.js'
import { Time } from './parts.js'

export function Insert({ incident, insert }) {
  const [wanted, setWanted] = useState('')
  const words = wanted.toLowerCase()
  const entries = incident.timeline.filter(({ text }) => text.toLowerCase().includes(words))
  const charts = incident.timeline.filter(({ kind }) => kind === 'chart_drawn')
  const address = (id) => incident.charts.find((chart) => chart.endsWith(`/charts/${id}.png`))
  return html`<p class="quiet">A press puts it where the cursor is.</p>
    ${charts.length > 0 && html`<h2>Charts</h2>`}
    <ul class="cites">${charts.map(
      ({ id, fact }) =>
        address(fact.chart) &&
        html`<li key=${id}><button type="button" onClick=${() => insert(`\n- [${plain(fact.title)}](${address(fact.chart)}): ${plain(fact.summary)} [#${id}]\n`)}>
        <b>${fact.title}</b> ${fact.summary}</button></li>`,
    )}</ul>
    <h2>Timeline</h2>
    <input type="search" aria-label="Search the timeline" placeholder="Search" value=${wanted} onInput=${(event) => setWanted(event.target.value)} />
    <ul class="cites">${entries.map(
      ({ id, at, text }) =>
        html`<li key=${id}><button type="button" onClick=${() => insert(` [#${id}]`)}><${Time} of=${at} seconds=${true} /> ${text}</button></li>`,
    )}</ul>`
}

/** Words as Markdown that says just them. */
function plain(words) {
  return words.replace(/[\\`*_[\]<>|]/g, '\\$&')
}
