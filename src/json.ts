// Reading JSON that somebody else wrote, and writing what others can read. JSON.parse takes a second and half a gigabyte for a few
// million brackets within each other, and nobody is paged meanwhile: what nests deeper than anything that means something is not
// read at all.

/** Alerts, queries' answers and what GitHub sends nest a dozen deep; somebody's log records some dozens. */
const deepest = 500

/** Of one object; it takes a twentieth of a second to read so many, and five seconds to read fifty times as many. */
const mostNames = 20_000

/** Throws SyntaxError where JSON.parse does, and for what nests too deep or has an object of too many names. */
export function readJson(text: string): unknown {
  const problem = tooMuch(text)
  if (problem !== null) throw new SyntaxError(problem)
  return JSON.parse(text)
}

const [quote, backslash, list, endOfList, object, endOfObject, colon] = [...'"\\[]{}:'].map((c) => c.charCodeAt(0))

/** Names so far of each of the objects around. */
const names = new Uint32Array(deepest + 1)

/** Costs a few per cent of reading it. */
function tooMuch(text: string): string | null {
  let depth = 0
  let isText = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (isText) {
      if (c === backslash) i++
      else if (c === quote) isText = false
    } else if (c === quote) isText = true
    else if (c === list || c === object) {
      if (++depth > deepest) return `nested more than ${deepest} deep`
      names[depth] = 0
    } else if (c === endOfList || c === endOfObject) depth--
    else if (c === colon) {
      const count = (names[depth] ?? 0) + 1
      if (count > mostNames) return `an object of more than ${mostNames} names`
      names[depth] = count
    }
  }
  return null
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
