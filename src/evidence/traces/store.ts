// What a store of traces can be asked.
import type { Outbound } from '../../outbound.ts'
import type { Trace } from './trace.ts'

export type Asking = { client: Outbound; signal: AbortSignal }

/** `slow`: longer than a second. `any`: the latest. */
export type Wanted = { service: string; from: Date; until: Date; only: 'failed' | 'slow' | 'any'; limit: number }

export type TraceStore = {
  /** At most `limit`; throws TransientError when it is slow or away, PermanentError when it refuses. */
  find(asking: Asking, wanted: Wanted): Promise<Trace[]>
  /** The same traces with what is known of where they broke, for stores whose search does not say it. */
  details(asking: Asking, traces: Trace[]): Promise<Trace[]>
}
