// Where things are to be seen: pages of the console, and what the outside world links to.
import type { Alert } from '../core/alert.ts'
import type { IncidentView, RoomRow } from '../store/views.ts'
import { webAddress } from '../templates/escape.ts'
import { dashboardUrl } from './dashboards.ts'
import type { Words } from './words.ts'

export type Link = {
  kind: 'runbook' | 'dashboard' | 'prometheus' | 'console' | 'postmortem'
  title: string
  url: string
}

export function consoleUrl(words: Words, incident: number): string {
  return `${words.config.server.publicUrl.replace(/\/+$/, '')}/incidents/${incident}`
}

export function postmortemUrl(words: Words, incident: number): string {
  return `${consoleUrl(words, incident)}/postmortem`
}

/** The room on the platform a message goes to; the console's page when the incident has none there, or none with a link. */
export function roomOf(words: Words, view: IncidentView, platform: string | null): { name: string; url: string } {
  const room: RoomRow | undefined = view.rooms.find((r) => r.platform === platform) ?? view.rooms[0]
  const name = room?.name ?? `#${view.incident.number}`
  return { name, url: webAddress(room?.url) ?? consoleUrl(words, view.incident.number) }
}

/** Links worth a press at night, the most useful first. Addresses out of alerts are kept only when they are web pages. */
export function linksOf(words: Words, view: IncidentView): Link[] {
  const { incident, alerts } = view
  const links: Link[] = []
  const add = (kind: Link['kind'], title: string, address: unknown) => {
    const url = webAddress(address)
    if (url !== null && !links.some((link) => link.url === url)) links.push({ kind, title, url })
  }
  if (incident.status === 'resolved' && view.postmortem !== null)
    add('postmortem', '', postmortemUrl(words, incident.number))
  add(
    'runbook',
    '',
    firstOf(alerts, (a) => a.annotations.runbook_url ?? a.annotations.runbook),
  )
  for (const one of incident.terms.dashboards) add('dashboard', one.title, dashboardUrl(one, view))
  const alert = firstOf(alerts, (a) => a.generatorUrl)
  add('prometheus', alert !== null && isGraph(alert) ? 'Prometheus' : 'Alert', alert)
  add('console', '', consoleUrl(words, incident.number))
  return links
}

/** Other systems than Prometheus have their alerts somewhere, too. */
function isGraph(address: string): boolean {
  return /^[^#]*[?&]g0\.expr(?:[=&#]|$)/.test(address)
}

/** The first that leads to a web page: of a storm's thousands, most need not be read. */
function firstOf(alerts: IncidentView['alerts'], addressOf: (alert: Alert) => unknown): string | null {
  for (const alert of alerts) {
    const address = webAddress(addressOf(alert))
    if (address !== null) return address
  }
  return null
}
