// What Grafana 10 and older send where their alerting is still the one of dashboards: one rule in a body, and no list of alerts.
// https://grafana.com/docs/grafana/v7.5/alerting/notifications/#webhook
import type { Alert } from '../core/alert.ts'
import {
  anyText,
  BadField,
  clean,
  type Fields,
  fingerprintOf,
  isFields,
  readLabels,
  readLink,
  readWords,
  type Warn,
} from './read.ts'

export function isLegacy(body: unknown): body is Fields {
  return isFields(body) && body.alerts === undefined && typeof body.ruleName === 'string' && body.state !== undefined
}

/** @throws BadField when the rule is in a state to wake nobody for. */
export function readLegacy(body: Fields, received: Date, warn: Warn): Alert {
  const { orgId, dashboardId, ruleId, state, evalMatches } = body
  const name = readWords(body.ruleName, 'ruleName', warn) ?? readWords(body.title, 'title', warn)
  if (name === null) throw new BadField('ruleName is missing')
  if (state === 'pending' || state === 'paused') throw new BadField('state must be alerting, no_data or ok')
  if (state !== 'alerting' && state !== 'ok' && state !== 'no_data')
    warn('state must be alerting, no_data or ok: it was taken for alerting')
  const description = readWords(body.message, 'message', warn) ?? valuesOf(evalMatches)
  const isOver = state === 'ok'
  return {
    source: 'grafana',
    // A rule is one alert, whatever it is called by now.
    fingerprint: fingerprintOf({ rule: [orgId, dashboardId, ruleId, ruleId ? '' : name].map(anyText).join('/') }),
    status: isOver ? 'resolved' : 'firing',
    labels: { ...readLabels(body.tags, 'tags', warn), alertname: name },
    annotations: {
      ...(state === 'no_data' && { summary: `No data: ${name}` }),
      ...(description !== null && description !== '' && { description }),
    },
    startsAt: received,
    endsAt: isOver ? received : null,
    generatorUrl: readLink(body.ruleUrl),
  }
}

/** `CPU of db-1: 97, …` */
function valuesOf(matches: unknown): string {
  if (!Array.isArray(matches)) return ''
  const told = matches.slice(0, 20).map((one) => (isFields(one) ? `${anyText(one.metric)}: ${anyText(one.value)}` : ''))
  return clean(told.filter(Boolean).join(', '))
}
