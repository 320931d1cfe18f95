// What Slack asked us to wait for, kept in one place: when a hundred rooms wait for the same method, each by itself, all of
// them ask again at once, and the look-up that a page waits for stands behind them.
import type { Clock } from '../../clock.ts'

/** Milliseconds for which what can wait leaves a method to what cannot, after that was sent away. */
const courtesy = 2_000

/** Milliseconds: a page is tried that often whatever Slack, or what stands before it, asks for. */
const longest = 30_000

type Closed = { until: number; urgentUntil: number }

export class Gate {
  readonly #clock: Clock
  readonly #closed = new Map<string, Closed>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds that a call has to wait; 0: it may go. */
  wait(method: string, options: Record<string, unknown>): number {
    const now = this.#clock.now().getTime()
    const closed = this.#closedAt(placeOf(method, options), now)
    if (closed === undefined) return 0
    if (!isUrgent(method, options)) return Math.max(closed.until, closed.urgentUntil) - now
    if (now >= closed.until) return 0
    closed.urgentUntil = closed.until + courtesy
    return closed.until - now
  }

  /** Slack asked to wait so many milliseconds. */
  close(method: string, options: Record<string, unknown>, milliseconds: number): void {
    const place = placeOf(method, options)
    const now = this.#clock.now().getTime()
    const before = this.#closedAt(place, now)
    const until = now + Math.min(milliseconds, longest)
    const urgentUntil = isUrgent(method, options) ? until + courtesy : (before?.urgentUntil ?? 0)
    this.#closed.set(place, { until: Math.max(until, before?.until ?? 0), urgentUntil })
  }

  /** What is over is forgotten, and what is as far off as only a clock can have put it that was set back since. */
  #closedAt(place: string, now: number): Closed | undefined {
    const closed = this.#closed.get(place)
    if (closed === undefined) return undefined
    const left = Math.max(closed.until, closed.urgentUntil) - now
    if (left > 0 && left <= longest + courtesy) return closed
    this.#closed.delete(place)
    return undefined
  }
}

/** Slack counts messages by channel and everything else by method. https://docs.slack.dev/apis/web-api/rate-limits/ */
function placeOf(method: string, { channel }: Record<string, unknown>): string {
  return method.startsWith('chat.post') ? `${method} ${channel}` : method
}

/**
 * Looking through direct messages, because a page may wait for it; and editing what many read, the card and its announcement,
 * before each person's page.
 */
function isUrgent(method: string, { channel }: Record<string, unknown>): boolean {
  const isDirect = typeof channel === 'string' && channel.startsWith('D')
  return (method === 'conversations.history' && isDirect) || (method === 'chat.update' && !isDirect)
}
