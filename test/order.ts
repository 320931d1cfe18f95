// The order in which test files start. One that takes minutes must not be the last, alone, while the other processors rest.
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Those that take longest, then those that were slow the last time here, else the largest. `hour` keeps three bots starting: what
 * mostly waits goes beside it, and `chat`, whose bots have seconds to be in time, comes when it is nearly over.
 */
const first = ['hour', 'points', 'cut-off', 'handover', 'database', 'kill', 'replicas', 'chat'].map(
  (name) => `test/processes/${name}.test.ts`,
)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const place = first.indexOf(relative(this.ctx.config.root, moduleId))
      return place === -1 ? first.length : place
    }
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}
