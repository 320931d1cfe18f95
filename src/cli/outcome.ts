// What a command of the command line is handed and hands back; how it is shown, to people or to programs, is decided once.
import { describeProblem, InvalidConfig } from '../config/load.ts'
import type { Environment } from '../config/tree.ts'
import { PermanentError, RejectedInput, reasonOf, TransientError, UserError } from '../errors.ts'

export type Surroundings = {
  env: Environment
  /** Where relative paths start. */
  cwd: string
  /** A person reads what is written. */
  isTerminal: boolean
  /** To be said when all code is loaded: from here on it pays to compile what runs often. */
  atWork(): void
  out(text: string): void
  err(text: string): void
}

export type Outcome = {
  /** For people. */
  lines: string[]
  /** For programs: one JSON document, with --json. */
  data: unknown
  /** Exit code; 0 when it does not say. */
  code?: number
}

/** What went wrong as a program reads it. */
export type Failure = { error: string; problems?: unknown[] }

/** The same failure for both readers. Something that is not one of our errors is a bug, and shows its stack. */
export function failureOf(error: unknown): { lines: string[]; data: Failure } {
  if (error instanceof InvalidConfig) {
    const { problems } = error
    const title =
      problems.length === 1 ? 'The configuration is wrong:' : `The configuration is wrong in ${problems.length} places:`
    return {
      lines: [title, ...problems.map((problem) => `  ${describeProblem(problem)}`)],
      data: { error: title, problems },
    }
  }
  const message = reasonOf(error)
  const meant = [UserError, RejectedInput, TransientError, PermanentError].some((kind) => error instanceof kind)
  // The store and the adapters say what to do in plain Errors; a TypeError says it to nobody but us.
  const plain = error instanceof Error && Object.getPrototypeOf(error) === Error.prototype && !('code' in error)
  if (meant || plain || !(error instanceof Error)) return { lines: [message], data: { error: message } }
  return { lines: [error.stack ?? message], data: { error: message } }
}
