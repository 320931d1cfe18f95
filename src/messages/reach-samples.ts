// Every face of what is said about being reached, to try the templates with.
import type { Person } from '../config/config.ts'
import { weekdays } from '../core/hours.ts'
import { type Reached, reachMessage, trialMessage, triedMessage } from './reach.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const ada: Person = {
  ...{
    key: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    accounts: {},
    reach: null,
  },
  quiet: { from: '22:00', until: '07:00', zone: 'Europe/Berlin', days: ['mon', 'tue'] },
}
const ways = [
  { channel: 'slack', after: 0 },
  { channel: 'webhook:phone', after: 300_000 },
]
const plans: Reached['plans'] = [
  { severity: 'P1', ways, otherwise: ['email', 'console'], paging: 'always' },
  { severity: 'P2', ways, otherwise: ['email', 'console'], paging: 'always' },
  { severity: 'P3', ways: ways.slice(0, 1), otherwise: [], paging: 'business hours' },
  { severity: 'P4', ways: ways.slice(0, 1), otherwise: ['email'], paging: 'never' },
]

export function runReachBuilders(words: Words): void {
  reachMessage(words, { person: ada, plans, quietEnd: sampleNow }, sampleNow)
  const always = ada.quiet && { ...ada.quiet, days: [...weekdays] }
  reachMessage(words, { person: { ...ada, quiet: always }, plans, quietEnd: null }, sampleNow)
  reachMessage(words, { person: { ...ada, quiet: null }, plans: [], quietEnd: null }, sampleNow)
  trialMessage(words, 'ada', 'email', sampleNow)
  const sent = { channel: 'slack', problem: null, took: 120 }
  const failed = { channel: 'email', problem: 'the mail server did not answer', took: 15_000 }
  for (const tried of [[], [sent], [sent, failed], [failed]]) triedMessage(words, 'ada', tried, sampleNow)
}
