// Tocsin's own small JSON, for whatever can send a webhook: one alert, or { "alerts": [ … ] }.
import type { Alert, Delivery, Labels } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { eachAlert, oneAlert } from './each.ts'
import {
  BadField,
  type Fields,
  fingerprintOf,
  isFields,
  readAnnotations,
  readIdentity,
  readLabels,
  readLink,
  readWords,
  type Warn,
} from './read.ts'
import { bareList, listMissing } from './read-body.ts'
import { readStatus } from './read-status.ts'
import { readPeriod } from './read-time.ts'
import type { Source } from './source.ts'

export const generic: Source = {
  kind: 'generic',
  help: "Tocsin's own small JSON, one alert or a list of them",
  parse(body, received): Delivery {
    const each = (all: unknown[], faults: string[] = []) =>
      eachAlert(all, (fields, field, warn) => readAlert(fields, `${field}.`, received, warn), faults)
    if (Array.isArray(body)) return each(body, [bareList])
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
    const { alerts } = body
    if (Array.isArray(alerts)) return each(alerts)
    if (isFields(alerts) && isNamed(alerts)) return each([alerts], [`${listMissing}: it was taken for one alert`])
    const isOdd = alerts !== undefined && alerts !== null
    if (isOdd && !isNamed(body)) throw new RejectedInput(listMissing)
    return oneAlert((warn) => readAlert(body, '', received, warn), isOdd ? [`${listMissing}: it was left out`] : [])
  },
}

/** There is something to call it by. */
function isNamed({ title, labels }: Fields): boolean {
  return Boolean(title) || (isFields(labels) && Boolean(labels.alertname))
}

function readAlert(fields: Fields, prefix: string, received: Date, warn: Warn): Alert {
  const labels = readLabels(fields.labels, `${prefix}labels`, warn)
  const title = readWords(fields.title, `${prefix}title`, warn)
  if (title === null && !labels.alertname) {
    const isWrong = typeof fields.title === 'object' && fields.title !== null
    throw new BadField(`${prefix}title ${isWrong ? 'must be a string' : 'is missing (or labels.alertname)'}`)
  }
  const own: Labels = { alertname: labels.alertname || (title ?? '') }
  for (const name of ['service', 'severity']) {
    const value = readWords(fields[name], prefix + name, warn)
    if (value !== null) own[name] = value
  }
  const all = { ...labels, ...own }
  const annotations = readAnnotations(fields.annotations, `${prefix}annotations`, warn)
  if (title !== null) annotations.summary = title
  const description = readWords(fields.description, `${prefix}description`, warn)
  if (description !== null) annotations.description = description
  const resolved = isResolved(fields, prefix, warn)
  return {
    source: 'generic',
    fingerprint: readIdentity(fields.key, `${prefix}key`, warn) ?? fingerprintOf(all),
    labels: all,
    annotations,
    ...readPeriod(fields, { place: prefix, received, isOver: () => resolved, warn }),
    generatorUrl: readLink(fields.url),
  }
}

function isResolved({ status, state }: Fields, prefix: string, warn: Warn): boolean {
  const said = readStatus(status, `${prefix}status`, warn)
  // What other products take it for is a recovery: nobody may be woken for that.
  if (said === null && typeof state === 'string' && /^(ok|resolved|closed|recovered)$/i.test(state))
    throw new BadField(`${prefix}state is not read: say "status": "resolved" when it is over`)
  return said === 'resolved'
}
