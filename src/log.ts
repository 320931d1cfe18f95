// JSON logs, one line an event. Secrets are redacted here, once.
import { type Logger, pino } from 'pino'

export type Log = Logger

/** `file` null: standard output. */
export function makeLog(options: { level: string; file: string | null }): Log {
  const destination =
    options.file === null ? pino.destination(1) : pino.destination({ dest: options.file, mkdir: true, sync: false })
  return pino(
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
    destination,
  )
}
