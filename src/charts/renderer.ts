// Draws charts in one worker thread, one after the other: drawing takes tens of milliseconds, in which the bot must
// go on answering.
import type { Worker } from 'node:worker_threads'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { startThread } from '../thread.ts'
import type { BudgetChart, Chart } from './chart.ts'
import type { Answer, Order } from './worker.ts'

export type RendererOptions = {
  /** Milliseconds one picture may take, the start of the worker included. */
  timeout?: number
  /** Pictures that may wait; more are refused, their jobs come again. */
  queue?: number
  /** MiB of JavaScript heap of the worker. */
  memory?: number
  /** Milliseconds without a picture after which the worker is given up. */
  idle?: number
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
  }

  /** Rejects with TransientError (full, crashed, too slow, closed) or PermanentError (this chart cannot be drawn). */
  render(chart: Chart): Promise<Uint8Array> {
    return this.#enqueue({ id: this.#next++, kind: 'chart', chart })
  }

  /** Bars of what is left of each error budget. Rejects like `render`. */
  renderBudget(chart: BudgetChart): Promise<Uint8Array> {
    return this.#enqueue({ id: this.#next++, kind: 'budget', chart })
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

  /** Gives the worker up: its chart fails, the next one gets a new worker. */
  #replace(why: string): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
    if (this.#current) this.#finish(this.#current.order.id, new TransientError(`The chart was not drawn: ${why}`))
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
