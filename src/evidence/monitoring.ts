// How the monitoring itself is: a chart that stays empty, or an alert that never came, may have its cause there. Told only when
// something is wrong.
import { TransientError } from '../errors.ts'
import type { Inquiry, Item, Provider, Section } from './evidence.ts'
import { type Problem, systemsOf } from './health.ts'
import { failingRules } from './monitoring/rules.ts'
import { targetsDown } from './monitoring/targets.ts'

export const monitoring: Provider = {
  name: 'monitoring',
  title: 'Health of the monitoring',
  isQuiet: true,
  isConfigured: (config) => systemsOf(config).length > 0,
  async ask({ config }, inquiry, signal) {
    const limit = Math.min(5_000, Math.floor(config.evidence.timeout / 3))
    const prometheus = { ...config.prometheus, timeout: limit, signal }
    const asked = prometheus.url === null ? [] : [targetsDown(prometheus, inquiry), failingRules(prometheus, inquiry)]
    const [systems, parts] = await Promise.all([
      Promise.all(systemsOf(config, limit).map(async ({ name, check }) => ({ name, problem: await check() }))),
      Promise.all(asked.map(known)),
    ])
    return sectionOf(inquiry, systems, parts)
  },
}

/** One part of it: nothing is wrong when there are no items. `page`: where people look at it, on Prometheus' own pages. */
export type Part = { summary: string; items: Item[]; page: string }

/** Others speak Prometheus' API without knowing of targets or rules: nobody is told of that. */
async function known(part: Promise<Part>): Promise<Part | TransientError | null> {
  try {
    return await part
  } catch (error) {
    return error instanceof TransientError ? error : null
  }
}

function sectionOf(
  { alerts }: Inquiry,
  systems: { name: string; problem: Problem | null }[],
  parts: (Part | TransientError | null)[],
): Section | null {
  const away = systems.flatMap(({ name, problem }) => (problem === null ? [] : [{ name, problem }]))
  const wrong = parts.filter(
    (part) => part !== null && !(part instanceof TransientError) && part.items.length > 0,
  ) as Part[]
  // One that is away has been told of.
  const isThere = !away.some(({ name }) => name === 'Prometheus')
  const unknown = isThere ? parts.filter((part) => part instanceof TransientError).slice(0, 1) : []
  const items = [
    ...away.map(({ name, problem }) => plain(`${name} ${stateOf(problem)}: ${problem.text}`)),
    ...wrong.flatMap((part) => part.items),
    ...unknown.map(({ message }) => plain(`Its targets and rules could not all be looked at: ${message}`)),
  ]
  if (items.length === 0) return null
  const summaries = [
    ...away.map(({ name, problem }) => `${name} ${stateOf(problem)}`),
    ...wrong.map(({ summary }) => summary),
    ...(unknown.length > 0 ? ['not all is known'] : []),
  ]
  const pages = pagesOf(alerts)
  const links = pages === null ? [] : wrong.map(({ page }) => ({ title: page, url: `${pages}/${page.toLowerCase()}` }))
  return { summary: summaries.join(', '), items, links }
}

function stateOf({ denied }: Problem): string {
  return denied ? 'does not let the bot in' : 'is not well'
}

function plain(text: string): Item {
  return { text, code: null, url: null }
}

/** Where people open Prometheus, as its alerts say: the address the bot asks may be one that only it can reach. */
function pagesOf(alerts: Inquiry['alerts']): string | null {
  const bases = alerts.map(
    ({ generatorUrl }) => /^(https?:\/\/[^?#]+?)\/(?:graph|query)\?/i.exec(generatorUrl ?? '')?.[1],
  )
  return bases.find((base) => base !== undefined) ?? null
}
