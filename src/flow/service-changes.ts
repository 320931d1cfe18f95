// Changes of services as pipelines tell them: taken in, kept for a while, and looked up for an incident.
import type { Bot } from '../bot.ts'
import type { ReadChange } from '../changes/format.ts'
import type { ChartMark } from '../charts/chart.ts'
import type { ChangeSource } from '../config/config.ts'
import type { Incident } from '../core/incident.ts'
import type { ServiceChange } from '../core/service-change.ts'
import { servicesBehind } from '../core/terms.ts'
import { changesNearest } from '../evidence/changes.ts'
import { forgetServiceChanges, keepServiceChanges } from '../store/service-changes.ts'

const day = 86_400_000
/** More than anybody reads while something burns. */
const mostListed = 50

/** Keeps them; resolves after the commit. Answers how many count: other environments' do not. */
export async function takeChanges(
  bot: Pick<Bot, 'config' | 'db' | 'clock'>,
  source: ChangeSource,
  read: ReadChange[],
): Promise<number> {
  const { environments, services } = source
  const counted = read.filter(({ environment }) => environments.length === 0 || isIn(environments, environment ?? ''))
  const changes = counted.map((change): ServiceChange => {
    const { service } = change
    return { ...change, source: source.name, service: service === null ? null : serviceNamed(service, services) }
  })
  if (changes.length === 0) return 0
  const oldest = new Date(bot.clock.now().getTime() - bot.config.changes.keep * day)
  await bot.db.tx(async (q) => {
    await keepServiceChanges(q, changes)
    await forgetServiceChanges(q, oldest)
  })
  return changes.length
}

/** The configured name; without one, `acme/payments` is payments. */
function serviceNamed(given: string, services: Record<string, string>): string {
  const key = Object.keys(services).find((name) => name.toLowerCase() === given.toLowerCase())
  return (key === undefined ? undefined : services[key]) ?? given.split('/').at(-1) ?? given
}

function isIn(names: string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase())
}

/** What changed around an incident until now or its end; the latest first. */
export async function changesAround(
  bot: Pick<Bot, 'config' | 'db' | 'clock'>,
  incident: Incident,
  startedAt: Date,
): Promise<ServiceChange[]> {
  const until = incident.status === 'resolved' ? incident.resolvedAt : bot.clock.now()
  const found = await changesNearest(bot, { services: servicesBehind(incident), startedAt, until }, mostListed)
  return found.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
}

/** More lines on a picture hide what it shows. */
const mostMarks = 5

/** Deployments as marks on a chart of the incident, those nearest to its start. `services`: absent: only its own. */
export async function deploymentMarks(
  bot: Pick<Bot, 'config' | 'db'>,
  around: { service: string; services?: string[]; startedAt: Date; from: Date; until: Date },
): Promise<ChartMark[]> {
  const { service, services = [service], from } = around
  const found = await changesNearest(bot, { ...around, services }, mostListed)
  return found
    .filter(({ kind, startedAt: at }) => kind === 'deployment' && at >= from)
    .slice(0, mostMarks)
    .map((change) => ({ at: change.startedAt, kind: 'deployment' as const, label: labelOf(change, service) }))
}

/** What is not of the service itself says whose it is. */
function labelOf({ service, version, status }: ServiceChange, own: string): string {
  const whose = service === null || service.toLowerCase() === own.toLowerCase() ? 'deploy' : service.slice(0, 20)
  const went = status === 'failed' || status === 'rolled back' ? [status] : []
  return [whose, ...(version === null ? [] : [version.slice(0, 20)]), ...went].join(' ')
}
