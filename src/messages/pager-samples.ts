// Builders of what is told about the pager, run over samples, so that a template of theirs with a mistake stops the start.
import type { Handover } from '../core/handover.ts'
import type { ShiftRequest } from '../core/shift-request.ts'
import type { IncidentView } from '../store/views.ts'
import { blindnessMessage } from './blindness.ts'
import { monitoringMessage } from './monitoring.ts'
import { groupMessage, handoverMessage, requestMessage, requestsMessage } from './pager.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

const span = { from: sampleNow, until: new Date(sampleNow.getTime() + 86_400_000) }

const swap: ShiftRequest = {
  ...{ id: 1, schedule: 'primary', asker: 'ada', asked: 'grace', gives: span, takes: span, status: 'open' },
  ...{ madeAt: sampleNow, expiresAt: span.until, answeredBy: null, answeredAt: null },
}

const handover: Handover = {
  ...{
    id: 1,
    schedule: 'primary',
    at: sampleNow,
    outgoing: 'ada',
    incoming: 'grace',
    until: span.until,
    status: 'asked',
  },
  ...{ answerBy: span.until, answeredAt: null, override: null },
}

export function runPagerBuilders(words: Words, views: IncidentView[]): void {
  for (const status of ['open', 'accepted', 'declined', 'withdrawn', 'expired'] as const) {
    for (const to of ['asked', 'asker', 'channel'] as const) {
      const answeredBy = status === 'open' || status === 'expired' ? null : 'grace'
      requestMessage(words, { ...swap, status, answeredBy }, to, sampleNow)
      requestMessage(words, { ...swap, asked: null, takes: null, status, answeredBy }, to, sampleNow)
    }
  }
  requestsMessage(words, [], 'ada', sampleNow)
  requestsMessage(
    words,
    [...Array<ShiftRequest>(10).fill(swap), { ...swap, asked: null, takes: null }],
    'ada',
    sampleNow,
  )
  requestsMessage(words, [{ ...swap, asked: null, takes: null }], 'grace', sampleNow)
  const noisy = { alert: 'HighLatency', fired: 12, incidents: 3, unanswered: 1 }
  const list = views.map(({ incident }) => ({ ...incident, acknowledgedBy: null }))
  const silence = { matchers: ['alertname="HighLatency"', 'service="payments"'], by: 'grace', endsAt: span.until }
  const silences = { list: [silence, silence], more: 1, zone: 'Asia/Tokyo', reason: null }
  const away = { ...silences, list: [], more: 0, reason: 'Alertmanager did not answer within 3 s' }
  const none = { open: { list: [], total: 0 }, noisiest: [], held: [], on: ['secondary'] }
  const busy = {
    open: { list, total: list.length + 1 },
    noisiest: [noisy, { ...noisy, unanswered: 0 }],
    silences,
    held: [1, 2],
    on: [],
  }
  const situations = [busy, { ...none, silences: null }, { ...none, silences: away }]
  for (const status of ['informed', 'asked', 'accepted', 'kept', 'over'] as const) {
    for (const to of ['incoming', 'outgoing', 'leaving', 'alone', 'channel'] as const) {
      for (const situation of situations)
        handoverMessage(words, { handover: { ...handover, status }, to, ...situation }, sampleNow)
    }
  }
  for (const system of ['Prometheus', 'Alertmanager', 'Grafana'])
    for (const problem of ['Prometheus did not answer within 5 s', null])
      for (const denied of [false, true])
        monitoringMessage(
          words,
          { kind: 'monitoring', system, problem, denied, since: sampleNow.toISOString() },
          sampleNow,
        )
  blindnessMessage(words, { problem: 'the disk is full', since: sampleNow, until: null }, sampleNow)
  blindnessMessage(words, { problem: null, since: sampleNow, until: sampleNow }, sampleNow)
  for (const problem of ['Slack has no such group', null])
    groupMessage(words, { kind: 'group', group: 'oncall', schedules: ['primary', 'secondary'], problem }, sampleNow)
}
