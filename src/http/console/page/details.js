// What stands beside a room: runbook, timeline, alerts, the ledger of pages, the post-mortem.
import { useEffect, useState } from 'preact/hooks'
import { Section } from './feed.js'
import { html, Safe } from './html.js'
import { alertCounts, Time } from './parts.js'
import { get } from './server.js'

/** The tabs an incident has. */
export function tabsOf(incident) {
  const { runbook } = incident
  const left = runbook?.steps.filter((step) => step.status === 'open').length ?? 0
  return [
    runbook && { key: 'runbook', label: 'Runbook', count: left },
    { key: 'timeline', label: 'Timeline' },
    { key: 'alerts', label: 'Alerts', count: alertCounts(incident).firing },
    { key: 'pages', label: 'Pages' },
    incident.postmortem && { key: 'postmortem', label: 'Post-mortem' },
  ].filter(Boolean)
}

/** On a narrow screen the room's messages are one tab more; `shown` is then `room` while they are seen. */
export function Tabs({ tabs, shown, setTab }) {
  return html`<div class="tabs" role="tablist">
    <button type="button" role="tab" class="narrow-only" aria-selected=${String(shown === 'room')} onClick=${() => setTab('room')}>Room</button>
    ${tabs.map(
      ({ key, label, count }) => html`<button type="button" key=${key} role="tab" aria-selected=${String(shown === key)}
        onClick=${() => setTab(key)}>${label}${count > 0 && html` <span class="count">${count.toLocaleString('en')}</span>`}</button>`,
    )}</div>`
}

export function Details({ incident, tab, say }) {
  const Shown = { runbook: Runbook, timeline: Timeline, alerts: Alerts, pages: Pages, postmortem: Postmortem }[tab]
  return html`<aside class="details" role="tabpanel" tabindex="0">${Shown && html`<${Shown} key=${incident.number} incident=${incident} say=${say} />`}</aside>`
}

function Runbook({ incident, say }) {
  const { title, html: head, steps } = incident.runbook ?? { steps: [] }
  return html`<h2>${title}</h2><${Safe} of=${head} />
    ${steps.map((step, i) => html`<div key=${i} class=${`step ${step.status}`}><${Section} section=${step} say=${say} /></div>`)}`
}

function Timeline({ incident }) {
  // A citation leads here: `/incidents/12#entry-345`.
  const cited = location.hash.slice(1)
  const { whole, all } = useWhole(incident)
  const sent = merged(whole?.timeline, incident.timeline, 'id')
  const entries = withoutRepeats(sent)
  const { count = 0, after = null } = incident.unlistedEntries ?? {}
  const unlisted = {
    count: Math.max(0, incident.timeline.length + count - sent.length),
    after: whole?.timeline.at(-1)?.id ?? after,
  }
  const isMissing =
    cited.startsWith('entry-') && unlisted.count > 0 && !entries.some(({ id }) => cited === `entry-${id}`)
  useEffect(() => void (isMissing && all.show()), [isMissing])
  useEffect(() => document.getElementById(cited)?.scrollIntoView({ block: 'center' }), [cited, isMissing])
  const { first, left, last } = ends(entries, unlisted, whole || cited ? Number.POSITIVE_INFINITY : most)
  return html`<ol class="timeline">${first.map((entry) => entryLine(entry, cited))}
    ${left > 0 && html`<li><${All} ...${all} count=${left} what="entries between" /></li>`}
    ${last.map((entry) => entryLine(entry, cited))}</ol>`
}

/** Milliseconds from one look at all there is to the next: it may be megabytes. */
const wholeEvery = 10_000

/** All there is of an incident, for somebody who wants to see it; what is new comes with the incident itself in between. */
function useWhole(incident) {
  const [found, setFound] = useState({ whole: null, problem: null, at: 0 })
  const show = () =>
    get('/console/room', { incident: incident.number, whole: 1 }).then(
      (room) => setFound({ whole: room.incident, problem: null, at: Date.now() }),
      ({ message }) => setFound(({ whole }) => ({ whole, problem: message, at: Date.now() })),
    )
  useEffect(() => {
    if (found.whole === null) return
    const timer = setTimeout(show, Math.max(0, found.at + wholeEvery - Date.now()))
    return () => clearTimeout(timer)
  }, [incident])
  return { whole: found.whole, all: { show, problem: found.problem } }
}

/** By what tells them apart; of two the newer, in the place of the older. */
function merged(older = [], newer, key) {
  return [...new Map([...older, ...newer].map((one) => [one[key], one])).values()]
}

function entryLine({ id, at, kind, text, file }, cited) {
  return html`<li key=${id} class=${`${kind} ${cited === `entry-${id}` ? 'cited' : ''}`} id=${`entry-${id}`}><${Time} of=${at} seconds=${true} />
    <span>${text}${file && html`<${Kept} file=${file} />`}</span></li>`
}

/** A flood has thousands: a phone takes ten seconds to draw them, and nobody reads them at night. */
const most = 200

