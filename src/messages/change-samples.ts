// Samples for what is told of changes: every face they can show.
import { changeStatuses, type ServiceChange } from '../core/service-change.ts'
import { changesMessage } from './changes.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const change = {
  ...{ source: 'ci', key: '1', kind: 'deployment', title: 'Deploy payments 4.2.1', service: 'payments' },
  ...{ environment: 'production', version: '4.2.1', url: 'http://127.0.0.1/runs/1', by: 'grace', status: 'succeeded' },
  ...{ startedAt: sampleNow, finishedAt: sampleNow, toldAt: sampleNow },
} as const satisfies ServiceChange

export function runChangeBuilders(words: Words): void {
  const around = { number: 12, service: 'payments', startedAt: sampleNow, before: 6 * 3_600_000 }
  for (const senders of [0, 1]) changesMessage(words, { ...around, changes: [], senders }, sampleNow)
  const bare = { ...change, url: null, by: null, service: null, startedAt: new Date(sampleNow.getTime() + 60_000) }
  const all = changeStatuses.flatMap((status) => [
    { ...change, status },
    { ...bare, status },
  ])
  changesMessage(words, { ...around, changes: [...all, ...all], senders: 1 }, sampleNow)
}
