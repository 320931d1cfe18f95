// How each chat platform is, for those who operate the bot: a pager that cannot reach a platform has to show it before the
// night in which it should.
import type { Standing } from './platform.ts'

const connecting = 'still connecting'

/** Characters of a reason that are shown: /health is no place for a list of everything. */
const longest = 300

/** The last thing each platform said about itself. */
export class Standings {
  readonly #problems: Map<string, string | null>

  constructor(platforms: string[]) {
    this.#problems = new Map(platforms.map((name) => [name, connecting]))
  }

  /** Where this platform says how it is. */
  of(platform: string): Standing {
    return (problem) => void this.#problems.set(platform, problem?.slice(0, longest) ?? null)
  }

  /** One check for each platform, by its name, for /health. */
  checks(): Record<string, () => { ok: boolean; detail?: string }> {
    const check = (name: string) => {
      const problem = this.#problems.get(name) ?? null
      return problem === null ? { ok: true } : { ok: false, detail: problem }
    }
    return Object.fromEntries([...this.#problems.keys()].map((name) => [name, () => check(name)]))
  }
}

/**
 * One standing out of several: what a platform consists of must all be well. Answers where each part tells how it is;
 * `standing` hears of what changes in the whole.
 */
export function jointStanding<Part extends string>(parts: Part[], standing: Standing): (part: Part) => Standing {
  const problems = new Map<Part, string | null>(parts.map((part) => [part, connecting]))
  let told: string | null = connecting
  return (part) => (problem) => {
    problems.set(part, problem)
    const all = [...new Set(problems.values())].filter((one) => one !== null)
    const known = all.filter((one) => one !== connecting)
    const whole = all.length === 0 ? null : known.join('; ') || connecting
    if (whole !== told) standing(whole)
    told = whole
  }
}
