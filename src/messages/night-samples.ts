// Simulated nights that show every face of their templates, so that a template with a mistake stops the start.
import type { Ending, Foreseen, Night } from '../foresight/night.ts'
import { nightMessage } from './night.ts'
import { sampleFacts, sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const page = { person: 'ada', channel: 'console', dueAt: sampleNow, held: false, without: ['slack'] }
const later = { ...page, channel: 'slack', dueAt: new Date(sampleNow.getTime() + 180_000), without: [] }

const foreseen: Foreseen[] = [
  ...sampleFacts.map(
    (fact): Foreseen => ({
      kind: 'recorded',
      at: sampleNow,
      by: 'ada',
      fact,
      pages: [page, later],
      asked: ['primary'],
    }),
  ),
  {
    kind: 'recorded',
    at: sampleNow,
    by: null,
    fact: { kind: 'last_resort_reached', people: [], times: 1 },
    pages: [],
    asked: [],
  },
  { kind: 'paged', at: sampleNow, pages: [page] },
  { kind: 'quiet over', at: sampleNow, pages: [page] },
  { kind: 'too late', at: sampleNow, by: 'ada' },
  {
    kind: 'handed over',
    at: sampleNow,
    schedule: 'primary',
    from: ['ada'],
    to: ['grace'],
    override: true,
    backAt: null,
  },
  { kind: 'handed over', at: sampleNow, schedule: 'primary', from: [], to: [], override: false, backAt: null },
  {
    kind: 'handed over',
    ...{ at: sampleNow, schedule: 'primary', from: ['ada'], to: ['grace'], override: false, backAt: sampleNow },
  },
  { kind: 'clocks changed', at: sampleNow, zone: 'Europe/Berlin', minutes: 60 },
  { kind: 'clocks changed', at: sampleNow, zone: 'Europe/Berlin', minutes: -60 },
]

const endings: Ending[] = [
  { kind: 'answered', by: 'ada', at: sampleNow },
  { kind: 'last resort', every: 600_000, times: 3 },
  { kind: 'open again' },
  { kind: 'silent' },
  { kind: 'cut', next: sampleNow },
]

export function runNightBuilders(words: Words): void {
  const night: Omit<Night, 'ending'> = {
    scenario: {
      ...{ severity: 'P1', classified: true, service: 'payments', labels: { severity: 'critical' }, title: 'Sample' },
      ...{ at: sampleNow, zone: 'Europe/Berlin', answers: [], policy: null },
    },
    policy: { name: 'standard', steps: 2, rounds: 2 },
    clocks: [{ name: 'respond', dueAt: sampleNow }],
    foreseen,
    elsewhere: ['slack'],
  }
  for (const ending of endings) nightMessage(words, { ...night, ending }, 'moved')
  const plain = { ...night, clocks: [], foreseen: [], elsewhere: [] }
  for (const oddity of ['twice', null] as const) nightMessage(words, { ...plain, ending: { kind: 'silent' } }, oddity)
}
