// Shortens what is written in Discord's dialect so that the reader sees that something is missing, and the rest stays whole.

export type Shortened = { text: string /** Characters left out. */; missing: number }

/** Room for the longest remark about what is missing, with a closing fence. */
const remarkRoom = 60

/** Joins blocks with blank lines, as many as fit; the one that does not is cut. `limit` in characters. */
export function fitBlocks(blocks: string[], limit: number): Shortened {
  const whole = blocks.join('\n\n')
  if (whole.length <= limit) return { text: whole, missing: 0 }
  const kept: string[] = []
  let left = limit - remarkRoom
  for (const block of blocks) {
    if (block.length + 2 > left) {
      const part = block.startsWith('```') ? cutCode(block, left) : cutWords(block, left)
      if (part !== '') kept.push(part)
      break
    }
    kept.push(block)
    left -= block.length + 2
  }
  const text = kept.join('\n\n')
  const missing = whole.length - text.length
  return {
    text: `${text}${text === '' ? '' : '\n'}… ${missing} characters left out`.slice(0, Math.max(limit, 0)),
    missing,
  }
}

/** One line of escaped text; an ellipsis shows that it goes on. */
export function fitLine(text: string, limit: number): Shortened {
  if (text.length <= limit) return { text, missing: 0 }
  const kept = cutWords(text, limit - 1)
  return { text: `${kept}…`, missing: text.length - kept.length }
}

function cutCode(block: string, limit: number): string {
  const lines = block.split('\n').slice(0, -1)
  const kept: string[] = []
  let left = limit - 4
  for (const line of lines) {
    if (line.length + 1 > left) {
      if (kept.length > 0) kept.push(`${whole(line.slice(0, Math.max(left - 2, 0)))}…`)
      break
    }
    kept.push(line)
    left -= line.length + 1
  }
  // The opening fence alone shows nothing.
  return kept.length < 2 ? '' : [...kept, '```'].join('\n')
}

function cutWords(block: string, limit: number): string {
  if (limit <= 0) return ''
  let part = whole(block.slice(0, limit))
  const rest = block.slice(part.length)
  if (!/^\s/.test(rest)) {
    const boundary = Math.max(part.lastIndexOf('\n'), part.lastIndexOf(' '))
    if (boundary > limit / 2) part = part.slice(0, boundary)
  }
  // Half a link is worse than none.
  const open = part.lastIndexOf('[')
  if (open !== -1 && part[open - 1] !== '\\' && !/\]\([^)]*\)/.test(part.slice(open))) part = part.slice(0, open)
  // A fence inside a list item or quote that is cut stays open otherwise.
  const fences = part.split('```').length - 1
  const closed = fences % 2 === 1 ? `${part.slice(0, limit - 4)}\n\`\`\`` : part
  return closed.trimEnd()
}

/** Ends neither in half an escape nor in half a character. */
function whole(text: string): string {
  const escapes = /\\+$/.exec(text)?.[0].length ?? 0
  const part = escapes % 2 === 1 ? text.slice(0, -1) : text
  const last = part.charCodeAt(part.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? part.slice(0, -1) : part
}
