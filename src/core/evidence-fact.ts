// What the timeline keeps of evidence that was gathered: one line for each of those that were asked.

/**
 * Each by its title. `asked`: when it was asked for; `from`, `until`: the span it is about; ISO 8601. `asked` tells one
 * gathering from another.
 */
export type EvidenceFact = {
  kind: 'evidence_gathered'
  asked: string
  from: string
  until: string
  found: { title: string; summary: string }[]
  nothing: string[]
  failed: { title: string; reason: string }[]
}

/** `who`: the name of whoever asked; null: the bot by itself. */
export function evidenceSentence({ found, nothing, failed }: EvidenceFact, who: string | null): string {
  const all = [
    ...found.map(({ title, summary }) => `${title}: ${summary}`),
    ...nothing.map((title) => `${title}: nothing found`),
    ...failed.map(({ title, reason }) => `${title}: could not be asked: ${reason}`),
  ]
  return `Evidence${who === null ? '' : ` (${who} asked for it)`}: ${all.join('; ')}`
}
