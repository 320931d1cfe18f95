// What a template can do with a value. All but the Markdown filters give plain text, which is escaped on its way out.
import type { Context, Liquid } from 'liquidjs'
import { recipientName, wayName } from '../core/recipient.ts'
import { escapeMarkdown, fencedCode, inlineCode, quotation, shield, webAddress } from './escape.ts'
import { spanText, timeText } from './times.ts'

type Call = { context: Context }
type People = Record<string, { name: string } | undefined>

/** The last thing done to every `{{ }}` whose last filter is not one of the Markdown filters. */
export function escapeOutput(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(escapeOutput).join(', ')
  if (value instanceof Date) throw new Error('an instant is printed without a filter: add `| time`')
  if (typeof value === 'object') throw new Error('a whole object is printed: name one of its fields')
  return escapeMarkdown(String(value))
}

export function addFilters(liquid: Liquid): void {
  addMarkdownFilters(liquid)
  addTimeFilters(liquid)
  // {{ person | name }}: the name of a key of `people`; a stranger is called what they call themselves.
  liquid.registerFilter('name', function (this: Call, person: unknown) {
    return nameOf(this, person)
  })
  // {{ people | names }}: "Ada Lovelace, Grace Hopper and Alan Turing".
  liquid.registerFilter('names', function (this: Call, people: unknown, and = 'and') {
    const names = Array.isArray(people) ? people.map((person) => nameOf(this, person)) : []
    const last = names.pop() ?? ''
    return names.length === 0 ? last : `${names.join(', ')} ${and} ${last}`
  })
  // {{ "prometheus is away" | sentence }}: the first letter large, the rest as it is; a name such as `s1:80` or `x_total` stays one.
  liquid.registerFilter('sentence', (given: unknown) =>
    text(given).replace(/^\p{Ll}(?=[\p{L}’'-]*([\s,.;!?]|$))/u, (first) => first.toUpperCase()),
  )
  // {{ "slack" | way }}: "in Slack"; "by e-mail", "over the webhook phone".
  liquid.registerFilter('way', (channel: unknown) => wayName(text(channel)))
  // {{ n | number }}: "21,000"; a number that is a name, as an incident's, is printed as it is.
  liquid.registerFilter('number', counted)
  // {{ n | plural: "alert", "alerts" }}: "1 alert", "3,000 alerts".
  liquid.registerFilter(
    'plural',
    (count: unknown, one: string, many: string) => `${counted(count)} ${count === 1 ? one : many}`,
  )
}

function addMarkdownFilters(liquid: Liquid): void {
  const markdown = (name: string, make: (value: string, argument: unknown) => string) =>
    liquid.registerFilter(name, { raw: true, handler: (value, argument) => shield(make(text(value), argument)) })
  markdown('raw', (value) => value)
  markdown('code', (value) => inlineCode(value))
  markdown('block', (value, language) => (value === '' ? '' : fencedCode(value, text(language))))
  markdown('quote', (value) => (value.trim() === '' ? '' : quotation(value)))
  // {{ url | link: "Runbook" }}: nothing at all when the address is not a web page.
  markdown('link', (value, label) => {
    const address = webAddress(value)
    return address === null ? '' : `[${escapeMarkdown(text(label) || value)}](${address})`
  })
}

function addTimeFilters(liquid: Liquid): void {
  // {{ milliseconds | span }}
  liquid.registerFilter('span', (milliseconds: unknown) => (blank(milliseconds) ? '' : spanText(Number(milliseconds))))
  // {{ at | ago }}: the time from `at` to now. {{ at | until }}: the time from now to `at`.
  for (const name of ['ago', 'until']) {
    liquid.registerFilter(name, function (this: Call, at: unknown) {
      const now = known(this, 'now')
      if (!(now instanceof Date)) throw new Error(`\`${name}\` needs the field \`now\``)
      return blank(at) ? '' : spanText(instant(at).getTime() - now.getTime())
    })
  }
  // {{ at | time }} in the zone of the data, {{ at | time: "Europe/Berlin" }} in another. {{ until | time: zone, from }} after
  // another time: without the day where that is on the same one.
  liquid.registerFilter('time', function (this: Call, at: unknown, zone?: unknown, after?: unknown) {
    const now = blank(after) ? known(this, 'now') : instant(after)
    const where = text(zone ?? known(this, 'zone')) || 'UTC'
    return blank(at) ? '' : timeText(instant(at), where, now instanceof Date ? now : null)
  })
}

function nameOf(call: Call, person: unknown): string {
  const people = known(call, 'people') as People | undefined
  const key = text(person)
  return (people && Object.hasOwn(people, key) ? people[key]?.name : undefined) ?? recipientName(key)
}

/** A field of the data whether it is there or not; a filter must not fail a document that has no clock. */
function known(call: Call, field: string): unknown {
  const data = call.context.environments as Record<string, unknown>
  return Object.hasOwn(data, field) ? data[field] : undefined
}

function instant(at: unknown): Date {
  const date = at instanceof Date ? at : new Date(at as string | number)
  if (Number.isNaN(date.getTime())) throw new Error('not an instant')
  return date
}

function counted(count: unknown): string {
  return typeof count === 'number' ? count.toLocaleString('en') : text(count)
}

function blank(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

function text(value: unknown): string {
  return blank(value) ? '' : String(value)
}
