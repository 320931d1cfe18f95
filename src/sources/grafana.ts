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
  return { ...alert, source: 'grafana', generatorUrl: link }
}
