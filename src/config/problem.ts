// What is wrong with a configuration: all of it at once, each with its place and its fix.

export type Problem = {
  /** Path of the file as a person would type it, or `environment`. */
  file: string
  /** From 1; null for the environment and for a whole file. */
  line: number | null
  column: number | null
  /** `policies.default.steps[1].page`, or the name of the variable; empty for the whole file. */
  path: string
  message: string
  example?: string
}

/** The configuration cannot be used. `problems` holds every reason, in the order of the file. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig'
  readonly problems: Problem[]
  constructor(problems: Problem[]) {
    super(problems.map(describeProblem).join('\n'))
    this.problems = problems
  }
}

/** One line: `tocsin.yaml:12: severities.P1.clocks.respond: "15 mins" is not a duration; write e.g. 15m, 1h, 2d` */
export function describeProblem(problem: Problem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}`
  const about = problem.path ? `${problem.path}: ` : ''
  const example = problem.example ? `; write e.g. ${problem.example}` : ''
  return `${place}: ${about}${problem.message}${example}`
}

export function environmentProblem(variable: string, message: string, example?: string): Problem {
  return { file: 'environment', line: null, column: null, path: variable, message, ...(example && { example }) }
}

/** Where in the document, the way people write it down. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`
    const name = String(part)
    if (!/^[\w.-]+$/.test(name)) return `${shown}[${JSON.stringify(name)}]`
    return shown ? `${shown}.${name}` : name
  }, '')
}
