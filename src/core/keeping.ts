// Messages that people keep for the timeline with a pin or 📌: what is told of them, and what is news about one that was
// looked at again. A look compares what a platform shows now with what the timeline has: seen twice, it is told once.

/** Facts about a message. `message` names it for ever. Instants are ISO 8601. */
export type KeptFact =
  /** The entry's time and author are the message's own; `recorded` and `pinnedBy` tell who kept it, and when. */
  | {
      kind: 'message_pinned'
      message: string
      platform: string
      text: string
      /** Why its words could not be read; absent: they could. */
      unread?: string
      files: string[]
      pinnedBy: string | null
      recorded: string
    }
  | { kind: 'message_unpinned'; message: string; text: string }
  | { kind: 'message_edited'; message: string; text: string; was: string }
  | { kind: 'message_deleted'; message: string; was: string }
  /** `kept`: its number among the kept files; `sha256`: of its bytes, hexadecimal. */
  | {
      kind: 'file_kept'
      message: string
      file: string
      kept: number
      name: string
      type: string
      size: number
      sha256: string
    }
  | { kind: 'file_missing'; message: string; file: string; name: string; reason: string }

/** The sentence of each. */
export function keptSentence(fact: KeptFact, who: string, nameOf: (person: string) => string): string {
  switch (fact.kind) {
    case 'message_pinned': {
      const words = fact.unread === undefined ? fact.text : `(its words could not be read: ${fact.unread})`
      const files = fact.files.length === 0 ? '' : `${words === '' ? '' : ' '}[${fact.files.join(', ')}]`
      const by = fact.pinnedBy === null ? 'Pinned' : `Pinned by ${nameOf(fact.pinnedBy)}`
      return `${who}: ${words}${files} (${by})`
    }
    case 'message_unpinned':
      return `${who} took the pin from: ${excerpt(fact.text)}`
    case 'message_edited':
      return `${who} edited a pinned message: ${fact.text} (it was: ${fact.was})`
    case 'message_deleted':
      return `A pinned message was deleted; it was: ${fact.was}`
    case 'file_kept':
      return `Kept ${fact.name} from a pinned message of ${who}`
    case 'file_missing':
      return `Could not keep ${fact.name} from a pinned message: ${fact.reason}`
    default:
      return fact satisfies never
  }
}

function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}

/** Names a message on any platform. */
export function messageName(platform: string, channel: string, id: string): string {
  return `${platform}/${channel}/${id}`
}

/** A message as a platform shows it now. */
export type SeenMessage = {
  /** Who wrote it: a key of `people`, or a name. */
  author: string
  at: Date
  text: string
  unread?: string
  /** Somebody pinned it or marked it with 📌. */
  isMarked: boolean
  /** The bot's own: what it edits is no news. */
  isOwn: boolean
  files: SeenFile[]
}

/** A file of a message. `outcome` null: not fetched now, because it is known or not wanted. */
export type SeenFile = { id: string; name: string; outcome: FetchedFile | { reason: string } | null }
export type FetchedFile = { type: string; bytes: Uint8Array; sha256: string }

/** What the timeline has of a message. */
export type KnownMessage = { isPinned: boolean; isDeleted: boolean; text: string; files: ReadonlySet<string> }

/** From its facts, in order; null: it was never kept. */
export function knownMessage(facts: readonly KeptFact[]): KnownMessage | null {
  const files = new Set<string>()
  let known = null as Omit<KnownMessage, 'files'> | null
  for (const fact of facts) {
    if (fact.kind === 'message_pinned') known = { isPinned: true, isDeleted: false, text: fact.text }
    else if (fact.kind === 'file_kept' || fact.kind === 'file_missing') files.add(fact.file)
    else if (known !== null && fact.kind === 'message_unpinned') known = { ...known, isPinned: false }
    else if (known !== null && fact.kind === 'message_edited') known = { ...known, text: fact.text }
    else if (known !== null) known = { ...known, isPinned: false, isDeleted: true }
  }
  return known && { ...known, files }
}

export type KeptNews = { at: Date; by: string | null; fact: Exclude<KeptFact, { kind: 'file_kept' }> }

/** What is news about a message; `seen` null: it is gone. `actor`: whose doing the look is, as far as that is known. */
export function newsOf(
  { message, platform }: { message: string; platform: string },
  known: KnownMessage | null,
  seen: SeenMessage | null,
  { actor, now }: { actor: string | null; now: Date },
): KeptNews[] {
  if (seen === null) {
    if (known === null || known.isDeleted || !known.isPinned) return []
    return [{ at: now, by: null, fact: { kind: 'message_deleted', message, was: known.text } }]
  }
  const { author, text, unread, files } = seen
  if (known === null || !known.isPinned) {
    if (!seen.isMarked) return []
    const about = { message, platform, text, ...(unread !== undefined && { unread }) }
    const kept = { files: files.map(({ name }) => name), pinnedBy: actor, recorded: now.toISOString() }
    return [
      { at: seen.at, by: author, fact: { kind: 'message_pinned', ...about, ...kept } },
      ...missing(message, known, seen, now),
    ]
  }
  const news: KeptNews[] = []
  if (!seen.isOwn && unread === undefined && text !== known.text)
    news.push({ at: now, by: author, fact: { kind: 'message_edited', message, text, was: known.text } })
  if (!seen.isMarked) return [...news, { at: now, by: actor, fact: { kind: 'message_unpinned', message, text } }]
  return [...news, ...missing(message, known, seen, now)]
}

function missing(message: string, known: KnownMessage | null, { author, files }: SeenMessage, now: Date): KeptNews[] {
  return files.flatMap(({ id, name, outcome }) =>
    outcome !== null && 'reason' in outcome && !known?.files.has(id)
      ? [
          {
            at: now,
            by: author,
            fact: { kind: 'file_missing', message, file: id, name, reason: outcome.reason },
          } as const,
        ]
      : [],
  )
}
