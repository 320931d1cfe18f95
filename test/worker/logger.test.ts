// What graphile-worker has to say, in the log of the bot.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { graphileLogger } from '../../src/worker/logger.ts'

test('an error of the job queue is a line like any other: a sentence, and its reason in one line', () => {
  const lines: string[] = []
  const log = pino(
    { base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line) => void lines.push(line) },
  )
  const logger = graphileLogger(log).scope({ label: 'pool', workerId: 'w-1' })
  const error = new Error('terminating connection due to administrator command')
  logger.error(`Error with notify listener (trying again in 5ms): ${error.stack}`, {
    error,
    jobs: [{ payload: 'long' }],
  })
  const [line] = lines.map((one) => JSON.parse(one))
  expect(line).toMatchObject({
    level: 'error',
    worker: 'w-1',
    msg: 'the queue of charts, drafts and digests met an error; pages are not in it',
    reason:
      'Error with notify listener (trying again in 5ms): Error: terminating connection due to administrator command',
    cause: 'terminating connection due to administrator command',
  })
  expect(line).not.toHaveProperty('error')
  expect(line).not.toHaveProperty('jobs')
})
