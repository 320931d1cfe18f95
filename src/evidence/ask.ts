// Asks one provider in the time it has, and makes what it says fit to be kept: whatever it does, an Evidence comes of it.
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { withoutUserinfo } from './address.ts'
import type { Item, Section } from './evidence.ts'
import { maskSecrets } from './logs/secrets.ts'
import { cutBlock, cutLine, printable } from './text.ts'

type Answer =
  | { status: 'found'; section: Section }
  | { status: 'nothing' }
  | { status: 'failed'; reason: string; error: unknown }

/** `error`: for the log. Never rejects, and is there when `limit` milliseconds are over, whether or not the provider heeds its signal. */
export async function answerOf(ask: (signal: AbortSignal) => Promise<Section | null>, limit: number): Promise<Answer> {
  const signal = AbortSignal.timeout(limit)
  const late = `no answer within ${limit / 1000} s`
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new TransientError(late)), { once: true })
  })
  over.catch(() => {})
  try {
    const section = await Promise.race([ask(signal), over])
    return section === null ? { status: 'nothing' } : { status: 'found', section: tidy(section) }
  } catch (error) {
    const isForeseen = error instanceof TransientError || error instanceof PermanentError
    const reason = isForeseen ? lineOf(reasonOf(error), 300) : 'its answer could not be read'
    return { status: 'failed', reason: signal.aborted ? late : reason, error }
  }
}

/** What one section may hold; providers choose what is most telling, these only keep a mistake from filling the room. */
const limits = { items: 8, links: 4, summary: 200, text: 300, lines: 7, width: 240, code: 700, title: 80 }

/** Whatever a provider brings is bounded, printable and without secrets. */
function tidy({ summary, items, links }: Section): Section {
  return {
    summary: lineOf(summary, limits.summary),
    items: items.slice(0, limits.items).map(tidyItem),
    links: links.slice(0, limits.links).flatMap(({ title, url }) => {
      const address = withoutUserinfo(url)
      return address === null ? [] : [{ title: lineOf(title, limits.title), url: address }]
    }),
  }
}

function tidyItem({ text, code, url }: Item): Item {
  return {
    text: lineOf(text, limits.text),
    code: code === null ? null : blockOf(code),
    url: url === null ? null : withoutUserinfo(url),
  }
}

function lineOf(text: string, limit: number): string {
  return cutLine(maskSecrets(printable(text)), limit)
}

function blockOf(code: string): string {
  const block = cutBlock(maskSecrets(printable(code)), { lines: limits.lines, width: limits.width })
  return block.length <= limits.code
    ? block
    : cutBlock(block, { lines: limits.lines, width: limits.code / limits.lines })
}
