// Targets that Prometheus cannot scrape: those of the incident's own jobs one by one, the others counted.
import { maxResponse } from '../as-much-as-fits.ts'
import type { Inquiry, Item } from '../evidence.ts'
import type { Part } from '../monitoring.ts'
import { clientOf, type Prometheus, queryInstant, queryLabels } from '../prometheus.ts'
import { recordsIn } from '../records.ts'

/** Of one job, of the others, and of the reasons of one job. */
const shown = { jobs: 2, targets: 5, others: 5, reasons: 3 }

type Job = { name: string; down: number; all: number }

/** Asked for by query: a list of thousands of targets is only read when some of the incident's own are down. Throws like a query. */
export async function targetsDown(prometheus: Prometheus, inquiry: Inquiry): Promise<Part> {
  const jobs = await jobsDown(prometheus, inquiry.until)
  const own = jobs.filter(({ name }) => isOwn(name, inquiry))
  const others = jobs.filter((job) => !own.includes(job))
  const items = await Promise.all(own.slice(0, shown.jobs).map((job) => itemOf(prometheus, job, inquiry.until)))
  if (others.length > 0) {
    const listed = others.slice(0, shown.others).map(({ name, down, all }) => `${name} ${down} of ${all}`)
    const more = others.length > listed.length ? [`${others.length - listed.length} more jobs`] : []
    items.push({ text: `Down elsewhere: ${[...listed, ...more].join(', ')}`, code: null, url: null })
  }
  const away = others.reduce((total, { down }) => total + down, 0)
  const summary =
    own.length > 0 ? own.map(state).join(', ') : `${away} ${away === 1 ? 'target' : 'targets'} down elsewhere`
  return { summary, items, page: 'Targets' }
}

/** Those with the most down first. */
async function jobsDown(prometheus: Prometheus, at: Date): Promise<Job[]> {
  const down = await queryInstant(prometheus, 'count by (job) (up == 0)', at)
  if (down.length === 0) return []
  const all = await queryInstant(prometheus, 'count by (job) (up) and on (job) (up == 0)', at)
  const totals = new Map(all.map(({ labels, value }) => [labels.job ?? '', value]))
  return down
    .map(({ labels, value }) => {
      const name = labels.job ?? ''
      return { name, down: value, all: Math.max(value, totals.get(name) ?? 0) }
    })
    .sort((a, b) => b.down - a.down || a.name.localeCompare(b.name))
}

function isOwn(job: string, { alerts, service }: Inquiry): boolean {
  const names = alerts.flatMap(({ labels }) => [labels.job, labels.service, labels.app]).concat(service)
  return names.some((name) => name?.toLowerCase() === job.toLowerCase())
}

async function itemOf(prometheus: Prometheus, job: Job, at: Date): Promise<Item> {
  const found = (await scraped(prometheus, job.name)) ?? (await named(prometheus, job.name, at))
  const instances = found.slice(0, shown.targets).map(({ instance }) => instance)
  const more = found.length > instances.length ? [`${found.length - instances.length} more`] : []
  const reasons = [...new Set(found.map(({ reason }) => reason).filter((reason) => reason !== ''))]
  return {
    text: `${state(job)}: ${[...instances, ...more].join(', ')}`,
    code: reasons.length === 0 ? null : reasons.slice(0, shown.reasons).join('\n'),
    url: null,
  }
}

type Target = { instance: string; reason: string }
type Scraped = { labels?: Record<string, unknown>; health?: unknown; lastError?: unknown }

/** With why each is down. Null: what answers has no list of targets, or too long a one. */
async function scraped(prometheus: Prometheus, job: string): Promise<Target[] | null> {
  const { signal } = prometheus
  const client = clientOf(prometheus, { maxResponse })
  try {
    const params = { state: 'active' }
    const { data } = await client.get('/api/v1/targets', { params, ...(signal && { signal }) })
    const found = recordsIn<Scraped>((data as { data?: { activeTargets?: unknown } } | null)?.data?.activeTargets)
      .filter(({ labels, health }) => health === 'down' && labels?.job === job)
      .map(({ labels, lastError }) => ({ instance: String(labels?.instance ?? ''), reason: String(lastError ?? '') }))
    return found.length === 0 ? null : found
  } catch {
    return null
  }
}

async function named(prometheus: Prometheus, job: string, at: Date): Promise<Target[]> {
  const found = await queryLabels(prometheus, `up{job=${JSON.stringify(job)}} == 0`, at)
  return found.map(({ instance }) => ({ instance: instance ?? '', reason: '' }))
}

function state({ name, down, all }: Job): string {
  return all === 1
    ? `the only target of ${name} is down`
    : `${down} of ${all} targets of ${name} ${down === 1 ? 'is' : 'are'} down`
}
