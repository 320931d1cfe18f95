// Where the log goes. A full disk, or a reader that has stopped reading, costs lines and nothing else: writing never waits and
// never throws, because a pager must not stand still for its log. What was lost is counted, and told as soon as it can be.
import { constants, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from './clock.ts'
import { UserError } from './errors.ts'

/** Takes as much of what is to be written as it can at once, and answers how many bytes that was; throws when it is none. */
export type Sink = (bytes: Uint8Array) => number

const utf8 = new TextEncoder()

/** Bytes that are kept for a disk that is full, or a reader that is behind. */
const mostKept = 1024 * 1024

const behind = 'nobody reads it'

export class LogOutput {
  readonly #sink: Sink
  readonly #most: number
  #kept: Uint8Array[] = []
  #bytes = 0
  #lost = 0
  #reason: string | null = null
  #isGone = false

  constructor(sink: Sink, most = mostKept) {
    this.#sink = sink
    this.#most = most
  }

  /** Takes one line, with its end. What is kept from before goes first. */
  write(line: string): void {
    if (this.#isGone) return
    this.#drain()
    if (this.#isGone) return
    const bytes = utf8.encode(this.#lost > 0 ? `${confession(this.#lost, this.#reason)}\n${line}` : line)
    if (this.#bytes + bytes.length > this.#most) {
      this.#lost++
      return
    }
    this.#lost = 0
    this.#kept.push(bytes)
    this.#bytes += bytes.length
    this.#drain()
  }

  /** Why the log is not what it should be; null while it is. A reader that is behind is no trouble until something is lost. */
  get problem(): string | null {
    if (this.#lost > 0) return `lines lost: ${this.#lost}, ${this.#reason}`
    return this.#reason === null || this.#reason === behind ? null : `it cannot be written: ${this.#reason}`
  }

  #drain(): void {
    try {
      for (let [first] = this.#kept; first !== undefined; [first] = this.#kept) {
        const taken = this.#sink(first)
        this.#bytes -= taken
        if (taken < first.length) this.#kept[0] = first.subarray(taken)
        else this.#kept.shift()
      }
      if (this.#lost === 0) this.#reason = null
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException
    // Whoever read has had enough (`| head`), and will not come back.
    this.#isGone = code === 'EPIPE'
    if (this.#isGone) [this.#kept, this.#lost] = [[], 0]
    this.#reason = this.#isGone ? null : code === 'EAGAIN' ? behind : message
  }
}

function confession(lost: number, reason: string | null): string {
  const time = systemClock.now().toISOString()
  return JSON.stringify({ level: 'error', time, lost, reason, msg: 'lines of this log were lost' })
}

/** A file that is added to; its folder is made. Throws a UserError when it cannot be opened. */
export function toFile(path: string): Sink {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'a')
    return (bytes) => writeSync(file, bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`The log cannot be written to ${path}: ${reason}. Set LOG_FILE to a file this user may write.`)
  }
}

/** Standard output, whatever it is. */
export function toStandardOutput(): Sink {
  const kind = kindOf(1)
  if (kind === 'other') return (bytes) => writeSync(1, bytes)
  const pipe = kind === 'pipe' ? withoutWaiting(1) : null
  return pipe === null ? throughStream(process.stdout) : (bytes) => writeSync(pipe, bytes)
}

/**
 * With numbers as wide as can be: of a pipe that was asked about without, Node's search for packages would remember that, and end at the
 * next link (pnpm's, say). Discord's library was loaded twice, half of it each time, and nobody was heard.
 */
function kindOf(file: number): 'pipe' | 'socket' | 'other' {
  try {
    const stat = fstatSync(file, { bigint: true })
    return stat.isFIFO() ? 'pipe' : stat.isSocket() ? 'socket' : 'other'
  } catch {
    return 'other'
  }
}

/** The same pipe, opened once more: one that is full then says so, instead of keeping whoever writes waiting. Null: not allowed. */
function withoutWaiting(pipe: number): number | null {
  try {
    return openSync(`/proc/self/fd/${pipe}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
}

/** Node's stream of a pipe or socket does not wait; it only keeps, without end. */
function throughStream(stream: NodeJS.WriteStream): Sink {
  return (bytes) => {
    if (stream.writableLength > mostKept) throw Object.assign(new Error(behind), { code: 'EAGAIN' })
    stream.write(bytes)
    return bytes.length
  }
}
