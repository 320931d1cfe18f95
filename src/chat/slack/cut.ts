// Cutting mrkdwn without leaving half an entity, half a link or an open code block behind.
import { limits } from './limits.ts'

const note = '… cut'

/** At most `limit` characters; what is left out is said, at the end, where a reader sees it. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  // Room for the note and for closing a fence.
  const kept = text.slice(0, safeEnd(text, limit - note.length - 6)).trimEnd()
  return kept + openFence(kept) + note
}

/** Splits a block of mrkdwn that is too long for one section; code stays code in each piece. */
function split(block: string, limit: number): string[] {
  if (block.length <= limit) return [block]
  if (block.startsWith('```\n')) return splitCode(block, limit)
  const end = safeEnd(block, limit - 4)
  const kept = block.slice(0, end).trimEnd()
  const fence = openFence(kept).startsWith('\n')
  const rest = block.slice(end).trimStart()
  return fence ? [`${kept}\n\`\`\``, ...split(`\`\`\`\n${rest}`, limit)] : [kept, ...split(rest, limit)]
}

/** As `cut`, by bytes of UTF-8. */
export function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.byteLength(text)
  if (bytes <= limit) return text
  for (let most = Math.floor((text.length * limit) / bytes); most > note.length; most = Math.floor(most * 0.9)) {
    const kept = cut(text, most)
    if (Buffer.byteLength(kept) <= limit) return kept
  }
  return note
}

/** Less of a section than this is not begun with: what stands above it says that something was cut. */
const leastSection = 200

/** Packs blocks into as few sections as their order allows. `room`: characters that all of them may take, each with its cost. */
export function pack(
  blocks: string[],
  join: (blocks: string[]) => string,
  room: number,
): { sections: string[]; cut: boolean } {
  const sections: string[][] = []
  for (const piece of blocks.flatMap((block) => split(block, limits.sectionText))) {
    const last = sections.at(-1)
    if (last !== undefined && join([...last, piece]).length <= limits.sectionText) last.push(piece)
    else sections.push([piece])
  }
  const kept: string[] = []
  let left = room
  for (const section of sections.map((parts) => join(parts))) {
    const size = left - limits.blockCost
    if (section.length > size) return { sections: ended(kept, section, size), cut: true }
    kept.push(section)
    left = size - section.length
  }
  return { sections: kept, cut: false }
}

function ended(kept: string[], next: string, size: number): string[] {
  if (size >= leastSection || kept.length === 0) return [...kept, cut(next, Math.max(size, leastSection))]
  const end = kept.at(-1) ?? ''
  return [...kept.slice(0, -1), cut(`${end}${' '.repeat(limits.sectionText)}`, limits.sectionText)]
}

function splitCode(block: string, limit: number): string[] {
  const room = limit - '```\n\n```'.length
  const pieces: string[] = []
  let lines: string[] = []
  for (const line of block.slice(4, -4).split('\n')) {
    const fitting = line.length > room ? cut(line, room) : line
    if (lines.length > 0 && [...lines, fitting].join('\n').length > room) {
      pieces.push(lines.join('\n'))
      lines = []
    }
    lines.push(fitting)
  }
  return [...pieces, lines.join('\n')].map((piece) => `\`\`\`\n${piece}\n\`\`\``)
}

/** The greatest index up to `limit` at which nothing is torn apart; a space close by is taken for choice. */
function safeEnd(text: string, limit: number): number {
  let end = Math.max(1, limit)
  const code = text.charCodeAt(end - 1)
  if (code >= 0xd800 && code <= 0xdbff) end -= 1
  const kept = text.slice(0, end)
  const entity = kept.lastIndexOf('&')
  if (entity > end - 6 && !kept.slice(entity).includes(';')) end = entity
  const link = kept.lastIndexOf('<')
  if (link > kept.lastIndexOf('>')) end = Math.min(end, link)
  const space = Math.max(text.lastIndexOf('\n', end), text.lastIndexOf(' ', end))
  if (space > end - 100 && space > end / 2) end = space
  return end > 0 ? end : Math.max(1, limit)
}

function openFence(kept: string): string {
  if ((kept.match(/```/g)?.length ?? 0) % 2 === 1) return '\n```'
  const line = kept.slice(kept.lastIndexOf('\n') + 1).replaceAll('```', '')
  return (line.match(/`/g)?.length ?? 0) % 2 === 1 ? '`' : ''
}
