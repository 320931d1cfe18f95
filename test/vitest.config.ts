// How the tests run: one PostgreSQL for all of them, real servers, no retries that would hide a flaw.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './order.ts'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/temporary.ts', 'test/postgres.ts'],
    // Several times what the slowest takes where two processors are shared with others.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // The server of all tests ends then, and its files go.
    teardownTimeout: 60_000,
    // What comes by itself comes at once, unless the machine is busy; what never comes is seen in a minute, too.
    expect: { poll: { timeout: 60_000 } },
    // Much of it waits, so two processors have three files at a time; and there is one PostgreSQL for all.
    maxWorkers: availableParallelism() < 4 ? 3 : 4,
    // A process takes one file after the other, and loads the bot and its libraries once: nothing here replaces modules, and
    // what a file leaves behind would be a flaw of its own.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
})
