// One bad alert must not cost the others: each is read by itself.
import type { Alert, Delivery } from '../core/alert.ts'
import { RejectedInput } from '../errors.ts'
import { BadField, type Fields, isFields } from './read.ts'

/** More than a monitoring system sends at once; without a limit a small body of `[0,0,…]` costs seconds and a huge answer. */
const mostAlerts = 10_000

/** @param read throws BadField when it cannot use an alert. @throws RejectedInput when there are too many. */
export function eachAlert(all: unknown[], read: (fields: Fields, field: string) => Alert): Delivery {
  if (all.length > mostAlerts) {
    throw new RejectedInput(`alerts must hold ${mostAlerts} at most: send fewer at a time`, 413)
  }
  const delivery: Delivery = { alerts: [], rejected: [] }
  all.forEach((value, index) => {
    const field = `alerts[${index}]`
    try {
      if (!isFields(value)) throw new BadField(`${field} must be an object`)
      delivery.alerts.push(read(value, field))
    } catch (error) {
      if (!(error instanceof BadField)) throw error
      delivery.rejected.push({ index, reason: error.message })
    }
  })
  return delivery
}
