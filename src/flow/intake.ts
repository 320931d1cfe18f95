// The first stage: deliveries become alerts, alerts open, join, reopen and clear incidents. All requests that wait at a
// moment are decided and written together, on one connection: that is what makes a durable answer cheap.
import type { Bot } from '../bot.ts'
import type { Alert, Delivery } from '../core/alert.ts'
import type { Change } from '../core/change.ts'
import { groupingKey } from '../core/classify.ts'
import { TransientError } from '../errors.ts'
import { incidentsOpened } from '../metrics.ts'
import { alertKey, latestAlerts } from '../store/alerts.ts'
import { incidentNumbers, writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncidents, lockJoinable } from '../store/incidents.ts'
import { isUniqueViolation } from '../store/problems.ts'
import { type Arrival, Desk, isRepeat } from './desk.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'

type Request = { alerts: Alert[]; trace: string; done: () => void; failed: (error: unknown) => void }

/** Alerts in one transaction: beyond this, the next flush is faster than a longer one. */
const mostPerFlush = 2_000

export class Intake {
  readonly #bot: Bot
  #waiting: Request[] = []
  #flushing = false

  constructor(bot: Bot) {
    this.#bot = bot
  }

  /** Resolves once every alert of the delivery is committed. Rejects with TransientError when nothing was. */
  accept(delivery: Pick<Delivery, 'alerts'>, trace: string): Promise<void> {
    if (delivery.alerts.length === 0) return Promise.resolve()
    return new Promise((done, failed) => {
      this.#waiting.push({ alerts: delivery.alerts, trace, done, failed })
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
    return this.#waiting.splice(0, count)
  }

  /** One request that cannot be written must not take the others with it. */
  async #writeSingly(batch: Request[], cause: unknown): Promise<void> {
    for (const request of batch) {
      try {
        if (batch.length === 1) throw cause
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

  async #write(batch: Request[], attempt = 1): Promise<void> {
    const arrivals = batch.flatMap(({ alerts, trace }) =>
      alerts.map((alert) => ({ alert, trace, key: groupingKey(this.#bot.config.grouping.by, alert) })),
    )
    try {
      const news = await this.#withoutRepeats(arrivals)
      if (news.length > 0) this.#tell(await this.#bot.db.tx((q) => this.#decide(q, news)))
    } catch (error) {
      // Another replica opened an incident of the same key in the same moment: now it can be joined.
      if (!isUniqueViolation(error) || attempt >= 5) throw error
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
    const joinable = await lockJoinable(q, keys, new Date(now.getTime() - this.#bot.config.grouping.reopenWithin))
    const known = await latestAlerts(
      q,
      arrivals.map((a) => a.alert),
    )
    const locked = new Set([...joinable.values()].map((l) => l.incident.number))
    const clearing = arrivals
      .filter((a) => a.alert.status === 'resolved')
      .map((a) => known.get(alertKey(a.alert))?.incident ?? 0)
    const others = await lockIncidents(
      q,
      [...new Set(clearing)].filter((number) => number > 0 && !locked.has(number)),
    )
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
