// What a person said once runs once, on whichever replica. Slack's signature counts for five minutes: whoever saw such a request,
// in a proxy or its log, can send it again word for word. And over Socket Mode Slack itself says again what it saw no answer to,
// or what came while a connection was being changed for another: a second `/incident new` would wake somebody twice.
import { createHash } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'

/** False: a request of this name was there before, here or on another replica. It is to be known until `until`. */
export type HearOnce = (request: Uint8Array, until: Date, now: Date) => Promise<boolean>

type Deps = { hearOnce: HearOnce; clock: Clock; log: Log }

/** Milliseconds that a signature counts, and a minute for clocks that differ; Slack says again what it does within five minutes, too. */
const remembered = 6 * 60_000

/** Milliseconds a person waits for the answer, at most. */
const patience = 1_000

const key = 'tocsinIsFirst'

/**
 * What a listener is handed along with a request. Named by what the signature is over, and not by the header as it came: Bolt
 * reads over what follows a second “=” there. `signedAt`: seconds, as Slack wrote them.
 */
export function onlyOnce(signedAt: number, body: string, deps: Deps): Record<string, unknown> {
  return once(`${signedAt}:${body}`, new Date(signedAt * 1000 + remembered), deps)
}

/**
 * The same over Socket Mode. Named by what was said, which has an address of its own for the answer each time somebody says it,
 * and not by the envelope: what comes again may come in another.
 */
export function onlyOnceOverSocket(body: unknown, deps: Deps): Record<string, unknown> {
  return once(`socket:${JSON.stringify(body)}`, new Date(deps.clock.now().getTime() + remembered), deps)
}

function once(name: string, until: Date, deps: Deps): Record<string, unknown> {
  const request = new Uint8Array(createHash('sha256').update(name).digest())
  return { [key]: () => isFirst(request, until, deps) }
}

/** Asked when Slack has its answer already. */
export async function mayRun(context: Record<string, unknown>): Promise<boolean> {
  const ask = context[key]
  return typeof ask === 'function' ? (await ask()) === true : true
}

/** In doubt it is: better a copy that runs, while the database is away, than a person who is not obeyed. */
async function isFirst(request: Uint8Array, until: Date, { hearOnce, clock, log }: Deps): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database did not say within ${patience / 1000} s`)), patience)
  })
  try {
    const first = await Promise.race([hearOnce(request, until, clock.now()), late])
    if (!first) log.warn('a request of Slack came a second time: its command was not run again')
    return first
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'cannot tell whether Slack has said this before: it is run')
    return true
  } finally {
    clearTimeout(timer)
  }
}
