// The head of a room: everything about the incident at a glance, live.
import { html } from './html.js'
import { alertCounts, Buttons, Clock, Severity, Time, whoHas } from './parts.js'
import { countdown, now, since, span, useSeconds } from './time.js'

const minute = 60_000

export function Card({ incident, say, back }) {
  useSeconds()
  const { number, severity, service, title, status, clocks, links, lead, roles } = incident
  const { firing, all } = alertCounts(incident)
  return html`<header class=${`card ${status} ${severity.toLowerCase()}`}>
    <div class="card-line">${back}<${Severity} of=${severity} /><span class="card-service">#${number} · ${service}</span>
      <span class="card-facts"><${Age} incident=${incident} />${all > 0 && ` · ${firingText(firing, all)}`}
        ${lead && ` · ${lead} leads`}${roles.map(({ role, person }) => ` · ${role} ${person}`)}</span></div>
    <h1 title=${title}>${title}</h1>
    <${Who} incident=${incident} />
    ${incident.description && status !== 'resolved' && html`<p class="description">${incident.description}</p>`}
    ${incident.update && html`<${Update} of=${incident.update} over=${status === 'resolved'} />`}
    <div class="clocks">${clocks.map((clock) => html`<${Clock} key=${clock.name} clock=${clock} />`)}</div>
    <div class="card-act"><${Buttons} buttons=${incident.buttons} say=${say} />
      ${
        links.length > 0 &&
        html`<span class="links">${links.map(
          ({ title, url }) => html`<a key=${url} href=${url} target="_blank" rel="noreferrer">${title} ↗</a>`,
        )}</span>`
      }</div>
  </header>`
}

/** The latest word to everybody, and when the next is promised for. */
function Update({ of, over }) {
  const { conditions, actions, needs, by, at, nextAt } = of
  const late = nextAt && Date.parse(nextAt) < now()
  return html`<p class="update"><b>Update <${Time} of=${at} /></b> ${by && html`<span class="quiet">${by}</span> `}${conditions}
    ${actions && html`${conditions && ' ·'} <b>Actions:</b> ${actions}`}${needs && html`${(conditions || actions) && ' ·'} <b>Needs:</b> ${needs}`}
    ${nextAt && !over && html` · <span class=${late ? 'late' : 'quiet'}>next ${late ? 'was due' : 'by'} <${Time} of=${nextAt} /></span>`}</p>`
}

/** Rounded as the messages round it; what still runs is cut off instead. */
function lengthOf(milliseconds) {
  return span(milliseconds < minute ? milliseconds : Math.round(milliseconds / minute) * minute)
}

function firingText(firing, all) {
  if (firing === 0) return all === 1 ? 'alert clear' : `all ${all.toLocaleString('en')} alerts clear`
  return all === 1 ? '1 alert firing' : `${firing.toLocaleString('en')} of ${all.toLocaleString('en')} alerts firing`
}

function Age({ incident }) {
  const { openedAt, resolvedAt } = incident
  if (resolvedAt)
    return html`lasted ${lengthOf(Date.parse(resolvedAt) - Date.parse(openedAt))}, from <${Time} of=${openedAt} /> to <${Time} of=${resolvedAt} />`
  return html`since <${Time} of=${openedAt} /> (${since(openedAt)})`
}

/** Who has it; while nobody has, who is being called and who comes next. */
function Who({ incident }) {
  const { status, policy, acknowledgedAt, quietUntil } = incident
  const next = status === 'open' ? policy.next : null
  const left = next && Date.parse(next.at) - now()
  const called = next?.kind === 'last resort' ? 'everybody' : next?.people.length ? next.people.join(', ') : 'nobody'
  return html`<p class="who"><b>${status === 'open' && policy.lastResort ? 'NOBODY HAS THIS' : whoHas(incident)}</b>
    ${status === 'acknowledged' && acknowledgedAt && html` since <${Time} of=${acknowledgedAt} />`}
    ${status === 'open' && policy.paged.length > 0 && html`<span> · paged ${policy.paged.join(', ')}</span>`}
    ${next && html`<span> · ${left > 0 ? html`next ${called}, in <span class="digits">${countdown(left)}</span>` : `paging ${called} now`}</span>`}
    ${status === 'open' && !next && html`<span> · nobody is paged for this severity now</span>`}
    ${quietUntil && html`<span> · all clear, resolves itself in <span class="digits">${countdown(Date.parse(quietUntil) - now())}</span></span>`}
  </p>`
}
