// Every version of a post-mortem: who wrote it and when, what changed in it, and the way back.
import { useEffect, useState } from 'preact/hooks'
import { html } from './html.js'
import { get } from './server.js'
import { clockTime, fullTime } from './time.js'

const said = {
  generated: 'drafted',
  merged: 'new facts put in',
  edited: 'edited',
  restored: 'went back to an earlier version',
}

export function History({ address, version, people, isDirty, restore }) {
  const [versions, setVersions] = useState(null)
  const [open, setOpen] = useState(null)
  const [problem, setProblem] = useState(null)
  const failed = (error) => setProblem(error.message)
  useEffect(() => {
    get(`${address}/versions`).then(({ versions }) => setVersions(versions), failed)
  }, [version])
  const show = (one) =>
    open?.version === one ? setOpen(null) : get(`${address}/versions/${one}`).then(setOpen, failed)
  const name = (key) => (key === null ? 'Tocsin' : (people.find((person) => person.key === key)?.name ?? key))
  return html`${problem && html`<p class="problem">${problem}</p>`}
    ${versions === null && html`<p class="quiet">Loading…</p>`}
    <ol class="versions">${(versions ?? []).map(
      (one) => html`<li key=${one.version}>
        <button type="button" class="version" aria-expanded=${open?.version === one.version} onClick=${() => show(one.version)}>
          <b>${one.version}</b> ${name(one.by)} ${said[one.kind]}<small class="quiet" title=${fullTime(one.at)}> · ${clockTime(one.at, true)}</small></button>
        ${
          open?.version === one.version &&
          html`<${Changes} changes=${open.changes} />
          ${
            one.version !== version &&
            html`<button type="button" class="button small" disabled=${isDirty}
            title=${isDirty ? 'Save or discard what you typed first' : ''} onClick=${() => restore(one.version)}>Make this the latest again</button>`
          }`
        }
      </li>`,
    )}</ol>`
}

function Changes({ changes }) {
  if (!changes.some(({ kind }) => kind !== 'kept'))
    return html`<p class="quiet">The first version, or nothing changed.</p>`
  return html`<pre class="changes">${changes.map((change, i) => {
    if (change.kind === 'kept')
      return change.lines > 0
        ? html`<span key=${i} class="gap">${change.lines} lines as before${'\n'}</span>`
        : html`<span key=${i}>${change.around.map((line) => `  ${line}\n`).join('')}</span>`
    const sign = change.kind === 'added' ? '+' : '−'
    return html`<span key=${i} class=${change.kind}>${sign} ${change.text}${'\n'}</span>`
  })}</pre>`
}
