// By what a request of Slack is known when it comes again. Slack's signature counts for five minutes: whoever saw such a request,
// in a proxy or its log, can send it again word for word. And over Socket Mode Slack itself says again what it saw no answer to,
// or what came while a connection was being changed for another.
import { isFirst, type OnceDeps } from '../once.ts'

/** Milliseconds that a signature counts, and a minute for clocks that differ; Slack says again what it does within five minutes, too. */
const remembered = 6 * 60_000

const key = 'tocsinIsFirst'

/**
 * What a listener is handed along with a request. Named by what the signature is over, and not by the header as it came: Bolt
 * reads over what follows a second “=” there. `signedAt`: seconds, as Slack wrote them.
 */
export function onlyOnce(signedAt: number, body: string, deps: OnceDeps): Record<string, unknown> {
  return once(`${signedAt}:${body}`, new Date(signedAt * 1000 + remembered), deps)
}

/**
 * The same over Socket Mode. Named by what was said, which has an address of its own for the answer each time somebody says it,
 * and not by the envelope: what comes again may come in another.
 */
export function onlyOnceOverSocket(body: unknown, deps: OnceDeps): Record<string, unknown> {
  return once(`socket:${JSON.stringify(body)}`, new Date(deps.clock.now().getTime() + remembered), deps)
}

function once(name: string, until: Date, deps: OnceDeps): Record<string, unknown> {
  return { [key]: () => isFirst(name, until, deps) }
}

/** Asked before anything is done. */
export async function mayRun(context: Record<string, unknown>): Promise<boolean> {
  const ask = context[key]
  return typeof ask === 'function' ? (await ask()) === true : true
}
