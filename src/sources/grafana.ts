// Grafana Alerting's contact point "Webhook": Alertmanager's body under another version, with links of its own.
// https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
import type { Alert, Delivery } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { leftOut, readAlert } from './alertmanager.ts'
import { eachAlert, oneAlert } from './each.ts'
import { isLegacy, readLegacy } from './grafana-legacy.ts'
import { type Fields, readLink, type Warn } from './read.ts'
import { alertsIn } from './read-body.ts'
import type { Source } from './source.ts'

export const grafana: Source = {
  kind: 'grafana',
  help: 'Grafana Alerting, contact point “Webhook”',
  parse(body, received): Delivery {
    if (isLegacy(body)) return oneAlert((warn) => readLegacy(body, received, warn))
    const { fields, alerts, faults } = alertsIn(body)
    if (alerts === null) throw new RejectedInput('alerts must be a list')
    const delivery = eachAlert(alerts, (one, field, warn) => read(one, field, received, warn), faults)
    const cut = leftOut({ fields, alerts }, 'Grafana; set "Max Alerts" of this contact point to 0')
    return { ...delivery, rejected: [...delivery.rejected, ...cut] }
  },
}

/** The panel shows more at night than the rule's form. */
function read(fields: Fields, field: string, received: Date, warn: Warn): Alert {
  const alert = readAlert(fields, field, received, warn)
  const link = readLink(fields.panelURL) ?? readLink(fields.dashboardURL) ?? alert.generatorUrl
  return { ...alert, ...unmeasured(alert), source: 'grafana', generatorUrl: link }
}

/**
 * A rule that found nothing, or could not ask: what it says of itself is about values that nobody has, and its alert is
 * called the same for every rule.
 */
function unmeasured({ labels, annotations }: Alert): Pick<Alert, 'annotations'> | null {
  const said = labels.rulename ? ofAnyRule[labels.alertname ?? ''] : undefined
  if (said === undefined) return null
  const description = annotations.Error || annotations.description || annotations.summary
  return {
    annotations: { ...annotations, summary: `${said}: ${labels.rulename}`, ...(description && { description }) },
  }
}

/** https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/ */
const ofAnyRule: Record<string, string> = Object.assign(Object.create(null), {
  DatasourceNoData: 'No data',
  DatasourceError: 'Query failed',
})
