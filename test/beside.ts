// Tests of a file that mostly wait, all at once: together they take as long as the longest. What each has started ends with it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { onTestFinished, type TestContext, it as vitest } from 'vitest'

type AtEnd = typeof onTestFinished

/** Of tests that run at once, vitest's own `onTestFinished` cannot tell which one calls it. */
const own = new AsyncLocalStorage<AtEnd>()

/** `onTestFinished` of whichever test this is said in. */
export const atEnd: AtEnd = (tidy, timeout) => (own.getStore() ?? onTestFinished)(tidy, timeout)

/**
 * In place of vitest's own `it`: a test that runs while the others of its file do that are written so, too. `timeout` in milliseconds.
 * What asks again until it is so (`expect.poll`) is asked by the `expect` it is given.
 */
export function it(name: string, run: (context: TestContext) => Promise<void>, timeout?: number): void {
  vitest.concurrent(name, (context) => own.run(context.onTestFinished, () => run(context)), timeout)
}
