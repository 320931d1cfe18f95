// Prometheus Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
import type { Alert, Delivery, Rejected } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { eachAlert } from './each.ts'
import {
  anyText,
  BadField,
  type Fields,
  fingerprintOf,
  isFields,
  readAnnotations,
  readIdentity,
  readLabels,
  readLink,
  type Warn,
} from './read.ts'
import { alertsIn, type Found } from './read-body.ts'
import { readStatus } from './read-status.ts'
import { readPeriod } from './read-time.ts'
import type { Source } from './source.ts'

export const alertmanager: Source = {
  kind: 'alertmanager',
  help: 'Prometheus Alertmanager, webhook version 4',
  parse(body, received): Delivery {
    const { fields, alerts, faults } = alertsIn(body)
    const strange = isFields(body) ? strangeVersion(body) : null
    if (alerts === null) throw new RejectedInput(strange ?? faults[0] ?? 'alerts must be a list')
    const delivery = eachAlert(
      alerts,
      (one, field, warn) => readAlert(one, field, received, warn),
      strange === null ? faults : [strange, ...faults],
    )
    // Alertmanager will not send them again by itself; only its max_alerts can.
    const cut = leftOut({ fields, alerts }, 'Alertmanager; raise max_alerts of this receiver')
    return { ...delivery, rejected: [...delivery.rejected, ...cut] }
  },
}

/** What another version would have to say; its alerts are read as far as they can be. */
function strangeVersion({ version, orgId }: Fields): string | null {
  if (version === '4' || version === 4) return null
  return version === '1' && orgId !== undefined
    ? 'version must be "4"; this is Grafana’s webhook, send it to a source with "kind: grafana"'
    : 'version must be "4", the webhook of Alertmanager 0.6 and newer'
}

/** What the sender itself left out of a delivery, if anything. `by`: who did, and what to do about it. */
export function leftOut({ fields, alerts }: Pick<Found, 'fields' | 'alerts'>, by: string): Rejected[] {
  const cut = Number(anyText(fields.truncatedAlerts))
  const index = alerts?.length ?? 0
  return cut > 0 ? [{ index, reason: `truncatedAlerts: ${cut} more were left out by ${by}` }] : []
}

/** @param field names the alert in what is thrown or told. @throws BadField when it cannot be used. */
export function readAlert(fields: Fields, field: string, received: Date, warn: Warn): Alert {
  const labels = readLabels(fields.labels, `${field}.labels`, warn)
  if (Object.keys(labels).length === 0) {
    const isWrong = fields.labels !== undefined && fields.labels !== null && !isFields(fields.labels)
    throw new BadField(`${field}.labels must ${isWrong ? 'be an object of strings' : 'hold at least one label'}`)
  }
  const said = readStatus(fields.status, `${field}.status`, warn)
  // Without a status, an end that lies behind us decides: a firing alert's is zero, or when it would lapse.
  const isOver = (endsAt: Date | null) => (said === null ? endsAt !== null && endsAt <= received : said === 'resolved')
  return {
    source: 'alertmanager',
    // Before 0.19 there is none.
    fingerprint: readIdentity(fields.fingerprint, `${field}.fingerprint`, warn) ?? fingerprintOf(labels),
    labels,
    annotations: readAnnotations(fields.annotations, `${field}.annotations`, warn),
    ...readPeriod(fields, { place: `${field}.`, received, isOver, warn }),
    generatorUrl: readLink(fields.generatorURL),
  }
}
