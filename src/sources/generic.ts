// Tocsin's own small JSON, for whatever can send a webhook: one alert, or { "alerts": [ … ] }.
import type { Alert, Delivery, Labels } from '../core/alert.ts'
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
  readText,
  readTime,
} from './read.ts'
import type { Source } from './source.ts'

export const generic: Source = {
  kind: 'generic',
  help: "Tocsin's own small JSON, one alert or a list of them",
  parse(body, received): Delivery {
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
    if (body.alerts === undefined) return one(body, received)
    if (!Array.isArray(body.alerts)) throw new RejectedInput('alerts must be a list')
    return eachAlert(body.alerts, (fields, field) => readAlert(fields, `${field}.`, received))
  },
}

/** A body that is one alert is wholly unusable when that alert is. */
function one(body: Fields, received: Date): Delivery {
  try {
    return { alerts: [readAlert(body, '', received)], rejected: [] }
  } catch (error) {
    if (error instanceof BadField) throw new RejectedInput(error.message)
    throw error
  }
}

function readAlert(fields: Fields, prefix: string, received: Date): Alert {
  const labels = readLabels(fields.labels, `${prefix}labels`)
  const title = readText(fields.title, `${prefix}title`)
  if (title === null && !labels.alertname) throw new BadField(`${prefix}title is missing (or labels.alertname)`)
  const own: Labels = { alertname: labels.alertname || (title ?? '') }
  for (const name of ['service', 'severity']) {
    const value = readText(fields[name], prefix + name)
    if (value !== null) own[name] = value
  }
  const all = { ...labels, ...own }
  const annotations = readLabels(fields.annotations, `${prefix}annotations`)
  if (title !== null) annotations.summary = title
  const description = readText(fields.description, `${prefix}description`)
  if (description !== null) annotations.description = description
  const endsAt = readTime(fields.endsAt, `${prefix}endsAt`)
  const resolved = isResolved(fields, prefix)
  return {
    source: 'generic',
    fingerprint: readFingerprint(fields.key, `${prefix}key`) ?? fingerprintOf(all),
    status: resolved ? 'resolved' : 'firing',
    labels: all,
    annotations,
    startsAt: readTime(fields.startsAt, `${prefix}startsAt`) ?? received,
    endsAt: resolved ? (endsAt !== null && endsAt < received ? endsAt : received) : null,
    generatorUrl: readLink(fields.url),
  }
}

function isResolved({ status, state }: Fields, prefix: string): boolean {
  if (status === 'resolved') return true
  if (status !== undefined && status !== null && status !== 'firing')
    throw new BadField(`${prefix}status must be firing or resolved`)
  // What other products take it for is a recovery: nobody may be woken for that.
  if (status !== 'firing' && typeof state === 'string' && /^(ok|resolved|closed|recovered)$/i.test(state))
    throw new BadField(`${prefix}state is not read: say "status": "resolved" when it is over`)
  return false
}
