// One bad alert must not cost the others: each is read by itself. Nor must a fault cost an alert that says enough to wake somebody.
import type { Alert, Delivery, Warning } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { BadField, type Fields, isFields, type Warn } from './read.ts'

/** More than a monitoring system sends at once; without a limit a small body of `[0,0,…]` costs seconds and a huge answer. */
const mostAlerts = 10_000

/** Faults that an answer lists. */
const mostWarnings = 1_000

/**
 * @param read throws BadField when it cannot use an alert, and tells of what is wrong with one that it can.
 * @param faults what is wrong with the body around them.
 * @throws RejectedInput when there are too many, or none in a body that is wrong.
 */
export function eachAlert(
  all: unknown[],
  read: (fields: Fields, field: string, warn: Warn) => Alert,
  faults: string[] = [],
): Delivery {
  if (all.length > mostAlerts) {
    throw new RejectedInput(`alerts must hold ${mostAlerts} at most: send fewer at a time`, 413)
  }
  const [fault] = faults
  if (fault !== undefined && all.length === 0) throw new RejectedInput(fault)
  const delivery: Delivery = { alerts: [], rejected: [] }
  const warnings: Warning[] = faults.map((reason) => ({ reason }))
  let unlisted = 0
  all.forEach((value, index) => {
    const field = `alerts[${index}]`
    const before = warnings.length
    const warn: Warn = (reason) => {
      if (warnings.length >= mostWarnings) unlisted++
      else if (!warnings.slice(before).some((one) => one.reason === reason)) warnings.push({ index, reason })
    }
    try {
      if (!isFields(value)) throw new BadField(`${field} must be an object`)
      delivery.alerts.push(read(value, field, warn))
    } catch (error) {
      if (!(error instanceof BadField)) throw error
      // What keeps it from being taken is all that counts.
      warnings.length = before
      delivery.rejected.push({ index, reason: error.message })
    }
  })
  if (unlisted > 0) warnings.push({ reason: `${unlisted} more faults like these are not listed` })
  return warnings.length > 0 && delivery.alerts.length > 0 ? { ...delivery, warnings } : delivery
}

/** A body that is one alert is wholly unusable when that alert is: throws RejectedInput then. */
export function oneAlert(read: (warn: Warn) => Alert, faults: string[] = []): Delivery {
  const warnings: Warning[] = faults.map((reason) => ({ reason }))
  try {
    const alert = read((reason) => void warnings.push({ index: 0, reason }))
    return { alerts: [alert], rejected: [], ...(warnings.length > 0 && { warnings }) }
  } catch (error) {
    if (error instanceof BadField) throw new RejectedInput(error.message)
    throw error
  }
}
