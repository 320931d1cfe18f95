// Tells those who watch incidents that alerts joined them: at once, and in a storm a few times a second. Announcing it with every
// write would cost the alerts more than the onlookers, who see no more of it.
import type { Bot } from '../bot.ts'
import { announceQuietly } from '../store/writing.ts'
import { loop } from './timer.ts'

/** Milliseconds between two announcements. */
const pause = 200

/** Milliseconds it sleeps when nobody calls. */
const asleep = 60_000

export function startOnlookers({ db, log }: Pick<Bot, 'db' | 'log'>) {
  const waiting = new Set<number>()
  let toldAt = Number.NEGATIVE_INFINITY
  const telling = loop(
    async () => {
      if (waiting.size === 0) return asleep
      const rest = toldAt + pause - performance.now()
      if (rest > 0) return rest
      const incidents = [...waiting]
      waiting.clear()
      toldAt = performance.now()
      await announceQuietly(db, incidents)
      return asleep
    },
    (error) => log.warn({ err: error }, 'whoever watches incidents was not told of alerts'),
  )
  return {
    joined(incidents: number[]): void {
      const wasEmpty = waiting.size === 0
      for (const incident of incidents) waiting.add(incident)
      if (wasEmpty && waiting.size > 0) telling.wake()
    },
    stop: telling.stop,
  }
}
