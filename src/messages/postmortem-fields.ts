// What a template of post-mortems can use, in words, with an example of each: for people who write one. The compiler sees to it
// that every field has its words.
import type { postmortemFacts } from './postmortem.ts'

type Facts = ReturnType<typeof postmortemFacts>

const fields: Record<keyof Facts, string> = {
  people: 'People by their keys; `{{ person | name }}` looks there',
  number: 'Number of the incident',
  title: 'Its title',
  service: 'Its service',
  severity: 'Its severity at the end',
  lead: 'Who leads it, a key of people; null: nobody',
  zone: 'Zone that all times are told in',
  offset: 'What the zone is ahead of UTC at the opening',
  offsetChanges: 'Whether the clocks changed while it lasted',
  days: 'How many days of the calendar it touched',
  address: 'Address of the incident in the console',
  began: 'Entries that tell when it began',
  opened: 'The opening: at, by (null: an alert), id of the entry',
  firstAlert: 'The first alert, if it began before the opening: name, at, gap in milliseconds, cites; else null',
  acknowledged: 'The first acknowledgement: at, by, id, after (milliseconds); null: none',
  resolved: 'The end: at, by (null: by itself), id, after (milliseconds), stillFiring (how many alerts)',
  reopened: 'Entries that say that it came back',
  severityChanges: 'Each change of the severity: at, by, from, to, id',
  clocks:
    'Promises, of each opening: name, comeback (how often it had come back by then), status (met, breached, running), endedItself (before anybody did what it waited for), allowed, took and late in milliseconds, due, stopped, cites',
  well: 'What went well by the record; `kind` is clock kept, first answered or runbook followed; each with cites',
  badly:
    'What went badly by the record; `kind` is clock missed, page failed, page rerouted, acknowledgement lapsed, nobody on call, last resort, reopened or never acknowledged; each with cites',
  actions: 'Action items that nobody dropped: item, text, owner (or null), due (or null), status, cites',
  changes:
    'Deployments and flags of the service: at, title, url, by, status, source, lead (milliseconds before it began), cites',
  publication: 'When it is to be published: due; null: no clock waits for that',
  alerts: 'Alerts, 50 at most: name, title, started, ended (or null), lasted, url, cites',
  alertTotal: 'How many alerts there are',
  moreAlerts: 'How many are not in `alerts`',
  moreAlertIds: 'Entries about those',
  firing: 'How many alerts still fire',
  timeline: 'The record by day: day, entries (id, time, text)',
  entries: 'How many entries it has',
  charts:
    'Charts, before and after side by side: moment (opened, resolved, or what asked for it), title, summary, url, cites',
  files: 'What was pinned: pictures and files kept from chat: id (of the entry), name, url',
  missingCharts: 'Entries that say why a chart is missing',
  evidence: 'What logs and traces said: title, status, summary, reason, links, items (text, code, url)',
  evidenceIds: 'Entries about the evidence',
  runbook: 'The runbook: title, id, steps (step, title, status, by, at, id), skipped, skippedIds, open',
  participants: 'Who took part: person, parts (part, ids)',
  breaches: 'Clocks that ran out: id, clock',
  failedPages: 'Pages that could not be delivered: id, person, channel',
  emptySteps: 'Entries that say that nobody was on call at a step',
  lastResort: 'Entries that say that everybody was called',
  notes: 'Entries that are notes of people',
}

export type TemplateField = { name: string; help: string; example: unknown }

/** In the order they are described. `sample`: what a template was given once. */
export function templateFields(sample: object): TemplateField[] {
  return Object.entries(fields).map(([name, help]) => ({ name, help, example: shortened(Reflect.get(sample, name)) }))
}

/** The first of many is example enough. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shortened)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]))
}
