// One bad alert must not cost the others: each is read by itself.
import type { Alert, Delivery } from '../core/alert.ts'
import { BadField, type Fields, isFields } from './read.ts'

/** @param read throws BadField when it cannot use an alert. */
export function eachAlert(all: unknown[], read: (fields: Fields, field: string) => Alert): Delivery {
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
