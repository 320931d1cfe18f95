// What a person said once runs once, on whichever replica: several hear the same, and platforms say again what they saw no answer
// to. A second `/incident new` would wake somebody twice.
import { createHash } from 'node:crypto'
import { type Clock, within } from '../clock.ts'
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** False: a request of this name was there before, here or on another replica. It is to be known until `until`. */
export type HearOnce = (request: Uint8Array, until: Date, now: Date) => Promise<boolean>

export type OnceDeps = { hearOnce: HearOnce; clock: Clock; log: Log }

/** Milliseconds a person waits for the answer, at most. */
const patience = 1_000

/**
 * Whether what is called `name` was not heard before; it is known until `until`. In doubt it was not: better a copy that runs,
 * while the database is away, than a person who is not obeyed. Never throws. `inDoubt` false: somebody else is about to run it.
 */
export async function isFirst(
  name: string,
  until: Date,
  { hearOnce, clock, log }: OnceDeps,
  inDoubt = true,
): Promise<boolean> {
  const request = new Uint8Array(createHash('sha256').update(name).digest())
  try {
    const first = await within(patience, hearOnce(request, until, clock.now()), 'the database did not say')
    if (!first && inDoubt) log.warn('a request came a second time: its command was not run again')
    return first
  } catch (error) {
    const what = inDoubt ? 'it is run' : 'it is not run here'
    log.warn({ reason: reasonOf(error) }, `cannot tell whether this was said before: ${what}`)
    return inDoubt
  }
}
