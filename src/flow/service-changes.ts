// Changes of services as pipelines tell them: taken in, kept for a while, and looked up for an incident.
import type { Bot } from '../bot.ts'
import type { ReadChange } from '../changes/format.ts'
import type { ChangeSource } from '../config/config.ts'
import type { Incident } from '../core/incident.ts'
import type { ServiceChange } from '../core/service-change.ts'
import { forgetServiceChanges, keepServiceChanges, serviceChangesBetween } from '../store/service-changes.ts'

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

/**
 * What changed in the incident's service, or in none that is named, from some hours before it began until now or its end; the
 * latest first.
 */
export async function changesAround(
  bot: Pick<Bot, 'config' | 'db' | 'clock'>,
  incident: Incident,
  startedAt: Date,
): Promise<ServiceChange[]> {
  const from = new Date(startedAt.getTime() - bot.config.changes.before)
  const until = incident.status === 'resolved' ? incident.resolvedAt : bot.clock.now()
  return serviceChangesBetween(bot.db, { from, until, services: [incident.service], limit: mostListed })
}
