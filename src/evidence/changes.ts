// What changed just before: what most incidents begin with, and the first thing everybody asks.
import type { Bot } from '../bot.ts'
import { changesTitle, type ServiceChange } from '../core/service-change.ts'
import { serviceChangesBetween } from '../store/service-changes.ts'
import { spanText, timeText } from '../templates/times.ts'
import type { Inquiry, Item, Provider, Section } from './evidence.ts'

/** Nobody reads a list of them while something burns; `/incident changes` has the rest. */
const shown = 5

export const changes: Provider = {
  name: 'changes',
  title: changesTitle,
  isConfigured: ({ changes: { sources } }) => Object.keys(sources).length > 0,
  async ask(bot, inquiry) {
    const found = await changesNearest(bot, inquiry, shown + 1)
    return found.length === 0 ? null : section(found, inquiry)
  },
}

function section(found: ServiceChange[], inquiry: Inquiry): Section {
  const items = found.slice(0, shown).map((change) => itemOf(change, inquiry))
  if (found.length > shown) items.push({ text: '… and more: /incident changes', code: null, url: null })
  const [nearest] = found
  const count =
    found.length > shown ? `more than ${shown} changes` : found.length === 1 ? 'one change' : `${found.length} changes`
  const when = nearest === undefined ? '' : `, the nearest ${whenOf(nearest, inquiry)}`
  return { summary: `${count}${when}`, items, links: [] }
}

/** Where an older alert does not count as the beginning, no other instant is called so: it is told by the clock. */
function whenOf({ startedAt }: ServiceChange, { startedAt: start, hasOlderAlert, zone }: Inquiry): string {
  const lead = start.getTime() - startedAt.getTime()
  return `${spanText(lead)} ${lead >= 0 ? 'before' : 'after'} ${hasOlderAlert ? timeText(start, zone, start) : 'it began'}`
}

function itemOf(change: ServiceChange, inquiry: Inquiry): Item {
  const { title, status, by, url, service } = change
  const more = [
    ...(status === 'succeeded' ? [] : [status === 'running' ? 'still running' : status]),
    ...(by === null ? [] : [by]),
    ...(service === null || service.toLowerCase() === inquiry.service.toLowerCase() ? [] : [`of ${service}`]),
  ]
  return { text: [`${whenOf(change, inquiry)}: ${title}`, ...more].join(' · '), code: null, url }
}

/** `services`: whose changes, besides those of no service that is named. */
export type ChangesWanted = { services: string[]; startedAt: Date; until: Date }

/** What changed from some hours before `startedAt` until `until`; the nearest to the start first. */
export async function changesNearest(
  bot: Pick<Bot, 'config' | 'db'>,
  { services, startedAt, until }: ChangesWanted,
  limit: number,
): Promise<ServiceChange[]> {
  const from = new Date(startedAt.getTime() - bot.config.changes.before)
  return serviceChangesBetween(bot.db, { from, until, services, limit, near: startedAt })
}
