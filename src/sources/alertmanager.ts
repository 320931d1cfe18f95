// Prometheus Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
import type { Alert, Delivery, Rejected } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { eachAlert } from './each.ts'
import {
  BadField,
  type Fields,
  fingerprintOf,
  isFields,
  readFingerprint,
  readLabels,
  readLink,
  readTime,
} from './read.ts'
import type { Source } from './source.ts'

export const alertmanager: Source = {
  kind: 'alertmanager',
  help: 'Prometheus Alertmanager, webhook version 4',
  parse(body, received): Delivery {
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
    if (body.version === '1' && body.orgId !== undefined)
      throw new RejectedInput(
        'version must be "4"; this is Grafana’s webhook, send it to a source with "kind: grafana"',
      )
    if (body.version !== '4') throw new RejectedInput('version must be "4", the webhook of Alertmanager 0.6 and newer')
    if (!Array.isArray(body.alerts)) throw new RejectedInput('alerts must be a list')
    const delivery = eachAlert(body.alerts, (fields, field) => readAlert(fields, field, received))
    // Alertmanager will not send them again by itself; only its max_alerts can.
    const cut = leftOut(body, 'Alertmanager; raise max_alerts of this receiver')
    return { ...delivery, rejected: [...delivery.rejected, ...cut] }
  },
}

/** What the sender itself left out of a delivery, if anything. `by`: who did, and what to do about it. */
export function leftOut(body: Fields, by: string): Rejected[] {
  const cut = typeof body.truncatedAlerts === 'number' ? body.truncatedAlerts : 0
  const index = Array.isArray(body.alerts) ? body.alerts.length : 0
  return cut > 0 ? [{ index, reason: `truncatedAlerts: ${cut} more were left out by ${by}` }] : []
}

/** @param field names the alert in what is thrown. @throws BadField when it cannot be used. */
export function readAlert(fields: Fields, field: string, received: Date): Alert {
  const labels = readLabels(fields.labels, `${field}.labels`)
  if (Object.keys(labels).length === 0) throw new BadField(`${field}.labels must hold at least one label`)
  const startsAt = readTime(fields.startsAt, `${field}.startsAt`) ?? received
  const endsAt = readTime(fields.endsAt, `${field}.endsAt`)
  const resolved = isResolved(fields.status, endsAt, `${field}.status`, received)
  return {
    source: 'alertmanager',
    // Before 0.19 there is none.
    fingerprint: readFingerprint(fields.fingerprint, `${field}.fingerprint`) ?? fingerprintOf(labels),
    status: resolved ? 'resolved' : 'firing',
    labels,
    annotations: readLabels(fields.annotations, `${field}.annotations`),
    startsAt,
    // The sender's clock may run ahead of ours; nothing has ended in the future.
    endsAt: resolved ? earlier(endsAt ?? received, received) : null,
    generatorUrl: readLink(fields.generatorURL),
  }
}

/** The status decides. Without one, an end that lies behind us does: a firing alert's is zero, or when it would lapse. */
function isResolved(status: unknown, endsAt: Date | null, field: string, received: Date): boolean {
  if (status === 'resolved' || status === 'firing') return status === 'resolved'
  if (status !== undefined && status !== null && status !== '')
    throw new BadField(`${field} must be firing or resolved`)
  return endsAt !== null && endsAt <= received
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
