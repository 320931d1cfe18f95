// Where a dashboard is opened: at the time of the incident, with its variables set to what the incident is about.
import { lowest } from '../core/bounds.ts'
import type { DashboardLink } from '../core/terms.ts'
import type { IncidentView } from '../store/views.ts'

const minute = 60_000
const hour = 60 * minute

/** Of each variable: Grafana draws every one, and nobody can tell more of them apart. */
const mostValues = 10
const longestValue = 200

type About = { incident: Pick<IncidentView['incident'], 'service' | 'openedAt'> } & {
  incident: { status: string; resolvedAt?: Date }
  alerts: Pick<IncidentView['alerts'][number], 'labels' | 'startsAt'>[]
}

/** Any other link stays as it is. A variable that no alert has a value for is left to the dashboard. */
export function dashboardUrl({ url: address, vars }: DashboardLink, about: About): string {
  if (vars === undefined || !URL.canParse(address)) return address
  const url = new URL(address)
  for (const [name, value] of Object.entries(spanOf(about))) url.searchParams.set(name, value)
  for (const [name, template] of Object.entries(vars)) {
    const values = valuesOf(template, about)
    if (values.length > 0) url.searchParams.delete(`var-${name}`)
    for (const value of values) url.searchParams.append(`var-${name}`, value)
  }
  // Grafana's own addresses write a space so.
  url.search = url.search.replaceAll('+', '%20')
  return url.href
}

/** The latest while it lasts, so that the address stays the same; afterwards as much before and after as there was of it. */
function spanOf({ incident, alerts }: About): { from: string; to: string } {
  const opened = incident.openedAt.getTime()
  // One that has been firing for days did not begin what is looked into now.
  const starts = alerts.map(({ startsAt }) => startsAt.getTime()).filter((at) => at >= opened - hour / 2)
  const start = Math.min(opened, lowest(starts))
  const end = incident.status === 'resolved' ? incident.resolvedAt?.getTime() : undefined
  if (end === undefined) return { from: String(start - hour), to: 'now' }
  const around = Math.max(10 * minute, Math.min(3 * hour, end - start))
  return { from: String(start - around), to: String(end + around) }
}

/** What stands for the template: once for each alert that has all the labels it names. */
function valuesOf(template: string, { incident, alerts }: About): string[] {
  const fill = (labels: Record<string, string>) => {
    let isWhole = true
    const value = template.replace(/\$([A-Za-z_]\w*)/g, (_whole, name: string) => {
      const found = name === 'service' ? knownService(incident.service) : labels[name]
      if (!found) isWhole = false
      return found ?? ''
    })
    return isWhole && value !== '' ? [value.slice(0, longestValue)] : []
  }
  // Opened by hand it has no alerts, but a service.
  const all = alerts.length === 0 ? [{}] : alerts.map(({ labels }) => labels)
  return [...new Set(all.flatMap(fill))].slice(0, mostValues)
}

function knownService(service: string): string {
  return service === 'unknown' ? '' : service
}
