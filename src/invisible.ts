// Characters that reorder or hide what a person reads, and that a terminal obeys: none of them belongs into a text from outside,
// wherever it is shown or kept.

/**
 * As the inside of a class in a regular expression. The last two are private: they stand in for what the layout of messages looks
 * for (see templates/escape.ts).
 */
export const invisible =
  '\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uE000\\uE001'

const every = new RegExp(`[${invisible}]`, 'gu')

export function withoutInvisible(text: string): string {
  return text.replace(every, '')
}

/** As it may be kept: also without halves of characters, which no database holds. */
export function legible(text: string): string {
  return withoutInvisible(text).replace(/\p{Surrogate}/gu, '')
}
