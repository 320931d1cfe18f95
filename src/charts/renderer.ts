// Draws charts in one worker thread, one after the other: drawing takes tens of milliseconds, in which the bot must
// go on answering.
import type { Worker } from 'node:worker_threads'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { startThread } from '../thread.ts'
import { keyOf, PictureCache } from './cache.ts'
import type { BudgetChart, Chart } from './chart.ts'
import { limited } from './limits.ts'
import type { Theme } from './theme.ts'
import type { Answer, Drawing, Order } from './worker.ts'

export type RendererOptions = {
  theme?: Theme
  /** Milliseconds one picture may take, the start of the worker included. */
  timeout?: number
  /** Pictures that may wait; more are refused, their jobs come again. */
  queue?: number
  /** MiB of JavaScript heap of the worker. */
  memory?: number
  /** Milliseconds without a picture after which the worker is given up. */
  idle?: number
  /** Bytes of pictures that are kept to be given out again. */
  cache?: number
}

type Task = { order: Order; resolve: (png: Uint8Array) => void; reject: (error: Error) => void }

/**
 * Turns charts into PNGs. The worker starts with the first chart; one that crashes or hangs fails only the chart it was
 * drawing and is replaced for the next. An idle renderer does not keep the process alive.
 */
export class ChartRenderer {
  readonly #timeout: number
  readonly #queue: number
  readonly #memory: number
  readonly #idle: number
  readonly #theme: Theme
  readonly #cache: PictureCache
  /** Those that are being drawn, by what they show. */
  readonly #coming = new Map<string, Promise<Uint8Array>>()
  readonly #waiting: Task[] = []
  #current: Task | null = null
  #worker: Worker | null = null
  #closed = false
  #next = 0

  constructor(options: RendererOptions = {}) {
    this.#timeout = options.timeout ?? 15_000
    this.#queue = options.queue ?? 100
    this.#memory = options.memory ?? 192
    this.#idle = options.idle ?? 60_000
    this.#theme = options.theme ?? 'light'
    this.#cache = new PictureCache(options.cache ?? 16 * 1024 * 1024)
  }

  /**
   * The same chart is drawn once. Rejects with TransientError when it may be drawn later (too many are waiting, the bot
   * stops), with PermanentError when this one cannot be: it takes too long, too much memory, or is none.
   */
  render(chart: Chart): Promise<Uint8Array> {
    return this.#picture({ theme: this.#theme, kind: 'chart', chart: limited(chart) })
  }

  /** Bars of what is left of each error budget. Rejects like `render`. */
  renderBudget(chart: BudgetChart): Promise<Uint8Array> {
    return this.#picture({ theme: this.#theme, kind: 'budget', chart })
  }

  async close(): Promise<void> {
    this.#closed = true
    const left = [...(this.#current ? [this.#current] : []), ...this.#waiting.splice(0)]
    this.#current = null
    for (const { reject } of left) reject(new TransientError('The bot is stopping; the chart was not drawn'))
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  async #picture(drawing: Drawing): Promise<Uint8Array> {
    const key = keyOf(drawing)
    const kept = this.#closed ? null : this.#cache.get(key)
    if (kept !== null) return kept
    const png = await (this.#coming.get(key) ?? this.#drawn(key, drawing))
    return png.slice()
  }

  async #drawn(key: string, drawing: Drawing): Promise<Uint8Array> {
    const coming = this.#enqueue({ id: this.#next++, drawing })
    this.#coming.set(key, coming)
    try {
      const png = await coming
      this.#cache.put(key, png)
      return png
    } finally {
      this.#coming.delete(key)
    }
  }

  #enqueue(order: Order): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(new TransientError('The bot is stopping; the chart was not drawn'))
    if (this.#waiting.length >= this.#queue) {
      return Promise.reject(new TransientError(`${this.#queue} charts are waiting to be drawn already`))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ order, resolve, reject })
      this.#drawNext()
    })
  }

  #drawNext(): void {
    if (this.#current !== null || this.#closed) return
    const task = this.#waiting.shift()
    if (!task) {
      this.#rest()
      return
    }
    this.#current = task
    try {
      this.#worker ??= this.#start()
      const worker = this.#worker
      worker.ref()
      worker.postMessage(task.order)
    } catch (error) {
      this.#finish(task.order.id, new PermanentError(`The chart cannot be drawn: ${reasonOf(error)}`))
      return
    }
    AbortSignal.timeout(this.#timeout).addEventListener('abort', () => {
      if (this.#current === task) this.#replace(`drawing took longer than ${this.#timeout / 1000} s`)
    })
  }

  /** A thread that has nothing to draw keeps its memory for a while only. */
  #rest(): void {
    const worker = this.#worker
    const drawn = this.#next
    worker?.unref()
    AbortSignal.timeout(this.#idle).addEventListener('abort', () => {
      if (worker === null || this.#worker !== worker || this.#next !== drawn) return
      this.#worker = null
      void worker.terminate()
    })
  }

  #start(): Worker {
    const worker = startThread(import.meta.url, 'worker', {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#memory, maxYoungGenerationSizeMb: 32 },
    })
    worker.on('message', (answer: Answer) => {
      if (this.#worker !== worker) return
      if ('png' in answer) this.#finish(answer.id, answer.png)
      else this.#finish(answer.id, new PermanentError(`The chart cannot be drawn: ${answer.reason}`))
    })
    const crashed = (why: string) => {
      if (this.#worker === worker) this.#replace(why)
    }
    worker.on('error', (error) => crashed(`the drawing thread crashed: ${reasonOf(error)}`))
    worker.on('exit', (code) => crashed(`the drawing thread ended (${code})`))
    return worker
  }

  /**
   * Gives the worker up: its chart fails for good, for it would do the same to the next worker; the next chart gets a new
   * one.
   */
  #replace(why: string): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
    if (this.#current) this.#finish(this.#current.order.id, new PermanentError(`The chart was not drawn: ${why}`))
  }

  #finish(id: number, result: Uint8Array | Error): void {
    const task = this.#current
    if (task?.order.id !== id) return
    this.#current = null
    if (result instanceof Error) task.reject(result)
    else task.resolve(result)
    this.#drawNext()
  }
}
