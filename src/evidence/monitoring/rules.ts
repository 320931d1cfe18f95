// Rules that Prometheus cannot evaluate: an alert of theirs never fires, and nobody notices.
// https://prometheus.io/docs/prometheus/latest/querying/api/#rules
import { PermanentError } from '../../errors.ts'
import { maxResponse } from '../as-much-as-fits.ts'
import type { Inquiry, Item } from '../evidence.ts'
import type { Part } from '../monitoring.ts'
import { clientOf, type Prometheus, queryInstant } from '../prometheus.ts'
import { recordsIn } from '../records.ts'

const shown = 2

type Group = { name: string; rules: string[]; reason: string }

/** Throws like a query. */
export async function failingRules(prometheus: Prometheus, { alerts, until }: Inquiry): Promise<Part> {
  const groups = (await listed(prometheus)) ?? (await counted(prometheus, until))
  const own = new Set(alerts.map(({ labels }) => labels.alertname))
  const isOwn = ({ rules }: Group) => rules.some((rule) => own.has(rule))
  const sorted = [...groups.filter(isOwn), ...groups.filter((group) => !isOwn(group))]
  const items = sorted.slice(0, shown).map(itemOf)
  const more = sorted.slice(shown).map(({ name }) => name)
  if (more.length > 0) items.push({ text: `Nor can those of ${cut(more)}`, code: null, url: null })
  const count = sorted.length === 1 ? 'one rule group' : `${sorted.length} rule groups`
  return { summary: `rules of ${count} cannot be evaluated`, items, page: 'Rules' }
}

function itemOf({ name, rules, reason }: Group): Item {
  const which = rules.length === 0 ? 'Rules' : cut(rules)
  return { text: `${which} of the group ${name} cannot be evaluated`, code: reason === '' ? null : reason, url: null }
}

function cut(names: string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

type Rule = { name?: unknown; health?: unknown; lastError?: unknown }

/** Null: what answers has no list of rules, or too long a one. Throws TransientError when it is slow or away. */
async function listed(prometheus: Prometheus): Promise<Group[] | null> {
  const { signal } = prometheus
  const client = clientOf(prometheus, { maxResponse })
  try {
    const params = { exclude_alerts: true }
    const { data } = await client.get('/api/v1/rules', { params, ...(signal && { signal }) })
    const groups = (data as { data?: { groups?: unknown } } | null)?.data?.groups
    if (!Array.isArray(groups)) return null
    return recordsIn<{ name?: unknown; rules?: unknown }>(groups).flatMap(({ name, rules }) => {
      const failing = recordsIn<Rule>(rules).filter(({ health }) => health === 'err')
      const reason = failing.map(({ lastError }) => String(lastError ?? '')).find((text) => text !== '') ?? ''
      return failing.length === 0
        ? []
        : [{ name: String(name ?? ''), rules: failing.map((rule) => String(rule.name ?? '')), reason }]
    })
  } catch (error) {
    if (error instanceof PermanentError) return null
    throw error
  }
}

/** As Prometheus counts its own failures, where it is scraped. */
async function counted(prometheus: Prometheus, at: Date): Promise<Group[]> {
  const failures = 'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])) > 0'
  const found = await queryInstant(prometheus, failures, at)
  // `<file>;<group>`
  return found.map(({ labels }) => ({ name: labels.rule_group?.split(';').at(-1) ?? '', rules: [], reason: '' }))
}