/** `unlisted`: entries that were not even sent, and after which one they come. */
function ends(entries, unlisted, most) {
  const isLong = entries.length > 2 * most
  const gap = unlisted.count > 0 ? entries.findIndex(({ id }) => id === unlisted.after) + 1 : entries.length
  const [until, from] = isLong ? [most, entries.length - most] : [gap, gap]
  return { first: entries.slice(0, until), left: from - until + unlisted.count, last: entries.slice(from) }
}

function All({ count, what, show, problem }) {
  return html`<button type="button" class="button small" onClick=${show}>Show ${count.toLocaleString('en')} ${what}</button>
    ${problem && html` <span class="problem">${problem}</span>`}`
}

/** A picture is seen where it was said; anything else can be fetched. */
function Kept({ file }) {
  const { url, name, size, isPicture } = file
  if (isPicture)
    return html`<a class="kept-picture" href=${url} target="_blank" rel="noreferrer"><img src=${url} alt=${name} loading="lazy" /></a>`
  return html` <a href=${url} download=${name}>${name} (${Math.max(1, Math.round(size / 1024))} kB)</a>`
}

/** A platform that refuses the same thing again and again is told of once. */
function withoutRepeats(timeline) {
  const first = new Map(timeline.toReversed().map((entry) => [entry.text, entry.id]))
  return timeline.filter(({ kind, text, id }) => kind !== 'room_degraded' || first.get(text) === id)
}

function Alerts({ incident }) {
  const { whole, all } = useWhole(incident)
  const alerts = merged(whole?.alerts, incident.alerts, 'fingerprint')
  if (alerts.length === 0) return html`<p class="quiet nothing">Opened by a person: no alerts belong to it.</p>`
  const sorted = alerts.toSorted((a, b) => (a.status === 'resolved') - (b.status === 'resolved'))
  const shown = whole ? sorted : sorted.slice(0, most)
  const left = alertCounts(incident).all - shown.length
  return html`${shown.map((alert) => html`<${Alert} key=${alert.fingerprint} alert=${alert} />`)}
    ${left > 0 && html`<${All} ...${all} count=${left} what="more" />`}`
}

function Alert({ alert: { status, title, description, labels, startsAt, endsAt, url } }) {
  return html`<section class=${`alert ${status}`}>
    <h3><span class=${`pill ${status}`}>${status}</span> ${title}</h3>
    <p class="quiet">since <${Time} of=${startsAt} />${endsAt && html`, until <${Time} of=${endsAt} />`}
      ${url && html` · <a href=${url} target="_blank" rel="noreferrer">its rule ↗</a>`}</p>
    ${description && html`<p>${description}</p>`}
    <div class="labels">${Object.entries(labels).map(([name, value]) => html`<code key=${name}>${name}=<b>${value}</b></code>`)}</div>
  </section>`
}

function Pages({ incident, say }) {
  if (incident.pages.length === 0) return html`<p class="quiet nothing">Nobody was paged.</p>`
  return html`<table class="pages"><thead><tr><th>Due</th><th>Whom</th><th>Over</th><th>For</th><th>State</th><th></th></tr></thead>
    <tbody>${incident.pages.map(
      ({ key, person, channel, called, status, dueAt, sentAt }) => html`<tr key=${key} title=${key}>
        <td><${Time} of=${dueAt} seconds=${true} /></td><td>${person}</td><td>${channel}</td><td>${called}</td>
        <td><span class=${`pill ${status}`}>${status}</span>${sentAt && late(dueAt, sentAt)}</td>
        <td><button type="button" class="button small" title=${`Why ${person} was paged`}
          onClick=${() => say(`/incident why ${incident.number} --person "${person}"`)}>Why?</button></td></tr>`,
    )}</tbody></table>`
}

function late(dueAt, sentAt) {
  const seconds = (Date.parse(sentAt) - Date.parse(dueAt)) / 1000
  return html` <small class="quiet">+${seconds.toFixed(1)} s</small>`
}

function Postmortem({ incident }) {
  const { number, postmortem } = incident
  const [found, setFound] = useState(null)
  useEffect(() => {
    get(`/console/postmortems/${number}`).then(setFound, (error) => setFound({ html: '', problem: error.message }))
  }, [number, postmortem?.draftedAt, postmortem?.publishedAt])
  if (found === null) return html`<p class="quiet nothing">Loading…</p>`
  return html`<div class="buttons"><a class="button primary" href=${`/incidents/${number}/postmortem/edit`}>Edit</a>
      <a class="button" href=${`/incidents/${number}/postmortem`}>Open for print</a>
      <a class="button" href=${`/api/v1/incidents/${number}/postmortem.md`} download>Export Markdown</a>
      <a class="button" href=${`/api/v1/incidents/${number}/postmortem.html`} download>Export HTML</a></div>
    <p class="quiet">${found.publishedAt ? html`Published <${Time} of=${found.publishedAt} />${found.publishedBy && ` by ${found.publishedBy}`}` : found.draftedAt && html`Draft of <${Time} of=${found.draftedAt} />`}</p>
    ${found.problem && html`<p class="problem">${found.problem}</p>`}
    <${Safe} of=${found.html} />`
}
