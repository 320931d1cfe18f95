// One entry of a log, whoever wrote it: JSON, logfmt or plain, from a container or a file, with colours or without.
import type { Labels } from '../../core/alert.ts'
import { readJson } from '../../json.ts'
import { printable } from '../text.ts'

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug'

/** Bounded, and not masked yet: secrets are taken out of what is shown of it (section.ts), not of thousands of lines that are not. */
export type LogLine = {
  at: Date
  /** Null: it does not say. */
  level: Level | null
  /** What it says, with the beginning of its stack trace: what lines are grouped by. */
  text: string
  /** What helps to go on from here: `correlation_id=…`. */
  context: string[]
}

/** A record as a log store has it: fields by name, nested or with dots in their names. */
export type Fields = Record<string, unknown>

/** Where the fields are that are shown; tried in this order. */
export type FieldNames = { message: string[]; level: string[] }

export const usualFields: FieldNames = {
  message: ['message', 'msg', 'log', 'event', 'body', '@message', 'short_message', 'text', 'body.text', 'MESSAGE'],
  level: [
    ...['log.level', 'level', 'severity', 'levelname', 'loglevel', 'log_level', 'lvl', 'severity_text', '@l'],
    ...['detected_level', 'severityText', 'PRIORITY'],
  ],
}

const troubles = [
  ...['error.stack_trace', 'error.stack', 'exception.stacktrace', 'stack_trace', 'stacktrace', 'stack', 'traceback'],
  ...['exc_info', 'error.message', 'exception.message', 'exception', 'error', 'err.stack', 'err.message', 'err', '@x'],
]
const contexts = [
  ...['logger', 'log.logger', 'error.type', 'status', 'http.response.status_code', 'path', 'url.path', 'duration_ms'],
  ...['correlation_id', 'request_id', 'requestId', 'trace_id', 'traceId', 'trace.id'],
]

/** Characters of an entry that are looked at, and of it that are kept: more than is shown, so that no secret is cut in half. */
const read = 16_000
const kept = 8_000

/** An entry that came as text. `labels`: what its store knows of it. */
export function readLine(raw: string, at: Date, labels: Labels = {}): LogLine {
  const { text, fields } = fieldsOf(unwrapped(printable(raw.slice(0, read))))
  const known = levelOf(pick({ ...labels }, usualFields.level))
  if (fields === null) return line(at, known ?? levelIn(text), text, [])
  const made = readFields(fields, at, usualFields)
  return { ...made, level: made.level ?? known ?? levelIn(made.text) }
}

/** An entry that came as fields. */
export function readFields(fields: Fields, at: Date, names: FieldNames): LogLine {
  const message = shown(pick(fields, names.message))
  // Shippers leave what they do not understand inside the message.
  const inner = message.startsWith('{') ? fieldsOf(unwrapped(printable(message.slice(0, read)))).fields : null
  if (inner !== null && inner !== fields && Object.keys(inner).length > 1) {
    const made = readFields(inner, at, usualFields)
    return { ...made, level: made.level ?? levelOf(pick(fields, names.level)) }
  }
  const trouble = shown(pick(fields, troubles))
  const said = message === '' && trouble === '' ? JSON.stringify(fields) : message
  const text = trouble === '' || said.includes(trouble.split('\n', 1)[0] ?? '') ? said : `${said}\n${trouble}`.trim()
  const context = contexts.flatMap((name) => {
    const value = shown(pick(fields, [name]))
    return value === '' || value.length > 120 ? [] : [`${name}=${value}`]
  })
  const clean = printable(text.slice(0, read))
  return line(at, levelOf(pick(fields, names.level)) ?? levelIn(clean), clean, context)
}

function line(at: Date, level: Level | null, text: string, context: string[]): LogLine {
  return { at, level, text: text.trim().slice(0, kept), context }
}

/** Without what the runtime of a container puts around a line. */
function unwrapped(text: string): string {
  const cri = /^\d{4}-\d{2}-\d{2}T\S+ std(?:out|err) [FP] ([\s\S]*)$/.exec(text)
  if (cri) return cri[1] ?? ''
  if (!/^\{"log":"/.test(text)) return text
  const fields = parsed(text)
  return typeof fields?.log === 'string' ? fields.log.replace(/\n$/, '') : text
}

function fieldsOf(text: string): { text: string; fields: Fields | null } {
  if (/^\s*\{/.test(text)) {
    const fields = parsed(text)
    if (fields !== null) return { text, fields }
    // Cut off somewhere: what it says may stand before the cut.
    const said = /"(?:message|msg|error)"\s*:\s*"((?:\\.|[^"\\]){1,2000})/.exec(text)?.[1]
    return { text: said === undefined ? text : said.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1'), fields: null }
  }
  return { text, fields: /(?:^|\s)(?:level|lvl|severity)=\S/.test(text) ? logfmt(text) : null }
}

function parsed(text: string): Fields | null {
  try {
    const value = readJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

function logfmt(text: string): Fields | null {
  const fields: Fields = {}
  // A name begins where a word does and is short: looked for at every letter of a long key, it would take the bot minutes.
  for (const [, name = '', quoted, bare] of text.matchAll(
    /(?<![\w.@-])([\w.@-]{1,100})=(?:"((?:\\.|[^"\\])*)"|(\S*))/g,
  ))
    fields[name] = quoted === undefined ? bare : quoted.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1')
  return shown(pick(fields, usualFields.message)) === '' ? null : fields
}

/** The first of the fields that holds something. */
export function pick(fields: Fields, names: string[]): unknown {
  for (const name of names) {
    const value = valueAt(fields, name)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

function valueAt(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  const dot = name.indexOf('.')
  if (dot < 0) return undefined
  const inner = Object.hasOwn(fields, name.slice(0, dot)) ? fields[name.slice(0, dot)] : undefined
  return typeof inner === 'object' && inner !== null ? valueAt(inner as Fields, name.slice(dot + 1)) : undefined
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join('\n')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A level by its word, or by the number that pino and bunyan (10 to 60) or syslog (0 to 7) write. */
export function levelOf(value: unknown): Level | null {
  const text = String(value ?? '').trim()
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    if (number < 8) return number <= 2 ? 'fatal' : number === 3 ? 'error' : number === 4 ? 'warn' : 'info'
    return number >= 60 ? 'fatal' : number >= 50 ? 'error' : number >= 40 ? 'warn' : number >= 30 ? 'info' : 'debug'
  }
  if (/^(?:fatal|panic|dpanic|emerg|crit|alert)/i.test(text)) return 'fatal'
  if (/^(?:err|e$|severe|fehler)/i.test(text)) return 'error'
  if (/^(?:warn|w$)/i.test(text)) return 'warn'
  if (/^(?:info|notice|i$|log$)/i.test(text)) return 'info'
  return /^(?:debug|trace|verbose|d$|t$)/i.test(text) ? 'debug' : null
}

/** What a plain line calls itself at its beginning. */
function levelIn(text: string): Level | null {
  const start = text.slice(0, 160)
  const klog = /^([EWIF])\d{4} \d\d:/.exec(start)?.[1]
  if (klog !== undefined) return klog === 'F' ? 'fatal' : levelOf(klog)
  const word =
    /\b(FATAL|PANIC|EMERG|CRITICAL|CRIT|ALERT|ERROR|ERR|SEVERE|WARNING|WARN|INFO|NOTICE|DEBUG|TRACE)\b/.exec(start) ??
    /[[<(](fatal|panic|emerg|critical|crit|alert|error|err|severe|warning|warn|info|notice|debug|trace)[\]>)]/i.exec(
      start,
    )
  return word === null ? null : levelOf(word[1])
}
