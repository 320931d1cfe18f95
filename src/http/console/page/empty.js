// What is shown when nothing is chosen and nothing burns: the next step.
import { html, Safe } from './html.js'

export function Empty({ setting, active, sample, back }) {
  const source = setting.sources.find((one) => one.kind === 'alertmanager') ?? setting.sources[0]
  return html`<main class="empty">${back}
    <h1>${active > 0 ? `${active} active` : 'All quiet'}</h1>
    <p>${active > 0 ? 'Choose an incident on the left.' : 'No incident is open. When an alert arrives, its room opens here by itself.'}</p>
    ${
      setting.sample &&
      html`<div class="step-card"><h2>See the whole loop in a minute</h2>
      <p>A sample alert goes the same way a real one does: it opens an incident with its room, chart and runbook, and pages
        whoever is on call. Acknowledge it, send the recovery, and read the post-mortem.</p>
      <div class="buttons"><button type="button" class="button primary" onClick=${() => sample('firing')}>Send a sample alert</button></div></div>`
    }
    ${
      source &&
      html`<div class="step-card"><h2>Point Alertmanager at it</h2><${Snippet} text=${alertmanager(setting, source)} />
      <p>The token is <code>sources.${source.name}.token</code> in tocsin.yaml.</p></div>
      <div class="step-card"><h2>Or send an alert yourself</h2><${Snippet} text=${curl(setting)} /></div>`
    }
    <p class="quiet">Type <code>/incident new</code> below to open one by hand.</p>
  </main>`
}

function Snippet({ text }) {
  const code = text.replace(/[&<]/g, (character) => `&#${character.charCodeAt(0)};`)
  return html`<${Safe} of=${`<pre><code>${code}</code></pre>`} />`
}

function token(setting) {
  return setting.sample ? 'quickstart' : 'THE-TOKEN'
}

function alertmanager(setting, source) {
  return `# alertmanager.yml
receivers:
  - name: tocsin
    webhook_configs:
      - url: ${setting.publicUrl}/alerts/${source.name}
        send_resolved: true
        http_config:
          authorization: { credentials: ${token(setting)} }`
}

function curl(setting) {
  const url = setting.publicUrl
  const source = setting.sources.find((one) => one.kind === 'generic')
  if (source === undefined) return `curl -s ${url}/api/v1/incidents`
  return `curl -s ${url}/alerts/${source.name} \\
  -H 'authorization: Bearer ${token(setting)}' -H 'content-type: application/json' \\
  -d '{"title": "Checkout is slow", "service": "checkout", "severity": "warning"}'`
}
