// Where the alerts are in a body: in its list, or, where there is none, where they must be meant.
import { RejectedInput } from '../errors.ts'
import { type Fields, isFields } from './read.ts'

/** `fields`: of the body around them. `alerts` null: there are none to be found. `faults`: what is wrong with the body. */
export type Found = { fields: Fields; alerts: unknown[] | null; faults: string[] }

export const listMissing = 'alerts must be a list'
export const bareList = 'the body must be a JSON object with the list alerts, and is a list by itself'

/** Of Alertmanager's body, and of those like it. @throws RejectedInput when the body is neither an object nor a list. */
export function alertsIn(body: unknown): Found {
  // As Prometheus and vmalert talk to an Alertmanager.
  if (Array.isArray(body)) return { fields: {}, alerts: body, faults: [bareList] }
  if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
  const { alerts } = body
  if (Array.isArray(alerts)) return { fields: body, alerts, faults: [] }
  const only = [alerts, body].find(hasLabels) ?? ofGroup(body)
  if (only === null) return { fields: body, alerts: null, faults: [listMissing] }
  return { fields: body, alerts: [only], faults: [`${listMissing}: one alert was made of what is there`] }
}

function hasLabels(value: unknown): value is Fields {
  return isFields(value) && isFields(value.labels) && Object.keys(value.labels).length > 0
}

/** What the alerts of a group share, where none of them was sent. */
function ofGroup(body: Fields): Fields | null {
  const { status, groupKey, groupLabels, commonLabels, commonAnnotations, externalURL } = body
  const labels = { ...(isFields(groupLabels) && groupLabels), ...(isFields(commonLabels) && commonLabels) }
  if (Object.keys(labels).length === 0) return null
  return { status, labels, fingerprint: groupKey, annotations: commonAnnotations, generatorURL: externalURL }
}
