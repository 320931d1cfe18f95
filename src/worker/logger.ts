// graphile-worker's log lines, in ours: its own words are the reason, and may hold a whole stack.
import { Logger } from 'graphile-worker'
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'

export function graphileLogger(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    const line = {
      worker: scope.workerId,
      job: scope.jobId,
      task: scope.taskIdentifier,
      reason: message.replace(/\s*\n[\s\S]*$/, ''),
    }
    // Each job that succeeds is an "info" there; nobody reads that at night.
    if (level === 'error')
      log.error(
        { ...line, ...causeOf(meta) },
        'the queue of charts, drafts and digests met an error; pages are not in it',
      )
    else if (level === 'warning') log.warn(line, 'the queue of charts, drafts and digests warns; pages are not in it')
    else log.trace(line, 'the queue of charts, drafts and digests')
  })
}

/** What it calls `error`, or `fatalError`, is mostly said in its words already; what else it gives is whole jobs. */
function causeOf(meta: { error?: unknown; fatalError?: unknown; failure?: unknown } = {}) {
  const cause = meta.error ?? meta.fatalError ?? meta.failure
  return cause === undefined ? {} : { cause: reasonOf(cause) }
}
