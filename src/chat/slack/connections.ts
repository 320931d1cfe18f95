// The connections to Slack's Web API: a pool of our own whose answers are read whole without a stream for each, and a few
// connections that nobody uses yet, so that the first page of a quiet night does not wait for one to be made.
import type { Socket } from 'node:net'
import { type buildConnector, type Dispatcher, Pool } from 'undici'
import { Backoff } from './patience.ts'
import { connectorTo } from './tunnel.ts'

/** As many as the first page and its room ask for at the same moment. */
const readyAtATime = 4

/** Milliseconds that a connection which was used lies idle before it is closed: a storm does not make them anew. */
const keepAliveTimeout = 20_000

/** Milliseconds of silence after which the other machine is asked whether it is still there. */
const keepAliveInitialDelay = 15_000

/** Milliseconds a connection must have lived for the next one to be made without a long pause. */
const goodAfter = 10_000

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }

export class Connections {
  readonly #origin: string
  readonly #patience: number
  readonly #connect: buildConnector.connector
  /** Connections nobody uses, each with what stops watching it. */
  readonly #ready = new Map<Socket, () => void>()
  readonly #backoff = new Backoff()
  #pool: Pool
  #isReadying = false
  /** One that nobody used could not be made, or went: the next is made after a pause. */
  #isLost = false

  /** `patience`: milliseconds for a whole exchange, from waiting for a connection to the last byte. `proxy`: see connectorTo. */
  constructor(origin: string, patience: number, proxy: string | null = null) {
    this.#origin = origin
    this.#patience = patience
    this.#connect = connectorTo(proxy, { timeout: patience, keepAliveInitialDelay })
    this.#pool = this.#open()
  }

  #open(): Pool {
    return new Pool(this.#origin, {
      ...{ keepAliveTimeout, headersTimeout: 0, bodyTimeout: 0 },
      connect: (where, done) => this.#take(where, done),
    })
  }

  /** Rejects with what broke it. What was not written by then never is. */
  post(path: string, headers: string[], body: string): Promise<Answer> {
    const pool = this.#pool
    return new Promise((resolve, reject) => {
      const answer = new Reading(resolve, reject, this.#patience, () => this.#distrust(pool))
      pool.dispatch({ path, method: 'POST', headers, body }, answer)
    })
  }

  /**
   * The network between may have forgotten its connections without a word: what waits is not sent over them one after the other,
   * each for the whole patience. What is under way on them goes on.
   */
  #distrust(pool: Pool): void {
    if (pool !== this.#pool) return
    this.#pool = this.#open()
    pool.close().catch(() => {})
    for (const socket of this.#ready.keys()) socket.destroy()
  }

  stop(): void {
    this.#backoff.stop()
    for (const socket of this.#ready.keys()) socket.destroy()
  }

  /** Hands out a connection that is there, or makes one. */
  #take(where: buildConnector.Options, done: buildConnector.Callback): void {
    const [first] = this.#ready
    if (first === undefined) this.#connect(where, done)
    else {
      const [socket, leave] = first
      this.#ready.delete(socket)
      // What came in meanwhile is seen first, the other side may have closed it: between two of these, the network is asked.
      setImmediate(() => setImmediate(() => this.#handOut(socket, leave, where, done)))
    }
    void this.#makeReady(where)
  }

  #handOut(socket: Socket, leave: () => void, where: buildConnector.Options, done: buildConnector.Callback): void {
    leave()
    if (socket.destroyed) this.#take(where, done)
    else done(null, socket.ref())
  }

  async #makeReady(where: buildConnector.Options): Promise<void> {
    if (this.#isReadying) return
    this.#isReadying = true
    while (this.#ready.size < readyAtATime && !this.#backoff.stopped) {
      if (this.#isLost) {
        this.#isLost = false
        await this.#backoff.wait()
        continue
      }
      const isThere = await new Promise<boolean>((resolve) =>
        this.#connect(where, (error, socket) => {
          if (error === null) this.#keep(socket, where)
          resolve(error === null)
        }),
      )
      if (!isThere) this.#isLost = true
    }
    this.#isReadying = false
  }

  /** One that the other side closes, or speaks on without being asked, is no longer of use. */
  #keep(socket: Socket, where: buildConnector.Options): void {
    if (this.#backoff.stopped) return void socket.destroy()
    const since = performance.now()
    const spoken = () => socket.destroy()
    const closed = () => {
      this.#ready.delete(socket)
      if (performance.now() - since > goodAfter) this.#backoff.succeeded()
      this.#isLost = true
      void this.#makeReady(where)
    }
    socket.unref().on('readable', spoken).on('close', closed)
    this.#ready.set(socket, () => socket.off('readable', spoken).off('close', closed))
  }
}

/** One answer, collected; given up after `patience` milliseconds. */
export class Reading implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  readonly #giveUp: () => void
  /** By the monotonic clock. A process that was stopped hears of the network before its timers. */
  readonly #until: number
  readonly #parts: Buffer[] = []
  #controller: Dispatcher.DispatchController | null = null
  #late: Error | null = null
  #status = 0
  #headers: Answer['headers'] = {}

  /** `late` hears that it was given up. */
  constructor(
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
    patience: number,
    late: () => void = () => {},
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#until = performance.now() + patience
    this.#giveUp = () => {
      if (this.#late !== null) return
      clearTimeout(this.#timer)
      this.#late = new Error(`no answer within ${patience / 1000} s`)
      this.#controller?.abort(this.#late)
      reject(this.#late)
      late()
    }
    this.#timer = setTimeout(this.#giveUp, patience)
  }

  /** It has its connection and is about to be written: not after it was given up. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late !== null) controller.abort(this.#late)
    else if (performance.now() > this.#until) this.#giveUp()
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#parts.push(part)
  }

  /** Nothing is begun on an answer that lay there while this process stood still: another may have done it meanwhile. */
  onResponseEnd(): void {
    if (performance.now() > this.#until) {
      this.#controller = null
      this.#giveUp()
      return
    }
    clearTimeout(this.#timer)
    const [only] = this.#parts
    const bytes = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts as unknown as Uint8Array[])
    this.#resolve({ status: this.#status, headers: this.#headers, text: bytes.toString() })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer)
    this.#reject(error)
  }
}
