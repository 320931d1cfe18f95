// Tonight's pages before they happen: a few questions on top, the night below. Nobody is called.
import { useEffect, useState } from 'preact/hooks'
import { html, Safe } from './html.js'
import { get } from './server.js'
import { span } from './time.js'

const severities = ['P1', 'P2', 'P3', 'P4']

export function Tonight({ setting, back }) {
  const [asked, setAsked] = useState(() => fromAddress(setting))
  const [night, setNight] = useState(null)
  const [problem, setProblem] = useState(null)
  useEffect(() => {
    let late = false
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''))
    history.replaceState(null, '', `/tonight?${new URLSearchParams(given)}`)
    const { answerBy, answerAfter, ...query } = given
    const answer = answerBy && `${answerBy}@${answerAfter ?? 5}m`
    const show = (found, wrong) => {
      if (late) return
      if (found !== null) setNight(found)
      setProblem(wrong)
    }
    get('/console/tonight', { ...query, answer }).then(
      (found) => show(found, null),
      (error) => show(null, error.message),
    )
    return () => {
      late = true
    }
  }, [asked])
  const set = (name) => (event) => setAsked({ ...asked, [name]: event.target.value })
  return html`<div class="room bare tonight"><main class="night">
    <header>${back}<h1>Before the night</h1>
      <p class="quiet">Who would be paged when, by the engine itself on virtual time, overrides included. Nobody is called.</p></header>
    <${Questions} setting=${setting} asked=${asked} set=${set} />
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${night === null ? !problem && html`<p class="loading">Loading…</p>` : html`<${Night} night=${night} />`}
  </main></div>`
}

/** The address says what is asked, so that a night can be sent to somebody. */
function fromAddress({ services }) {
  const query = new URLSearchParams(location.search)
  const known = { severity: 'P1', service: services[0] ?? '', policy: '', at: '', answerBy: '', answerAfter: '5' }
  return Object.fromEntries(Object.entries(known).map(([name, value]) => [name, query.get(name) ?? value]))
}

function Questions({ setting, asked, set }) {
  const options = (values, none) => [
    html`<option key="" value="">${none}</option>`,
    ...values.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`),
  ]
  const named = (names) => names.map((name) => ({ key: name, name }))
  const services = [...new Set([...setting.services, asked.service])].filter(Boolean)
  return html`<form class="questions" onSubmit=${(event) => event.preventDefault()}>
    <label>Severity<select value=${asked.severity} onChange=${set('severity')}>
      ${severities.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></label>
    <label>Service<select value=${asked.service} onChange=${set('service')}>${options(named(services), 'any')}</select></label>
    ${
      setting.policies.length > 0 &&
      html`<label>Policy<select value=${asked.policy} onChange=${set('policy')}>${options(named(setting.policies), 'as configured')}</select></label>`
    }
    <label class="when"><span>Opens at, ${setting.zone}</span><input type="datetime-local" value=${asked.at} onChange=${set('at')} /></label>
    <label>Acknowledged by<select value=${asked.answerBy} onChange=${set('answerBy')}>${options(setting.people, 'nobody')}</select></label>
    ${
      asked.answerBy !== '' &&
      html`<label>after (minutes)<input type="number" min="0" max="1440" value=${asked.answerAfter} onChange=${set('answerAfter')} /></label>`
    }
  </form>`
}

function Night({ night }) {
  return html`<section class="story" aria-live="polite">
    <h2>${night.title}</h2>
    <${Safe} of=${night.html} />
    <ol class="moments">${night.rows.map(
      (row, i) => html`${row.day && i > 0 && html`<li class="day" key=${`day-${i}`}>${row.day}</li>`}
      <li key=${i} class=${`moment ${row.tone} ${row.wakes ? 'wakes' : ''}`}>
        <span class="clock-time">${row.clock}</span><span class="elapsed">+${span(row.elapsed)}</span>
        <${Safe} of=${row.html} tag="span" className="what" /></li>`,
    )}</ol>
    <div class="ending"><${Safe} of=${night.ending} /></div>
  </section>`
}
