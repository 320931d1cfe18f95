// Until when a request may be written, and its answer counts. A process that was stopped hears of the network before its timers when
// it goes on: it would send what another replica has sent meanwhile, and begin something on an answer that lay there.
import type { Dispatcher } from 'undici'

export class Deadline {
  /** Aborts what has begun, as long as the process runs. */
  readonly signal: AbortSignal
  /** By the monotonic clock. */
  readonly #until: number

  /** `milliseconds` from now. */
  constructor(milliseconds: number) {
    this.signal = AbortSignal.timeout(milliseconds)
    this.#until = performance.now() + milliseconds
  }

  get isOver(): boolean {
    return performance.now() > this.#until
  }

  /** What discord.js sends a request through: it is not written when its connection comes too late. */
  before(agent: Dispatcher): Dispatcher {
    return agent.compose((dispatch) => (options, handler) => dispatch(options, this.#unlessOver(handler)))
  }

  #unlessOver(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller, context) => {
        if (this.isOver) controller.abort(overdue())
        else handler.onRequestStart?.(controller, context)
      },
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart: (...start) => handler.onResponseStart?.(...start),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    }
  }
}

/** As what an `AbortSignal` that timed out throws. */
export function overdue(): Error {
  return Object.assign(new Error('it is too late'), { name: 'TimeoutError' })
}
