// Reading JSON that somebody else wrote, and writing what others can read. JSON.parse takes a second and half a gigabyte for a few
// million brackets within each other, and nobody is paged meanwhile: what nests deeper than anything that means something is not
// read at all.

/** Alerts, queries' answers and what GitHub sends nest a dozen deep; somebody's log records some dozens. */
const deepest = 500

/** Throws SyntaxError where JSON.parse does, and for what nests too deep. */
export function readJson(text: string): unknown {
  if (nestsTooDeep(text)) throw new SyntaxError(`nested more than ${deepest} deep`)
  return JSON.parse(text)
}

const [quote, backslash, list, endOfList, object, endOfObject] = [...'"\\[]{}'].map((c) => c.charCodeAt(0))

/** Costs a few per cent of reading it. */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  let isText = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (isText) {
      if (c === backslash) i++
      else if (c === quote) isText = false
    } else if (c === quote) isText = true
    else if (c === list || c === object) {
      if (++depth > deepest) return true
    } else if (c === endOfList || c === endOfObject) depth--
  }
  return false
}

/**
 * As JSON.stringify, without NUL and halves of characters, which a text that was cut may end in: PostgreSQL refuses a whole
 * statement for one of them, and an alert with it.
 */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value)
  // Also true of a backslash that was written out; then it is only written twice.
  return text.includes('\\ud') || text.includes('\\u0000') ? JSON.stringify(whole(JSON.parse(text))) : text
}

function whole(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\0\p{Surrogate}]/gu, '')
  if (Array.isArray(value)) return value.map(whole)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [whole(name), whole(inner)]))
}
