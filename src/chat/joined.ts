// Words that the Markdown parser reads in pieces, because of signs between them that are no marks, joined again as they are read. At
// its end it does so by itself, but moves all that follows once for each: 200 KB of lines with a `<` were half a minute.
import type { Data } from 'unified'

type Extension = Exclude<NonNullable<Data['micromarkExtensions']>[number], unknown[]>
type Construct = Extract<NonNullable<NonNullable<Extension['text']>['null']>, { tokenize: unknown }>
type Events = Parameters<NonNullable<Construct['resolveTo']>>[0]

/** It takes nothing; what is behind it is looked at again, when there is nothing left to join. */
const join: Construct = {
  name: 'joined',
  tokenize(_effects, ok, nok) {
    return this.events.slice(-4).filter(([, token]) => token.type === 'data').length === 4 ? ok : nok
  },
  resolveTo: joined,
}

/** Line ends, as the parser numbers them, and the signs at each of which it looks for a mark, whatever stands before. */
const places = [-5, -4, -3, ...[...'!&*<[\\]_~'].map((sign) => sign.charCodeAt(0))]

export const joinedWords: Extension = { text: Object.fromEntries(places.map((code) => [code, join])) }

/** Each piece is an event where it begins and one where it ends. */
function joined(events: Events): Events {
  const end = events.pop()?.[1].end
  events.pop()
  const before = events.at(-1)?.[1]
  if (before !== undefined && end !== undefined) before.end = end
  return events
}
