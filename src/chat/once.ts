// What a person said once runs once, on whichever replica: several hear the same, and platforms say again what they saw no answer
// to. A second `/incident new` would wake somebody twice.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, within } from '../clock.ts'
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** False: a request of this name was there before, here or on another replica. It is to be known until `until`. */
export type HearOnce = (request: Uint8Array, until: Date, now: Date) => Promise<boolean>

/** `answeredWithin`: milliseconds, a second unless told; see `isUnanswered`. */
export type OnceDeps = { hearOnce: HearOnce; clock: Clock; log: Log; answeredWithin?: number }

/** Milliseconds a person waits for the database, and the end of the bot for what was said, at most. */
const patience = 1_000

/** Milliseconds after which somebody who hears no answer is heard by another copy: platforms say again what they saw none to. */
const saidAgainAfter = 2_500

/** Milliseconds in which nearly every command is over and answered. A copy comes later than the first, and has to be told in time, too. */
const usuallyAnswered = 1_000

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
  const asked = clock.now()
  const late = 'the database did not say'
  const answer = hearOnce(hashed(name), until, asked)
  try {
    const first = await within(patience, answer, late).catch((error: unknown) => {
      const hasStoodStill = clock.now().getTime() - asked.getTime() > saidAgainAfter
      if (!hasStoodStill) throw error
      // Such a process has not waited for the database: the answer lies there, and another copy may have run it meanwhile. Asked
      // again, the database would know it from this very question.
      return within(patience, answer, late)
    })
    if (!first && inDoubt) log.warn('a request came a second time: its command was not run again')
    return first
  } catch (error) {
    const what = inDoubt ? 'it is run' : 'it is not run here'
    log.warn({ reason: reasonOf(error) }, `cannot tell whether this was said before: ${what}`)
    return inDoubt
  }
}

/** To be called when whoever said `name` has the answer, or needs none. Never throws. */
export async function markAnswered(name: string, until: Date, { hearOnce, clock, log }: OnceDeps): Promise<void> {
  const written = within(patience, hearOnce(answerTo(name), until, clock.now()), 'the database did not say')
  await written.catch((error: unknown) =>
    log.warn({ reason: reasonOf(error) }, 'cannot write down that a request was answered'),
  )
}

/**
 * Of a copy: whether whoever ran the first has not answered it after a moment. It died in the middle then, or takes long; only one
 * copy is told so. In doubt it was not answered: better a word too many than a press that is lost without one. Never throws.
 */
export async function isUnanswered(name: string, until: Date, deps: OnceDeps): Promise<boolean> {
  const { hearOnce, clock, log, answeredWithin = usuallyAnswered } = deps
  await pause(answeredWithin, undefined, { ref: false })
  try {
    return await within(patience, hearOnce(answerTo(name), until, clock.now()), 'the database did not say')
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'cannot tell whether a request that came twice was answered')
    return true
  }
}

function answerTo(name: string): Uint8Array {
  return hashed(`answered:${name}`)
}

function hashed(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(name).digest())
}
