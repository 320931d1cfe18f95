// An outage of the search, alert by alert: what the tests of post-mortems look back on.
import type { Alert } from '../../src/core/alert.ts'
import { decideDue } from '../../src/flow/escalate.ts'
import { Intake } from '../../src/flow/intake.ts'
import { respond } from '../../src/flow/respond.ts'
import { incidentView, postmortem } from '../../src/store/views.ts'
import type { LookBack } from './look-back.ts'

export const minute = 60_000

function alert(given: Partial<Alert> = {}): Alert {
  return {
    source: 'alertmanager',
    fingerprint: 'f1',
    status: 'firing',
    labels: { alertname: 'HighErrorRate', service: 'search', severity: 'critical' },
    annotations: { summary: 'Too many errors' },
    startsAt: new Date('2026-11-17T09:38:00Z'),
    endsAt: null,
    generatorUrl: null,
    ...given,
  }
}

/** What happens in incident 1 of the look back that is going on, and what is known of it. */
export function outage(look: () => LookBack) {
  const fire = (given: Partial<Alert> = {}) => new Intake(look().bot).accept({ alerts: [alert(given)] }, 'trace')
  const pass = async (minutes: number) => {
    look().bot.clock.advance(minutes * minute)
    await decideDue(look().bot)
  }
  const acknowledge = () => respond(look().bot, 1, { kind: 'acknowledge', by: 'ada' })
  const resolve = () => respond(look().bot, 1, { kind: 'resolve', by: 'ada' })
  const view = async () => {
    const found = await incidentView(look().bot.db, 1)
    if (found === null) throw new Error('no incident 1')
    return found
  }
  const markdown = async () => (await postmortem(look().bot.db, 1))?.markdown ?? ''
  const kinds = async (kind: string) => (await view()).timeline.filter((e) => e.fact.kind === kind).length
  return { fire, pass, acknowledge, resolve, view, markdown, kinds }
}
