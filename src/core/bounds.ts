// The lowest and the highest of however many: `Math.min(...values)` throws beyond some hundred thousand, and a flood has as many alerts.

/** Infinity when there are none. */
export function lowest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY
  for (const value of values) found = Math.min(found, value)
  return found
}

/** -Infinity when there are none. */
export function highest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY
  for (const value of values) found = Math.max(found, value)
  return found
}
