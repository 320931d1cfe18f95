// JSON logs, one line an event. Secrets are redacted here, once.
import { type Logger, pino } from 'pino'
import { LogOutput, toFile, toStandardOutput } from './log-output.ts'

export type Log = Logger

const outputs = new WeakMap<Log, LogOutput>()

/** Why the log is not what it should be; null while it is. */
export function logProblem(log: Log): string | null {
  return outputs.get(log)?.problem ?? null
}

/** `file` null: standard output. */
export function makeLog(options: { level: string; file: string | null }): Log {
  const isSilent = options.level === 'silent'
  const output = new LogOutput(options.file === null || isSilent ? toStandardOutput() : toFile(options.file))
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['token', '*.token', 'botToken', '*.botToken', 'authorization', '*.authorization', 'headers'],
        censor: '[redacted]',
      },
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  )
  outputs.set(log, output)
  return log
}
