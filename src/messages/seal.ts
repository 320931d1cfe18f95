// The last line of an exported post-mortem: what proves later that its timeline is still the same.
import type { Words } from './words.ts'

/** Markdown. `entries`: how many are sealed; `head`: the hash of the last of them. */
export function sealLine(words: Pick<Words, 'templates'>, number: number, entries: number, head: string): string {
  const command = `tocsin timeline verify ${number} --against ${head}`
  return words.templates.document('postmortems/seal', { number, entries, command })
}
