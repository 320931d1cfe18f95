// graphile-worker's log lines, in ours.
import { Logger } from 'graphile-worker'
import type { Log } from '../log.ts'

export function graphileLogger(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    const line = {
      worker: scope.workerId,
      job: scope.jobId,
      task: scope.taskIdentifier,
      ...(level === 'error' ? meta : {}),
    }
    // Each job that succeeds is an "info" there; nobody reads that at night.
    if (level === 'error') log.error(line, message)
    else if (level === 'warning') log.warn(line, message)
    else log.trace(line, message)
  })
}
