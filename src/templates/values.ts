// How the values of a compiled template are read, compared and written: to the letter as liquidjs does it with plain data.
// Whatever is more than plain data throws, and liquidjs is asked.

/** Of what there is nothing, there is nothing inside either; what is not known throws. */
export function readProperty(value: unknown, key: string): unknown {
  if (value === null) return null
  return known(Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : standIn(value, key))
}

export function known(value: unknown): unknown {
  if (value === undefined || typeof value === 'function') throw new Error('it is not known')
  return value
}

/** What liquidjs lets be asked of a list or a text. */
function standIn(value: unknown, key: string): unknown {
  if (key === 'size') return Array.isArray(value) || typeof value === 'string' ? value.length : undefined
  if (!Array.isArray(value)) return undefined
  return key === 'first' ? value[0] : key === 'last' ? value.at(-1) : undefined
}

export function isTrue(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined
}

/** What is written ends as text: the last filter sees to it. */
export function writable(value: unknown): string {
  if (typeof value !== 'string') throw new Error('it is no text')
  return value
}

/** Both sides are evaluated before. Undefined: not one for plain data. */
export const operators: Partial<Record<string, (left: unknown, right: unknown) => boolean>> &
  Record<'==', typeof isSame> = {
  '==': isSame,
  '!=': (left, right) => !isSame(left, right),
  '>': (left, right) => comparable(left) > comparable(right),
  '<': (left, right) => comparable(left) < comparable(right),
  '>=': (left, right) => comparable(left) >= comparable(right),
  '<=': (left, right) => comparable(left) <= comparable(right),
  and: (left, right) => isTrue(left) && isTrue(right),
  or: (left, right) => isTrue(left) || isTrue(right),
}

function isSame(left: unknown, right: unknown): boolean {
  return comparable(left) === comparable(right)
}

/** Numbers, texts, instants and nothing at all. */
function comparable(value: unknown): number {
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    throw new Error('it is not compared as it is')
  return value as number
}
