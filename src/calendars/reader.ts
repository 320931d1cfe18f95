// Gets a calendar's text, from its address or file, and has it read in a thread that can be given up.
import { open, stat } from 'node:fs/promises'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { keysIn, outbound } from '../outbound.ts'
import { startThread } from '../thread.ts'
import type { CalendarText, Order } from './events.ts'
import type { Answer } from './worker.ts'

/** Milliseconds for the whole exchange, and for reading what came. */
const fetchPatience = 15_000
const readPatience = 15_000

const MiB = 1024 * 1024
const largest = 5 * MiB

/**
 * @param address http(s), or an absolute path.
 * @throws TransientError or PermanentError; neither says the address, which may be a password.
 */
export async function fetchCalendar(address: string): Promise<string> {
  if (!/^https?:/i.test(address)) return readCalendarFile(address)
  const url = new URL(address)
  const { origin, search, pathname } = url
  const client = outbound({
    name: 'The calendar',
    baseUrl: withoutPath(address),
    timeout: fetchPatience,
    maxResponse: largest,
    secrets: keysIn(url),
  })
  const { data } = await client.get<unknown>(`${origin}${pathname}${search}`, {
    responseType: 'arraybuffer',
    headers: { accept: 'text/calendar, text/plain' },
    transformResponse: (body: unknown) => (Buffer.isBuffer(body) ? textOf(body) : body),
  })
  if (typeof data !== 'string') throw new PermanentError('the calendar answered with something that is no text')
  return data
}

function withoutPath(address: string): string {
  const url = new URL(address)
  url.pathname = '/'
  url.search = ''
  url.hash = ''
  return url.href
}

/** Lines are counted in bytes, and may be folded in the middle of a character. */
function textOf(bytes: Buffer): string {
  const whole = bytes.toString('latin1').replace(/(?:\r\n?|\n)[ \t](?=[\x80-\xbf])/g, '')
  return Buffer.from(whole, 'latin1').toString('utf8')
}

async function readCalendarFile(path: string): Promise<string> {
  try {
    // Whoever opens a pipe waits until somebody writes into it.
    if (!(await stat(path)).isFile()) throw new PermanentError('it is no file, but a folder, a pipe or a device')
    const file = await open(path)
    try {
      const { size } = await file.stat()
      if (size > largest) throw new PermanentError(`the file is larger than ${largest / MiB} MiB`)
      return textOf(await file.readFile())
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof PermanentError) throw error
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new TransientError(`the file cannot be read${code}`, { cause: error })
  }
}

/** Throws PermanentError when the text is no calendar to go by, or takes too long to read. */
export async function readCalendar(order: Order): Promise<CalendarText> {
  const worker = startThread(import.meta.url, 'worker', {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  })
  try {
    const answer = await new Promise<Answer>((resolve) => {
      const patience = AbortSignal.timeout(readPatience)
      patience.addEventListener('abort', () =>
        resolve({ problem: `reading it took longer than ${readPatience / 1000} s` }),
      )
      worker.once('message', resolve)
      worker.once('error', (error) => resolve({ problem: `it cannot be read: ${reasonOf(error)}` }))
      worker.once('exit', () => resolve({ problem: 'reading it ended in the middle' }))
      worker.postMessage(order)
    })
    if ('problem' in answer) throw new PermanentError(answer.problem)
    return answer
  } finally {
    await worker.terminate()
  }
}
