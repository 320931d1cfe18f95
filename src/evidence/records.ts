// What is at hand of an answer that may be anything.

/** Those members of a list that are objects; of anything else nothing. */
export function recordsIn<T extends object>(value: unknown): T[] {
  return Array.isArray(value) ? value.filter((one): one is T => typeof one === 'object' && one !== null) : []
}
