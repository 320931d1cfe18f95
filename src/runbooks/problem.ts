// What is wrong with a runbook file, and where.

export class RunbookProblem extends Error {
  override readonly name = 'RunbookProblem'
  /** From 1. */
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}
