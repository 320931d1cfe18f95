// What somebody does on our pages is done once. Where a connection breaks before the answer, the browser sends a request again by
// itself, also one that opened an incident or woke somebody; and the page does where it hears nothing.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type HearOnce, isFirst } from '../chat/once.ts'
import { RejectedInput } from '../errors.ts'
import { hearOnce } from '../store/heard-requests.ts'
import type { ServerDeps } from './deps.ts'

/** The page gives each press a name of its own, and what it sends again the word behind it; in an answer: it was heard before. */
const header = 'tocsin-press'

/** Milliseconds in which a copy may come. */
const remembered = 10 * 60_000

/** Before a request is handled. Throws RejectedInput (409) when this press was heard before, here or on another replica. */
export function onlyOnce({ bot: { clock, log, db } }: Pick<ServerDeps, 'bot'>) {
  const hear: HearOnce = (...heard) => hearOnce(db, ...heard)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = request.headers[header]
    if (typeof given !== 'string') return
    const [name, again] = given.split(' ')
    const until = new Date(clock.now().getTime() + remembered)
    // While the database is slow, the press itself is on its way here, too.
    if (await isFirst(`console:${name}`, until, { hearOnce: hear, clock, log }, again === undefined)) return
    reply.header(header, 'heard')
    throw new RejectedInput(
      'The connection broke before the answer came. This was heard, and is not done twice: look whether it was done before you do it again.',
      409,
    )
  }
}
