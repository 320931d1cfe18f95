// By what a request of Slack is known when it comes again. Slack's signature counts for five minutes: whoever saw such a request,
// in a proxy or its log, can send it again word for word. And over Socket Mode Slack itself says again what it saw no answer to,
// or what came while a connection was being changed for another.
import { isFirst, isUnanswered, markAnswered, type OnceDeps } from '../once.ts'

/** Milliseconds: a signature counts for five minutes, and a minute is for clocks that differ; Slack says again what it does within five, too. */
const remembered = 6 * 60_000

const key = 'tocsinHearing'

/** What is known of one request, which may be a copy. */
export type Hearing = {
  /** Asked before anything is done. */
  isFirst(): Promise<boolean>
  /** Told when the first was answered. */
  answered(): Promise<void>
  /** Asked by a copy: whether nobody answered the first, so that its person has to be told. Takes a second. */
  isUnanswered(): Promise<boolean>
}

/** What a listener is handed along with a request of this name, by which `hearingOf` knows it. */
export function onlyOnce(name: string, deps: OnceDeps): Record<string, unknown> {
  const until = new Date(deps.clock.now().getTime() + remembered)
  const hearing: Hearing = {
    isFirst: () => isFirst(name, until, deps),
    answered: () => markAnswered(name, until, deps),
    isUnanswered: () => isUnanswered(name, until, deps),
  }
  return { [key]: hearing }
}

/** `context`: what Bolt knows of the request. */
export function hearingOf(context: Record<string, unknown>): Hearing {
  const hearing = context[key]
  if (hearing === undefined) throw new Error('a request of Slack came without its name')
  return hearing as Hearing
}
