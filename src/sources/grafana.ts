// Grafana Alerting's contact point "Webhook": Alertmanager's body under another version, with links of its own.
// https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
import type { Alert, Delivery } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { leftOut, readAlert } from './alertmanager.ts'
import { eachAlert } from './each.ts'
import { type Fields, isFields, readLink } from './read.ts'
import type { Source } from './source.ts'

export const grafana: Source = {
  kind: 'grafana',
  help: 'Grafana Alerting, contact point “Webhook”',
  parse(body, received): Delivery {
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
    if (!Array.isArray(body.alerts)) throw new RejectedInput('alerts must be a list')
    const { alerts, rejected } = eachAlert(body.alerts, (fields, field) => read(fields, field, received))
    const cut = leftOut(body, 'Grafana; set "Max Alerts" of this contact point to 0')
    return { alerts, rejected: [...rejected, ...cut] }
  },
}

/** The panel shows more at night than the rule's form. */
function read(fields: Fields, field: string, received: Date): Alert {
  const alert = readAlert(fields, field, received)
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
