// The order in which test files start. One that takes minutes must not be the last, alone, while the other processors rest.
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * `hour` keeps three bots starting: what mostly waits goes beside it, and `chat`, whose bots have seconds to be in time, comes when it
 * is nearly over.
 */
const first = ['hour', 'points', 'postgres', 'cut-off', 'database', 'replicas', 'handover', 'chat'].map(
  (name) => `test/processes/${name}.test.ts`,
)
/** Then what starts programs and browsers; then what was slow the last time here, else the largest. */
const early = /^test\/(processes|console|real)\//

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const file = relative(this.ctx.config.root, moduleId)
      const place = first.indexOf(file)
      return place >= 0 ? place : first.length + (early.test(file) ? 0 : 1)
    }
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}
