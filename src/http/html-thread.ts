// Long Markdown as HTML, in a thread of its own: a post-mortem takes seconds, in which nobody would be paged.
import type { Worker } from 'node:worker_threads'
import { toHtml } from '../chat/html.ts'
import { startThread } from '../thread.ts'
import { escapeHtml } from './page.ts'

/** Characters that are made at once: a thread takes longer to start. */
const short = 2_000
/** Milliseconds that one list of texts may take. */
const usualPatience = 20_000
/** Milliseconds without an order after which the thread ends: whoever writes has theirs drawn with every pause. */
const idle = 30_000

export class HtmlThread {
  readonly #patience: number
  readonly #thread: typeof startThread
  #worker: Worker | null = null
  #before: Promise<unknown> = Promise.resolve()
  #ending: NodeJS.Timeout | undefined

  constructor(patience = usualPatience, thread = startThread) {
    this.#patience = patience
    this.#thread = thread
  }

  /** Safe HTML of each text. Never rejects: what takes too long to make, or cannot be made, is shown as it was written. */
  async html(texts: string[]): Promise<string[]> {
    if (texts.reduce((sum, { length }) => sum + length, 0) <= short) return texts.map(toHtml)
    // A machine that has no room left starts no thread.
    const made = this.#before.then(() => this.#ask(texts)).catch(() => null)
    this.#before = made
    return (await made) ?? texts.map(asWritten)
  }

  async #ask(texts: string[]): Promise<string[] | null> {
    clearTimeout(this.#ending)
    this.#worker ??= this.#start()
    const worker = this.#worker
    const made = await new Promise<string[] | null>((resolve) => {
      const end = (answer: string[] | null) => {
        clearTimeout(timer)
        worker.off('message', end).off('exit', died)
        resolve(answer)
      }
      const died = () => end(null)
      const timer = setTimeout(died, this.#patience)
      worker.on('message', end).on('exit', died)
      worker.postMessage(texts)
    })
    if (made === null) this.#end()
    else this.#ending = setTimeout(() => this.#end(), idle).unref()
    return made
  }

  #start(): Worker {
    const worker = this.#thread(import.meta.url, 'html-worker', {
      ...{ env: {}, execArgv: [] },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    worker.unref()
    // Out of memory, for instance: its end is heard of as well.
    worker.on('error', () => {})
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null
    })
    return worker
  }

  #end(): void {
    void this.#worker?.terminate()
    this.#worker = null
  }
}

function asWritten(text: string): string {
  return `<p><em>This could not be drawn in time and is shown as it was written.</em></p><pre>${escapeHtml(text)}</pre>`
}
