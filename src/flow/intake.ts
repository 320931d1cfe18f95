// The first stage: deliveries become alerts, alerts open, join, reopen and clear incidents. All requests that wait at a
// moment are decided and written together, on one connection: that is what makes a durable answer cheap.
import type { Bot } from '../bot.ts'
import type { Alert, Delivery } from '../core/alert.ts'
import type { Change } from '../core/change.ts'
import { groupingKey } from '../core/classify.ts'
import { TransientError } from '../errors.ts'
import { incidentsOpened } from '../metrics.ts'
import { alertKey, type Known, latestAlerts } from '../store/alerts.ts'
import { incidentNumbers, writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { answers } from '../store/figures.ts'
import { type Locked, lockIncidents, lockJoinable } from '../store/incidents.ts'
import { isCollision } from '../store/problems.ts'
import { type Arrival, Desk, isRepeat } from './desk.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'

type Request = { alerts: Alert[]; trace: string; done: () => void; failed: (error: unknown) => void }

/** Alerts in one transaction: beyond this, the next flush is faster than a longer one. */
const mostPerFlush = 2_000

/** Alerts that may wait for the database. Beyond this, senders keep theirs and try again; memory is not a queue. */
const mostWaiting = 20_000

export class Intake {
  readonly #bot: Bot
  #waiting: Request[] = []
  #alertsWaiting = 0
  #flushing = false

  constructor(bot: Bot) {
    this.#bot = bot
  }

  /** Resolves once every alert of the delivery is committed. Rejects with TransientError when nothing was. */
  accept({ alerts }: Pick<Delivery, 'alerts'>, trace: string): Promise<void> {
    if (alerts.length === 0) return Promise.resolve()
    if (this.#alertsWaiting > 0 && this.#alertsWaiting + alerts.length > mostWaiting) {
      return Promise.reject(new TransientError(`${this.#alertsWaiting} alerts wait for the database already`))
    }
    return new Promise((done, failed) => {
      this.#alertsWaiting += alerts.length
      this.#waiting.push({ alerts, trace, done, failed })
      if (!this.#flushing) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#flushing = true
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      try {
        await this.#write(batch)
        for (const request of batch) request.done()
      } catch (error) {
        await this.#writeSingly(batch, error)
      }
    }
    this.#flushing = false
  }

  #takeBatch(): Request[] {
    let alerts = 0
    let count = 0
    for (const request of this.#waiting) {
      alerts += request.alerts.length
      if (count > 0 && alerts > mostPerFlush) break
      count++
    }
    const batch = this.#waiting.splice(0, count)
    this.#alertsWaiting = this.#waiting.reduce((sum, request) => sum + request.alerts.length, 0)
    return batch
  }

  /** One request that cannot be written must not take the others with it. A database that is away takes them all. */
  async #writeSingly(batch: Request[], cause: unknown): Promise<void> {
    const hopeless = batch.length === 1 || !(await this.#databaseAnswers())
    for (const request of batch) {
      try {
        if (hopeless) throw cause
        await this.#write([request])
        request.done()
      } catch (error) {
        this.#bot.log.error(
          { err: error, trace: request.trace },
          'alerts could not be written; the sender is told to try again',
        )
        request.failed(new TransientError('the database did not take the alerts', { cause: error }))
      }
    }
  }

  #databaseAnswers(): Promise<boolean> {
    return answers(this.#bot.db).then(
      () => true,
      () => false,
    )
  }

  async #write(batch: Request[], attempt = 1): Promise<void> {
    const arrivals = batch.flatMap(({ alerts, trace }) =>
      alerts.map((alert) => ({ alert, trace, key: groupingKey(this.#bot.config.grouping.by, alert) })),
    )
    try {
      const news = await this.#withoutRepeats(arrivals)
      if (news.length > 0) this.#tell(await this.#bot.db.tx((q) => this.#decide(q, news)))
    } catch (error) {
      // Another replica opened an incident of the same key in the same moment: now it can be joined.
      if (!isCollision(error) || attempt >= 5) throw error
      await this.#write(batch, attempt + 1)
    }
  }

  /** Most deliveries repeat what is known; they cost one read and no lock. */
  async #withoutRepeats(arrivals: Arrival[]): Promise<Arrival[]> {
    const known = await latestAlerts(
      this.#bot.db,
      arrivals.map((a) => a.alert),
    )
    const news = new Set(
      arrivals.filter((a) => !isRepeat(a.alert, known.get(alertKey(a.alert)))).map((a) => alertKey(a.alert)),
    )
    return arrivals.filter((a) => news.has(alertKey(a.alert)))
  }

  async #decide(q: Queryable, arrivals: Arrival[]): Promise<Change[]> {
    const now = this.#bot.clock.now()
    const keys = [...new Set(arrivals.filter((a) => a.alert.status === 'firing').map((a) => a.key))]
    const reopenable = new Date(now.getTime() - this.#bot.config.grouping.reopenWithin)
    // How many alerts fire only matters when one of them clears.
    const counting = arrivals.some((a) => a.alert.status === 'resolved')
    const joinable = await lockJoinable(q, keys, reopenable, counting)
    const { known, others } = await lockCleared(q, arrivals, [...joinable.values()])
    const numbers = await incidentNumbers(q, keys.filter((key) => !joinable.has(key)).length)
    const desk = new Desk(this.#bot, now, { joinable, others, known, numbers })
    for (const arrival of arrivals) desk.take(arrival)
    const drafts = desk.drafts().map((draft) => withEffects(this.#bot, draft))
    const changes = drafts.filter((change) => change !== null)
    await writeChanges(q, changes, writing(this.#bot))
    return changes
  }

  #tell(changes: Change[]): void {
    for (const { incident, isNew } of changes) {
      if (!isNew) continue
      const { number, severity, service, trace } = incident
      incidentsOpened.inc({ severity })
      this.#bot.log.info({ trace, incident: number, severity, service }, 'incident opened')
    }
  }
}

/**
 * Locks the incidents whose alerts clear, besides those `held`, and answers what is known of all alerts then: what was read
 * before the lock may be what another replica, told of the same recovery, has changed meanwhile.
 */
async function lockCleared(
  q: Queryable,
  arrivals: Arrival[],
  held: Locked[],
): Promise<{ known: Map<string, Known>; others: Locked[] }> {
  const alerts = arrivals.map((a) => a.alert)
  const cleared = alerts.filter((alert) => alert.status === 'resolved')
  const locked = new Set(held.map((l) => l.incident.number))
  const others: Locked[] = []
  for (;;) {
    const known = await latestAlerts(q, alerts)
    const numbers = new Set(cleared.flatMap((alert) => known.get(alertKey(alert))?.incident ?? []))
    const missing = [...numbers].filter((number) => !locked.has(number))
    if (missing.length === 0) return { known, others }
    others.push(...(await lockIncidents(q, missing)))
    for (const number of missing) locked.add(number)
  }
}
